// The steps of ../scenario.ts.
import com.example.tasks.*;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

public class Program {
    interface Step {
        void run(TasksClient tasks, String id) throws Exception;
    }

    static final UUID UNKNOWN = UUID.fromString("00000000-0000-4000-8000-000000000000");
    static final RequestOptions NO_RETRIES = RequestOptions.create().maxRetries(0);
    static final Duration HALF = Duration.ofMillis(500);
    static final List<String> failures = new ArrayList<>();

    static TasksClientBuilder builder(String id) {
        return TasksClient.builder(System.getenv("API") + "/" + id).token(System.getenv("TOKEN"));
    }

    static void check(boolean good, Object what) {
        if (!good) throw new AssertionError("unexpected: " + what);
    }

    static void run(String id, Step step) {
        try {
            step.run(builder(id).build(), id);
            System.out.println("ok " + id);
        } catch (Exception | AssertionError error) {
            failures.add(id);
            System.out.println("failed " + id + "\n" + error + " at " + error.getStackTrace()[0]);
        }
    }

    static <E extends Throwable> E failure(Class<E> type, Runnable call) {
        try {
            call.run();
        } catch (Throwable error) {
            if (type.isInstance(error)) return type.cast(error);
            throw new AssertionError("not a " + type.getSimpleName() + " but " + error, error);
        }
        throw new AssertionError("no error");
    }

    /** Prints a text for the proof of a step, on one line. */
    static void show(String id, Object text) {
        System.out.println("text " + id + " " + text.toString().replace('\n', ' '));
    }

