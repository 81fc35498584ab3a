import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.SyncApi;
import org.openapitools.client.api.TasksApi;
import org.openapitools.client.api.TasksApi.APIListTasksRequest;
import org.openapitools.client.model.Task;
import org.openapitools.client.model.TaskCreate;
import org.openapitools.client.model.TaskSort;
import org.openapitools.client.model.TaskUpdate;

public class OpenapiGenerator {
    interface Call {
        void run() throws ApiException;
    }

    static ApiException failure(Call call) {
        try {
            call.run();
        } catch (ApiException error) {
            return error;
        }
        throw new AssertionError("no error");
    }

    static void check(boolean holds, String step) {
        if (!holds) throw new AssertionError(step);
        System.out.println("ok " + step);
    }

    public static void main(String[] args) throws ApiException {
        ApiClient client = new ApiClient();
        client.updateBaseUri(System.getenv("API"));
        client.setRequestInterceptor(
            request -> request.header("Authorization", "Bearer " + System.getenv("TOKEN")));
        TasksApi tasks = new TasksApi(client);

        Task created = tasks.createTask("me", new TaskCreate().title("Buy milk"), null);
        check(created.getVersion() == 1, "create");

        var list = APIListTasksRequest.newBuilder()
            .userId("me").sort(TaskSort.fromValue("-created_at")).limit(1).build();
        var page = tasks.listTasks(list);
        check(page.getItems().get(0).getTitle().equals("Buy milk"), "list");

        TaskUpdate changes = new TaskUpdate().completed(true).description(null);
        Task updated = tasks.updateTask("me", created.getId(), changes, "\"1\"", null, null);
        check(updated.getCompleted() && updated.getVersion() == 2, "update");

        ApiException stale =
            failure(() -> tasks.updateTask("me", created.getId(), changes, "\"1\"", null, null));
        check(stale.getCode() == 412 && stale.getResponseBody().contains("precondition-failed"), "412");

        ApiException invalid = failure(() -> tasks.createTask("me", new TaskCreate().title(" "), null));
        check(invalid.getCode() == 422 && invalid.getResponseBody().contains("\"title\""), "422");

        SyncApi sync = new SyncApi(client);
        var first = SyncApi.APIListTaskChangesRequest.newBuilder().userId("me").build();
        var change = sync.listTaskChanges(first).getItems().get(0);
        check(change.getChangedTask().getTask().getId().equals(created.getId()), "changes");

        tasks.deleteTask("me", created.getId(), null, null, null, null);
        ApiException missing = failure(() -> tasks.getTask("me", created.getId(), null, null));
        check(missing.getCode() == 404, "delete");

        for (String title : new String[] {"one", "two"}) {
            tasks.createTask("me", new TaskCreate().title(title), null);
        }
        check(sync.exportTasks("me", null).endsWith("{\"type\":\"end\",\"lists\":0,\"tasks\":2}\n"), "export");
    }
}
