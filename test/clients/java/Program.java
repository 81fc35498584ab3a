import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tasksapi.Client;
import tasksapi.Client.*;

public class Program {
    static final HttpClient http = HttpClient.newHttpClient();

    static Config config() {
        return new Config()
            .httpClient(http)
            .serverUrl(System.getenv("API"))
            .auth(new Auth().bearer(() -> System.getenv("TOKEN")))
            .retry(new Retry().retries(3))
            .idempotencyKey(() -> UUID.randomUUID().toString());
    }

    static void passed(String what) {
        System.out.println("ok " + what);
    }

    static void check(boolean good, Object what) {
        if (!good) throw new AssertionError("unexpected: " + what);
    }

    static ApiException failure(Runnable call) {
        try {
            call.run();
        } catch (ApiException error) {
            return error;
        }
        throw new AssertionError("no error");
    }

    public static void main(String[] args) {
        var tasks = new Client(config());

        List<Task> created = new ArrayList<>();
        for (int n = 1; n <= 5; n++) created.add(tasks.createTask("me", new TaskCreate("task " + n, null, null)));
        passed("create");

        List<String> titles = new ArrayList<>();
        var params = new ListTasksParams().sort(TaskSort.CREATED_AT).limit(2L);
        for (Task task : tasks.listTasksItems("me", params)) titles.add(task.title());
        check(titles.equals(List.of("task 1", "task 2", "task 3", "task 4", "task 5")), titles);
        passed("list across pages");

        // A header belongs to a client's configuration in Java; with a shared HttpClient a client is cheap to make.
        var conditional = new Client(config().header("If-Match", "\"1\""));
        String first = created.get(0).id();
        var updated = conditional.updateTaskWithHeaders("me", first, new TaskUpdate(null, null, true));
        check(updated.data().version() == 2 && "\"2\"".equals(updated.headers().get("etag")), updated);
        passed("update with a precondition");

        var stale = failure(() -> conditional.updateTask("me", first, new TaskUpdate(null, null, false)));
        check(stale.status == 412 && Problem.fromJson(stale.body).type().equals("/problems/precondition-failed"), stale);
        passed("412 as a typed error");

        var invalid = Problem.fromJson(
            failure(() -> tasks.createTask("me", new TaskCreate(" ", null, null))).body);
        check(invalid.errors().get(0).loc().equals(List.of("body", "title")), invalid);
        passed("422 as a typed error");

        var flaky = tasks.createTask("me", new TaskCreate("flaky", null, null));
        check(flaky.title().equals("flaky"), flaky);
        passed("retry through a 503");

        String export = new String(tasks.exportTasks("me"), java.nio.charset.StandardCharsets.UTF_8);
        check(export.endsWith("\n{\"type\":\"end\",\"tasks\":6}\n"), export);
        passed("complete export");

        List<String> changed = new ArrayList<>();
        for (TaskChange change : tasks.listTaskChanges("me", new ListTaskChangesParams()).items()) {
            if (change instanceof ChangedTask known) changed.add(known.task().title());
        }
        check(changed.size() == 6 && changed.contains("flaky"), changed);
        passed("changes of a later version");

        created.add(flaky);
        for (Task task : created) tasks.deleteTask("me", task.id());
        check(failure(() -> tasks.getTask("me", first)).status == 404, first);
        passed("delete");
    }
}