    static String trace(Throwable error) {
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    static Task create(TasksClient tasks, String title) {
        Task task = tasks.createTask(new TaskCreate(title));
        check(task.title().equals(title) && task.version() == 1, task);
        return task;
    }

    static TaskUpdate describe(String text) {
        return new TaskUpdate().description(text);
    }

    static RequestOptions ifMatch(Task task) {
        return RequestOptions.create().ifMatch(task.etag());
    }

    static void retries(Map<String, Step> steps) {
        for (String id : List.of(
                "retry-503", "retry-408", "retry-409", "dropped-create", "lost-create", "gateway-502", "gateway-504",
                "empty-success")) {
            steps.put(id, Program::create);
        }
        steps.put("retry-429", (tasks, id) -> {
            Task task = create(tasks, id);
            check(tasks.updateTask(task.id(), describe("new")).version() == 2, task);
        });
        steps.put("lost-update", (tasks, id) -> {
            Task task = create(tasks, id);
            check(tasks.updateTask(task.id(), describe("new"), ifMatch(task)).version() == 2, task);
        });
        steps.put("lost-replace", (tasks, id) -> {
            Task task = create(tasks, id);
            check(tasks.replaceTask(task.id(), new TaskReplace(id, null, true), ifMatch(task)).version() == 2, task);
        });
        steps.put("lost-delete", (tasks, id) -> tasks.deleteTask(create(tasks, id).id()));
        steps.put("lost-complete", (tasks, id) ->
            check(tasks.completeTask(create(tasks, id).id()).completed(), id));
        steps.put("lost-batch", (tasks, id) -> {
            var result = tasks.applyTaskBatch(new TaskBatch(List.of(new BatchCreate(new TaskCreate(id)))));
            check(result.results().get(0) instanceof BatchCreated made && made.task().title().equals(id), result);
        });
        steps.put("lost-read", (tasks, id) -> check(tasks.getTask(create(tasks, id).id()).title().equals(id), id));
        steps.put("retries-end", (tasks, id) ->
            failure(ServiceUnavailableException.class, () -> tasks.createTask(new TaskCreate(id))));
        steps.put("backoff", (tasks, id) -> failure(ConnectionException.class, () -> tasks.getTask(UNKNOWN)));
        steps.put("long-retry-after", (tasks, id) ->
            failure(ServiceUnavailableException.class, () -> tasks.getTask(UNKNOWN)));
        steps.put("huge-retry-after", (tasks, id) ->
            failure(ServiceUnavailableException.class, () -> tasks.getTask(UNKNOWN)));
        steps.put("own-key", (tasks, id) -> {
            RequestOptions key = RequestOptions.create().idempotencyKey("a key of my own");
            Task first = tasks.createTask(new TaskCreate(id), key);
            check(tasks.createTask(new TaskCreate(id), key).id().equals(first.id()), first);
        });
    }

    static void timeouts(Map<String, Step> steps) {
        steps.put("timeout-default", (tasks, id) -> {
            check(TasksClientBuilder.DEFAULT_TIMEOUT.compareTo(Duration.ofMinutes(1)) <= 0, "longer");
            try (ServerSocket silent = new ServerSocket(0)) {
                String url = "http://127.0.0.1:" + silent.getLocalPort();
                TasksClient limited = TasksClient.builder(url).totalTimeout(HALF).build();
                Throwable error = failure(RequestTimeoutException.class, limited::getLiveness);
                check(error.getMessage().contains(url), error);
            }
        });
        steps.put("timeout-client", (tasks, id) -> {
            TasksClient impatient = builder(id).timeout(HALF).maxRetries(0).build();
            failure(RequestTimeoutException.class, () -> impatient.getTask(UNKNOWN));
        });
        steps.put("timeout-call", (tasks, id) ->
            failure(RequestTimeoutException.class, () -> tasks.getTask(UNKNOWN, NO_RETRIES.timeout(HALF))));
        steps.put("timeout-wait", (tasks, id) -> {
            String since = null;
            for (TaskChanges page : tasks.listTaskChanges(ListTaskChangesParams.create())) since = page.nextSince();
            ListTaskChangesParams waiting = ListTaskChangesParams.create().since(since).wait_(2);
            RequestOptions impatient = NO_RETRIES.timeout(Duration.ofSeconds(1));
            for (TaskChanges page : tasks.listTaskChanges(waiting, impatient)) check(page.items().isEmpty(), page);
        });
        steps.put("timeout-retry", (tasks, id) -> {
            Task task = tasks.createTask(new TaskCreate(id), RequestOptions.create().timeout(HALF));
            check(task.title().equals(id), task);
        });
    }

    static final Map<Integer, Class<? extends ApiException>> STATUSES = Map.ofEntries(
        Map.entry(400, MalformedRequestException.class),
        Map.entry(401, NotAuthenticatedException.class),
        Map.entry(403, ForbiddenException.class),
        Map.entry(404, NotFoundException.class),
        Map.entry(409, ConflictException.class),
        Map.entry(410, ChangeTokenExpiredException.class),
        Map.entry(412, PreconditionFailedException.class),
        Map.entry(413, PayloadTooLargeException.class),
        Map.entry(415, UnsupportedMediaTypeException.class),
        Map.entry(422, ValidationException.class),
        Map.entry(429, TooManyRequestsException.class),
        Map.entry(500, InternalException.class),
        Map.entry(503, ServiceUnavailableException.class));

    /** What fails with a status; the others get it from the proxy. */
    static final Map<Integer, Consumer<TasksClient>> FAILING = Map.of(
        401, tasks -> builder("error-401").token("not.a.token").build().getTask(UNKNOWN),
        412, tasks -> {
            UUID id = create(tasks, "error-412").id();
            tasks.updateTask(id, describe("new"), RequestOptions.create().ifMatch("\"7\""));
        },
        413, tasks -> tasks.createTask(new TaskCreate("error-413").description("x".repeat(200_000))),
        422, tasks -> tasks.createTask(new TaskCreate(" ")));

    static void errors(Map<String, Step> steps) {
        STATUSES.forEach((status, type) -> steps.put("error-" + status, (tasks, id) -> {
            Consumer<TasksClient> call = FAILING.getOrDefault(status, one -> one.getTask(UNKNOWN, NO_RETRIES));
            ApiException error = failure(type, () -> call.accept(tasks));
            check(error.getClass() == type && error.status() == status && error.problem().status() == status, error);
            check(error.headers().firstValue("X-Request-Id").isPresent(), error);
            check(status != 412 || error.etag().equals("\"1\""), error.headers());
            check(status != 422 || error.problem().errors().get(0).loc().equals(List.of("body", "title")), error);
            System.out.println("text " + id + " " + error.getMessage());
        }));
        steps.put("error-html", (tasks, id) -> {
            ApiException error = failure(ApiException.class, () -> tasks.getTask(UNKNOWN, NO_RETRIES));
            check(error.status() == 502 && error.problem() == null, error);
        });
        for (String id : List.of("error-html-success", "redirect", "unasked-304")) {
            steps.put(id, (tasks, step) ->
                failure(UnexpectedResponseException.class, () -> tasks.deleteTask(UNKNOWN)));
        }
        steps.put("error-long", (tasks, id) ->
            show(id, failure(MalformedRequestException.class, () -> tasks.getTask(UNKNOWN, NO_RETRIES)).getMessage()));
        steps.put("base-url", (tasks, id) -> {
            String withPassword = "http://user:" + System.getenv("TOKEN") + "@127.0.0.1";
            for (String bad : List.of(System.getenv("API") + "/base-url?x=1", withPassword)) {
                show(id, failure(IllegalArgumentException.class, () -> TasksClient.builder(bad)));
            }
        });
        steps.put("error-connection", (tasks, id) -> {
            Throwable error = failure(ConnectionException.class, () -> tasks.getTask(UNKNOWN, NO_RETRIES));
            check(error.getMessage().contains("GET ") && error.getMessage().contains(System.getenv("API")), error);
            check(!(error instanceof RequestTimeoutException), error);
        });
    }

    static void data(Map<String, Step> steps) {
        steps.put("null", (tasks, id) -> {
            Task task = tasks.createTask(new TaskCreate(id).description("text"));
            Task first = tasks.updateTask(task.id(), new TaskUpdate().completed(true));
            check("text".equals(first.description()), first);
            check(tasks.updateTask(task.id(), describe(null)).description() == null, first);
        });
        steps.put("headers-per-call", (tasks, id) -> {
            Task task = create(tasks, id);
            RequestOptions options = RequestOptions.create()
                .ifMatch(1)
                .idempotencyKey("key of this call")
                .requestId("4fe0b3a5-65d5-4a9f-a3c1-0b8c3f6c1d22");
            check(tasks.updateTask(task.id(), describe("new"), options).version() == 2, task);
            String json = tasks.getTask(task.id()).toJson();
            check(json.contains("\"owner_id\":\"") && json.contains("\"created_at\":\"2"), json);
            failure(IllegalArgumentException.class, () -> tasks.createTask(new TaskCreate(id), options));
            Throwable missing = failure(NullPointerException.class, () -> tasks.getTask(null));
            check(missing.getMessage().endsWith("must not be null"), missing);
        });
        steps.put("later-version", (tasks, id) -> {
            create(tasks, id);
            check(titles(changes(tasks, ListTaskChangesParams.create())).get(id) == 1, id);
            check(exported(tasks).get(id) == 1, id);
            BatchCreate creation = new BatchCreate(new TaskCreate(id + " 2"));
            List<BatchResult> results = tasks.applyTaskBatch(new TaskBatch(List.of(creation))).results();
            check(results.get(0) instanceof BatchCreated, results);
            check(results.get(1) instanceof BatchResult.Unknown unknown && unknown.kind().equals("archive_later"), results);
        });
        steps.put("batch-results", (tasks, id) -> {
            UUID first = create(tasks, id).id();
            var result = tasks.applyTaskBatch(new TaskBatch(List.of(
                new BatchCreate(new TaskCreate(id + " 2")),
                new BatchUpdate(first, new TaskUpdate().completed(true)).ifVersion(1),
                new BatchDelete(first)))).results();
            check(result.get(0) instanceof BatchCreated made && made.task().title().equals(id + " 2"), result);
            check(result.get(1) instanceof BatchUpdated updated && updated.task().completed(), result);
            check(result.get(2) instanceof BatchDeleted deleted && deleted.id().equals(first), result);
        });
        steps.put("deleted-change", (tasks, id) -> {
            // Without a change token, there are no deletions in the changes.
            String since = last(changes(tasks, ListTaskChangesParams.create())).nextSince();
            UUID task = create(tasks, id).id();
            tasks.deleteTask(task);
            List<TaskChange> all = last(changes(tasks, ListTaskChangesParams.create().since(since))).items();
            check(all.stream().anyMatch(change -> change instanceof DeletedTask deleted
                && deleted.id().equals(task) && deleted.deletedAt() != null), all);
        });
    }

    static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    static List<TaskChanges> changes(TasksClient tasks, ListTaskChangesParams params) {
        return tasks.listTaskChanges(params).stream().toList();
    }

    static Map<String, Integer> titles(List<TaskChanges> pages) {
        Map<String, Integer> count = new HashMap<>();
        for (TaskChanges page : pages) {
            for (TaskChange change : page.items()) {
                if (change instanceof ChangedTask changed) count.merge(changed.task().title(), 1, Integer::sum);
            }
        }
        return count;
    }

    static Map<String, Integer> exported(TasksClient tasks) {
        Map<String, Integer> count = new HashMap<>();
        try (TaskExport export = tasks.exportTasks()) {
            for (Task task : export) count.merge(task.title(), 1, Integer::sum);
        }
        return count;
    }

    static void lists(Map<String, Step> steps) {
        steps.put("lists", (tasks, id) -> {
            TaskList first = tasks.createList(new TaskListCreate(id + " 1"));
            TaskList second = tasks.createList(new TaskListCreate(id + " 2"));
            Task task = tasks.createTask(new TaskCreate(id).listId(second.id()));
            List<TaskList> all = tasks.listLists(ListListsParams.create().limit(1)).stream().toList();
            check(all.indexOf(first) >= 0 && all.indexOf(first) < all.indexOf(second), all);
            var inList = tasks.listTasks(ListTasksParams.create().listId(second.id().toString())).stream().toList();
            check(inList.equals(List.of(task)), inList);
            try (TaskExport export = tasks.exportTasks()) {
                check(export.stream().anyMatch(task::equals), task);
                check(export.lists().containsAll(List.of(first, second)), export.lists());
            }
        });
        steps.put("places", (tasks, id) -> {
            List<UUID> ids = new ArrayList<>();
            for (int n = 1; n <= 3; n++) ids.add(create(tasks, id + " " + n).id());
            tasks.updateTask(ids.get(2), new TaskUpdate().place(new Place().before(ids.get(0))));
            var sorted = ListTasksParams.create().q(id).sort(TaskSort.POSITION);
            List<UUID> order = tasks.listTasks(sorted).stream().map(Task::id).toList();
            check(order.equals(List.of(ids.get(2), ids.get(0), ids.get(1))), order);
        });
        steps.put("subtasks", (tasks, id) -> {
            UUID task = create(tasks, id).id();
            tasks.createTask(new TaskCreate(id + " 1").parentId(task));
            ApiException error = failure(ConflictException.class, () -> tasks.deleteTask(task));
            check(error.problem().type().equals("/problems/not-empty"), error);
            tasks.deleteTask(task, DeleteTaskParams.create().children(OnDelete.DETACH));
        });
        steps.put("lost-occurrence", (tasks, id) -> {
            var daily = new RecurrenceSetting("FREQ=DAILY").anchor(RecurrenceAnchor.COMPLETION);
            UUID task = tasks.createTask(new TaskCreate(id).due("2026-03-01").recurrence(daily)).id();
            var day = new TaskCompletion().completedOn(LocalDate.of(2026, 3, 9));
            Task completed = tasks.completeTask(task, day);
            check(completed.completed() && completed.recurrence() == null, completed);
            check("2026-03-10".equals(tasks.getTask(completed.nextId()).due()), completed);
        });
    }

    record Completed(UUID id, String change) {}

    /** Creates a task and completes it. */
    static Completed completed(TasksClient tasks, String title) {
        UUID id = create(tasks, title).id();
        AtomicReference<String> change = new AtomicReference<>();
        tasks.completeTask(id, RequestOptions.create().onResponse(response -> change.set(response.change())));
        return new Completed(id, change.get());
    }

    /** Undoes a change of one task. */
    static Task undone(TasksClient tasks, String change) {
        Undo result = tasks.undoChange(change);
        check(result.undoes().equals(change) && result.count() == 1, result);
        if (result.items().get(0) instanceof ChangedTask changed) return changed.task();
        throw new AssertionError(result);
    }

    static void history(Map<String, Step> steps) {
        steps.put("undo", (tasks, id) -> {
            Completed done = completed(tasks, id);
            Task reopened = undone(tasks, done.change());
            check(reopened.id().equals(done.id()) && !reopened.completed(), reopened);
            AtomicReference<String> change = new AtomicReference<>();
            tasks.deleteTask(done.id(), RequestOptions.create().onResponse(response -> change.set(response.change())));
            check(undone(tasks, change.get()).id().equals(done.id()), change);
            check(!tasks.getTask(done.id()).completed(), done);
        });
        steps.put("lost-undo", (tasks, id) -> undone(tasks, completed(tasks, id).change()));
        steps.put("undo-refused", (tasks, id) -> {
            Completed done = completed(tasks, id);
            tasks.updateTask(done.id(), new TaskUpdate().description("new"));
            ApiException error = failure(ConflictException.class, () -> tasks.undoChange(done.change()));
            check(error.problem().type().equals("/problems/changed-since"), error);
            check(error.problem().errors().size() == 1, error);
            check(error.problem().errors().get(0).loc().toString().contains(done.id().toString()), error);
        });
        steps.put("history", (tasks, id) -> {
            UUID task = create(tasks, id).id();
            tasks.updateTask(task, new TaskUpdate().description("new"));
            tasks.completeTask(task);
            var changes = tasks.listChanges(ListChangesParams.create().limit(2));
            List<String> operations = changes.stream().limit(3).map(RecordedChange::operation).toList();
            check(operations.equals(List.of("completeTask", "updateTask", "createTask")), operations);
            var versions = tasks.listTaskVersions(task, ListTaskVersionsParams.create().limit(1));
            List<Long> numbers = versions.stream().map(version -> version.task().version()).toList();
            check(numbers.equals(List.of(3L, 2L, 1L)), numbers);
        });
        steps.put("restore", (tasks, id) -> {
            UUID task = create(tasks, id).id();
            tasks.updateTask(task, new TaskUpdate().description("new"));
            tasks.deleteTask(task);
            Task restored = tasks.restoreTask(task, new TaskRestore(1));
            check(restored.version() == 3 && restored.description() == null, restored);
        });
    }

    static void exports(Map<String, Step> steps) {
        steps.put("export", (tasks, id) -> {
            create(tasks, id + " 1");
            create(tasks, id + " 2");
            Map<String, Integer> count = exported(tasks);
            check(count.get(id + " 1") == 1 && count.get(id + " 2") == 1, count);
        });
        steps.put("export-streams", (tasks, id) -> {
            create(tasks, id + " 1");
            create(tasks, id + " 2");
            try (TaskExport export = tasks.exportTasks()) {
                tasks.getTask(export.next().id());
                check(export.stream().count() >= 1, id);
            }
        });
        for (String name : List.of("export-cut", "export-shorten")) {
            steps.put(name, (tasks, id) -> {
                create(tasks, id + " 1");
                create(tasks, id + " 2");
                failure(IncompleteExportException.class, () -> exported(tasks));
            });
        }
        for (String name : List.of("continues", "blank", "rest", "unterminated")) {
            steps.put("export-" + name, (tasks, id) ->
                failure(IncompleteExportException.class, () -> exported(tasks)));
        }
    }

    static void pages(Map<String, Step> steps) {
        steps.put("pages", (tasks, id) -> {
            List<String> expected = new ArrayList<>();
            for (int n = 1; n <= 5; n++) expected.add(create(tasks, id + " " + n).title());
            var params = ListTasksParams.create().q(id).sort(TaskSort.CREATED_AT).limit(2);
            List<String> seen = tasks.listTasks(params).stream().map(Task::title).toList();
            check(seen.equals(expected), seen);
        });
        steps.put("changes", (tasks, id) -> {
            String since = last(changes(tasks, ListTaskChangesParams.create().limit(2))).nextSince();
            for (int n = 1; n <= 3; n++) create(tasks, id + " " + n);
            var added = changes(tasks, ListTaskChangesParams.create().since(since).limit(2));
            check(titles(added).equals(Map.of(id + " 1", 1, id + " 2", 1, id + " 3", 1)), added);
        });
        steps.put("changes-expired", (tasks, id) -> {
            TasksClient other = builder(id).token(System.getenv("OTHER_TOKEN")).build();
            create(other, id);
            String since = last(changes(other, ListTaskChangesParams.create())).nextSince();
            check(other.deleteUserData().status() == ErasureStatus.COMPLETE, since);
            failure(ChangeTokenExpiredException.class,
                () -> changes(other, ListTaskChangesParams.create().since(since)));
        });
        steps.put("not-modified", (tasks, id) -> {
            Task task = create(tasks, id);
            AtomicReference<ResponseInfo> seen = new AtomicReference<>();
            RequestOptions options = RequestOptions.create().ifNoneMatch(task.etag()).onResponse(seen::set);
            check(tasks.getTask(task.id(), options) == null && seen.get().notModified(), seen);
        });
        steps.put("not-modified-page", (tasks, id) -> {
            AtomicReference<ResponseInfo> seen = new AtomicReference<>();
            RequestOptions options = RequestOptions.create().onResponse(seen::set);
            tasks.listTasksPage(ListTasksParams.create(), options);
            String etag = seen.get().etag();
            TaskPage same = tasks.listTasksPage(ListTasksParams.create(), options.ifNoneMatch(etag));
            check(same == null && seen.get().notModified(), seen);
        });
    }

    static void tokens(Map<String, Step> steps) {
        steps.put("token-function", (tasks, id) -> {
            AtomicInteger calls = new AtomicInteger();
            TasksClient changing = builder(id)
                .token(() -> System.getenv(calls.incrementAndGet() == 1 ? "TOKEN" : "TOKEN_2"))
                .build();
            check(changing.getSession().userId().equals(changing.getSession().userId()), calls);
        });
        steps.put("token-hidden", (tasks, id) -> {
            show(id, tasks + " " + builder(id));
            builder(id).token(System.getenv("TOKEN") + "\n").build().getSession();
            TasksClient broken = builder(id).token(System.getenv("TOKEN") + "\n\u0000").build();
            show(id, trace(failure(TasksException.class, () -> broken.getTask(UNKNOWN))));
            show(id, trace(failure(NotFoundException.class, () -> tasks.getTask(UNKNOWN))));
        });
    }

    public static void main(String[] args) {
        Map<String, Step> steps = new LinkedHashMap<>();
        retries(steps);
        timeouts(steps);
        errors(steps);
        data(steps);
        exports(steps);
        lists(steps);
        history(steps);
        pages(steps);
        tokens(steps);
        steps.forEach(Program::run);
        System.out.println(String.join("\n", failures));
        System.exit(failures.isEmpty() ? 0 : 1);
    }
}
