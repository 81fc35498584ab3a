package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

/** Sends calls, and sends them again when that can help. */
final class Transport {
    final String user;
    private final String base;
    private final HttpClient http;
    private final Supplier<String> token;
    private final RequestOptions defaults;

    Transport(TasksClientBuilder settings) {
        this.base = settings.baseUrl.toString().replaceAll("/+$", "");
        this.user = settings.user;
        this.token = settings.token;
        this.defaults = settings.defaults;
        // The API never redirects. A redirect comes from something in between, and is not followed with the token.
        this.http = settings.http != null
                ? settings.http
                : HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .build();
    }

    @Override
    public String toString() {
        return base;
    }

    /** Returns the result, or null if there is none: for an operation without one, and after a 304. */
    <T> T send(Call call, RequestOptions options, Function<JsonNode, T> read) {
        return repeat(call, options, with -> result(call, attempt(call, with, "application/json"), read));
    }

    private static <T> T result(Call call, Reply reply, Function<JsonNode, T> read) {
        byte[] body = reply.body().readAll();
        // Another attempt would get as much.
        if (body.length > BodyStream.MAX_BODY) throw unexpected(call, reply, body, null);
        if (read == null || reply.status() == 304) return null;
        try {
            return read.apply(Json.parse(body));
        } catch (java.io.EOFException cut) {
            throw call.lost(cut);
        } catch (java.io.IOException | RuntimeException error) {
            throw unexpected(call, reply, body, error);
        }
    }

    private static ApiException unexpected(Call call, Reply reply, byte[] body, Exception cause) {
        String text = new String(body, StandardCharsets.UTF_8);
        String reason = cause == null ? "" : ": " + cause.getMessage();
        String message = call.name() + ": the response is not of this API" + reason;
        return new UnexpectedResponseException(
                new ApiException.Failure(message, reply.status(), null, reply.headers(), text));
    }

    /** Sends a call whose result is read as it arrives. */
    TaskExport export(Call call, RequestOptions options) {
        return new TaskExport(call, repeat(call, options, with -> attempt(call, with, "application/x-ndjson").body()));
    }

    private <T> T repeat(Call call, RequestOptions options, Function<RequestOptions, T> attempt) {
        RequestOptions given = Objects.requireNonNull(options, "options must not be null").or(defaults);
        RequestOptions set = call.wait.isZero() ? given : given.timeout(given.timeout.plus(call.wait));
        call.check(set.headers.keySet());
        call.server = base;
        boolean needsKey = call.keyed && !set.headers.containsKey("Idempotency-Key");
        RequestOptions with = needsKey ? set.idempotencyKey(UUID.randomUUID().toString()) : set;
        long end = with.totalTimeout == null ? 0 : System.nanoTime() + with.totalTimeout.toNanos();
        for (int number = 1; ; number++) {
            try {
                return attempt.apply(with.totalTimeout == null ? with : with.atMost(left(end)));
            } catch (TasksException error) {
                Optional<Duration> wait = RetryPolicy.delay(error, number);
                if (wait.isEmpty() || number > with.maxRetries) throw error;
                if (with.totalTimeout != null && left(end).compareTo(wait.get()) <= 0) throw error;
                sleep(wait.get(), error);
            }
        }
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(end - System.nanoTime(), 1));
    }

    private static void sleep(Duration time, TasksException last) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
            throw last;
        }
    }

    private HttpRequest request(Call call, RequestOptions with, String accept) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + call.pathAndQuery()))
                .setHeader("Accept", accept)
                .setHeader("User-Agent", "tasks-api-java/" + TasksClient.VERSION);
        byte[] body = call.body == null ? null : Json.write(call.body.fields());
        if (body != null) request.setHeader("Content-Type", "application/json");
        request.method(call.method, body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(body));
        with.headers.forEach(request::setHeader);
        if (call.secured && token != null) request.setHeader("Authorization", "Bearer " + currentToken());
        return request.build();
    }

    private String currentToken() {
        String given = token.get();
        String current = given == null ? "" : given.strip();
        // The message of java.net.http about an invalid header field would contain the token.
        if (!current.matches("[!-~]+")) throw new TasksException("the token is empty or has invalid characters", null);
        return current;
    }

    /**
     * Sends a call once, and returns the response, whose body arrives later. Throws an {@link ApiException} unless it
     * is a success that the contract declares, or the 304 that the caller has asked for.
     */
    private Reply attempt(Call call, RequestOptions with, String accept) {
        HttpRequest request = request(call, with, accept);
        long deadline = System.nanoTime() + with.timeout.toNanos();
        HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                await(call, with, http.sendAsync(request, BodyHandlers.ofPublisher()));
        BodyStream body = new BodyStream(call, response.body(), with.timeout, deadline);
        if (with.onResponse != null) {
            with.onResponse.accept(new ResponseInfo(response.statusCode(), response.headers()));
        }
        Reply reply = new Reply(response.statusCode(), response.headers(), body);
        boolean isUnchanged = reply.status() == 304 && with.headers.containsKey("If-None-Match");
        if (isUnchanged || call.successes.contains(reply.status())) return reply;
        if (reply.status() < 400) throw unexpected(call, reply, body.readAll(), null);
        throw failure(call, reply.status(), reply.headers(), body.readAll());
    }

    private record Reply(int status, HttpHeaders headers, BodyStream body) {}

    private static <T> T await(Call call, RequestOptions with, CompletableFuture<T> sent) {
        try {
            return sent.get(with.timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException error) {
            sent.cancel(true);
            throw call.timedOut(with.timeout);
        } catch (InterruptedException error) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new TasksException(call.name() + ": interrupted", error);
        } catch (ExecutionException error) {
            throw call.lost(error.getCause());
        }
    }

    private static ApiException failure(Call call, int status, HttpHeaders headers, byte[] body) {
        Problem problem = null;
        if (headers.firstValue("Content-Type").orElse("").startsWith("application/problem+json")) {
            try {
                problem = Problem.from(Json.parse(body));
            } catch (java.io.IOException | RuntimeException unreadable) {
                // The response comes from something in between.
            }
        }
        String text = new String(body, StandardCharsets.UTF_8);
        return Statuses.exception(new ApiException.Failure(call.name(), status, problem, headers, text));
    }
}
