// What the steps of ../scenario.ts cannot show: odd responses, odd settings, and the bounds of a call.
import com.example.tasks.*;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

public class Checks {
    static final UUID ID = UUID.fromString("3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7");
    static final String TASK = "{\"id\":\"" + ID + "\",\"owner_id\":\"u\",\"title\":\"t\",\"description\":null,"
        + "\"completed\":false,\"completed_at\":null,\"due\":null,\"start\":null,\"priority\":\"none\",\"labels\":[],"
        + "\"metadata\":{},\"list_id\":null,\"parent_id\":null,\"position\":\"p1\",\"recurrence\":null,"
        + "\"series_id\":null,\"occurrence\":null,\"next_id\":null,\"created_at\":\"2026-01-12T09:30:00Z\",\"updated_at\":\"2026-01-12T09:30:00Z\","
        + "\"version\":7}";
    static final String LINE = "{\"type\":\"task\",\"task\":" + TASK + "}\n";
    static final RequestOptions NO_OPTIONS = RequestOptions.create();

    interface Handler {
        void respond(HttpExchange exchange, int number) throws IOException;
    }

    interface Check {
        void run(TasksClient tasks, List<HttpExchange> requests) throws Exception;
    }

    /** Runs a check with a client, set up by {@code settings}, of a server that responds as {@code handler} does. */
    static void with(Handler handler, UnaryOperator<TasksClientBuilder> settings, Check check) throws Exception {
        List<HttpExchange> requests = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        var threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.add(exchange);
            try (exchange) {
                handler.respond(exchange, requests.size());
            }
        });
        server.start();
        try {
            TasksClientBuilder builder = TasksClient.builder("http://127.0.0.1:" + server.getAddress().getPort());
            check.run(settings.apply(builder).build(), requests);
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    static void with(Handler handler, Check check) throws Exception {
        with(handler, settings -> settings, check);
    }

    static void respond(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) exchange.getResponseBody().write(bytes);
    }

    static Handler always(int status, String body, String... header) {
        return (exchange, number) -> {
            if (header.length > 0) exchange.getResponseHeaders().set(header[0], header[1]);
            respond(exchange, status, body);
        };
    }

    static void check(boolean good, Object what) {
        if (!good) throw new AssertionError("unexpected: " + what);
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

    static void retries() throws Exception {
        String later = DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now().plusMinutes(2));
        for (String wait : List.of("61", later)) {
            with(always(503, "", "Retry-After", wait), (tasks, requests) -> {
                failure(ServiceUnavailableException.class, () -> tasks.getTask(ID));
                check(requests.size() == 1, wait + " " + requests.size());
            });
        }
        String past = "Mon, 01 Jan 2024 00:00:00 GMT";
        for (var retried : Map.of(503, "0", 408, past, 409, "0").entrySet()) {
            Handler handler = always(retried.getKey(), "", "Retry-After", retried.getValue());
            with(handler, settings -> settings.maxRetries(2), (tasks, requests) -> {
                List<Integer> statuses = new ArrayList<>();
                RequestOptions options = NO_OPTIONS.onResponse(response -> statuses.add(response.status()));
                failure(ApiException.class, () -> tasks.deleteTask(ID, options));
                check(requests.size() == 3 && statuses.size() == 3, statuses);
                check(requests.stream().map(sent -> sent.getRequestHeaders().getFirst("Idempotency-Key")).distinct()
                    .count() == 1, retried);
            });
        }
        with(always(409, ""), (tasks, requests) -> {
            failure(ConflictException.class, () -> tasks.deleteTask(ID));
            check(requests.size() == 1, requests.size());
        });
        // The wait would end after the time for all attempts.
        with(always(503, "", "Retry-After", "30"), settings -> settings.totalTimeout(Duration.ofSeconds(20)),
            (tasks, requests) -> {
                failure(ServiceUnavailableException.class, () -> tasks.getTask(ID));
                check(requests.size() == 1, requests.size());
            });
    }

    static void bodies() throws Exception {
        byte[] spaces = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        for (int status : List.of(200, 404)) {
            with((exchange, number) -> {
                exchange.sendResponseHeaders(status, 0);
                for (int n = 0; n < 80; n++) exchange.getResponseBody().write(spaces);
            }, (tasks, requests) -> {
                ApiException error = failure(ApiException.class, () -> tasks.getTask(ID));
                check(error.status() == status && requests.size() == 1, error);
                check(error.body().length() < 70 << 20, error.body().length());
            });
        }
        // The time-out is for the whole body, however steadily it arrives.
        with((exchange, number) -> {
            exchange.sendResponseHeaders(200, 0);
            drip(exchange.getResponseBody());
        }, settings -> settings.timeout(Duration.ofSeconds(1)).maxRetries(0), (tasks, requests) ->
            failure(RequestTimeoutException.class, () -> tasks.getTask(ID)));
        with((exchange, number) -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write("{\"id\":".getBytes(StandardCharsets.UTF_8));
        }, settings -> settings.maxRetries(0), (tasks, requests) ->
            failure(ConnectionException.class, () -> tasks.getTask(ID)));
        for (String other : List.of("<h1>Log in</h1>", "[]", "null", "{}", "{\"id\":7}")) {
            with(always(200, other), (tasks, requests) -> {
                failure(UnexpectedResponseException.class, () -> tasks.getTask(ID));
                check(requests.size() == 1, other);
            });
        }
    }

    /** Writes a byte now and then, until the client is gone; ten seconds at most. */
    static void drip(OutputStream body) throws IOException {
        try {
            for (int n = 0; n < 200; n++) {
                body.write(' ');
                body.flush();
                Thread.sleep(50);
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    static void exports() throws Exception {
        String end = "{\"type\":\"end\",\"lists\":0,\"tasks\":1}\n";
        with(always(200, "{\"type\":\"later\"}\n" + LINE + end), (tasks, requests) ->
            check(tasks.exportTasks().stream().count() == 1, "a line of a later type"));
        for (String body : List.of(
                "", LINE, LINE + LINE.substring(0, 20), LINE + LINE + end, end, LINE + "<h1>\n" + end,
                LINE + "\n" + end, LINE + end + "\n", LINE + end + "{", LINE + end + LINE, LINE + end.trim(),
                "{\"type\":\"task\"}\n" + end)) {
            with(always(200, body), (tasks, requests) ->
                failure(IncompleteExportException.class, () -> tasks.exportTasks().stream().count()));
        }
        // A line without an end is not kept in memory.
        byte[] spaces = " ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        with((exchange, number) -> {
            exchange.sendResponseHeaders(200, 0);
            for (int n = 0; n < 8; n++) exchange.getResponseBody().write(spaces);
            exchange.getResponseBody().flush();
            pause();
        }, settings -> settings.timeout(Duration.ofSeconds(5)), (tasks, requests) -> {
            Throwable error = failure(IncompleteExportException.class, () -> tasks.exportTasks().next());
            check(!(error.getCause() instanceof RequestTimeoutException), error);
        });
        // The server is silent for longer than the time-out.
        with((exchange, number) -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(LINE.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            pause();
        }, settings -> settings.timeout(Duration.ofMillis(300)), (tasks, requests) -> {
            TaskExport export = tasks.exportTasks();
            check(export.next().id().equals(ID), "the first task");
            Throwable error = failure(IncompleteExportException.class, export::hasNext);
            check(error.getCause() instanceof RequestTimeoutException, error);
            check(!export.hasNext(), "a task after the error");
        });
        with(always(200, LINE + LINE + end), (tasks, requests) -> {
            TaskExport export = tasks.exportTasks();
            export.next();
            export.close();
            check(!export.hasNext(), "a task after close");
        });
    }

    static void pause() {
        try {
            Thread.sleep(60_000);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    static void pages() throws Exception {
        with((exchange, number) -> {
            String query = String.valueOf(exchange.getRequestURI().getQuery());
            String next = query.contains("cursor=b") ? "null" : query.contains("cursor=a") ? "\"b\"" : "\"a\"";
            // The second page is empty.
            String items = next.equals("\"b\"") ? "" : TASK;
            respond(exchange, 200, "{\"items\":[" + items + "],\"next_cursor\":" + next + "}");
        }, (tasks, requests) -> {
            Pages<Task> list = tasks.listTasks(ListTasksParams.create().limit(1));
            check(list.stream().count() == 2 && requests.size() == 3, requests.size());
            check(list.stream().count() == 2 && requests.size() == 6, "the second time");
            check(requests.stream().allMatch(sent -> sent.getRequestURI().getQuery().contains("limit=1")), requests);
        });
        with(always(304, ""), (tasks, requests) -> {
            Pages<Task> list = tasks.listTasks(ListTasksParams.create(), NO_OPTIONS.ifNoneMatch("\"x\""));
            failure(IllegalArgumentException.class, () -> list.stream().count());
        });
    }

    /** Times in queries have seconds, the offset, and six digits at most; days are days. */
    static void times() throws Exception {
        OffsetDateTime at = OffsetDateTime.parse("2026-03-01T09:30+01:00");
        with(always(200, "{\"items\":[],\"next_cursor\":null}"), (tasks, requests) -> {
            ListTasksParams params = ListTasksParams.create().dueFrom(LocalDate.parse("2026-03-01"));
            for (int nanos : List.of(0, 123456789)) {
                OffsetDateTime time = at.withNano(nanos);
                tasks.listTasks(params.overdueAt(time).completedFrom(time)).stream().toList();
            }
            List<String> queries = requests.stream().map(one -> one.getRequestURI().getQuery()).toList();
            for (int n = 0; n < 2; n++) {
                String time = List.of("2026-03-01T09:30:00+01:00", "2026-03-01T09:30:00.123456+01:00").get(n);
                String query = "due_from=2026-03-01&overdue_at=" + time + "&completed_from=" + time;
                check(queries.get(n).startsWith(query), queries);
            }
        });
    }

    static void settings() throws Exception {
        with(always(200, TASK), settings -> settings.user("some one/?").token(() -> null), (tasks, requests) -> {
            // A token that is missing is not sent as text.
            failure(TasksException.class, () -> tasks.getTask(ID));
            check(requests.isEmpty(), requests);
        });
        with(always(200, TASK), settings -> settings.user("some one/?"), (tasks, requests) -> {
            tasks.getTask(ID, NO_OPTIONS.header("X-Trace", "1"));
            HttpExchange sent = requests.get(0);
            check(sent.getRequestURI().getRawPath().contains("/users/some%20one%2F%3F/tasks/"), sent.getRequestURI());
            check("1".equals(sent.getRequestHeaders().getFirst("X-Trace")), "header");
            String agent = sent.getRequestHeaders().getFirst("User-Agent");
            check(agent.equals("tasks-api-java/" + TasksClient.VERSION), agent);
        });
        for (String user : List.of("", ".", "..")) {
            with(always(200, TASK), settings -> settings.user(user), (tasks, requests) -> {
                failure(IllegalArgumentException.class, () -> tasks.getTask(ID));
                check(requests.isEmpty(), user);
            });
        }
        HttpClient following = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
        TasksClientBuilder builder = TasksClient.builder("http://127.0.0.1");
        failure(IllegalArgumentException.class, () -> builder.httpClient(following));
        for (Duration time : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
            failure(IllegalArgumentException.class, () -> builder.timeout(time));
            failure(IllegalArgumentException.class, () -> NO_OPTIONS.totalTimeout(time));
        }
        for (String url : List.of("127.0.0.1", "ftp://host", "http://", "http://host?x", "http://host#x")) {
            failure(IllegalArgumentException.class, () -> TasksClient.builder(url));
        }
    }

    /** A call of a thread that was interrupted ends, and leaves it so. */
    static void interruption() throws Exception {
        with((exchange, number) -> pause(), (tasks, requests) -> {
            Thread.currentThread().interrupt();
            failure(TasksException.class, () -> tasks.getTask(ID));
            check(Thread.interrupted(), "not interrupted");
        });
        with(always(503, "", "Retry-After", "50"), (tasks, requests) -> {
            Thread caller = Thread.currentThread();
            RequestOptions options = NO_OPTIONS.onResponse(response -> CompletableFuture.delayedExecutor(
                500, TimeUnit.MILLISECONDS).execute(caller::interrupt));
            failure(TasksException.class, () -> tasks.getTask(ID, options));
            check(Thread.interrupted() && requests.size() == 1, requests.size());
        });
    }

    public static void main(String[] args) throws Exception {
        retries();
        bodies();
        exports();
        pages();
        times();
        settings();
        interruption();
    }
}
