package com.example.tasks;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One operation with its values. */
final class Call {
    final String method;
    private final List<Object> segments;
    private final StringBuilder query = new StringBuilder();
    JsonBody body;
    boolean keyed;
    boolean secured;
    Set<Integer> successes = Set.of();
    private Set<String> headers = Set.of();
    /** How long the server may wait before it responds. */
    Duration wait = Duration.ZERO;
    /** The base URL, for messages. */
    String server = "";

    /** The path is {@code path} with each placeholder replaced by one of {@code segments}, in order. */
    private final String path;

    Call(String method, String path, Object... segments) {
        this.method = method;
        this.path = path;
        this.segments = List.of(segments);
    }

    Call body(JsonBody sent) {
        this.body = sent;
        return this;
    }

    /** The statuses of a success. */
    Call success(Integer... statuses) {
        this.successes = Set.of(statuses);
        return this;
    }

    /** The header fields of options that the call takes. */
    Call takes(String... names) {
        this.headers = Set.of(names);
        return this;
    }

    /** Refuses options that the call does not take, which the server would ignore. */
    void check(Set<String> given) {
        for (String name : List.of("If-Match", "If-None-Match", "Idempotency-Key")) {
            if (given.contains(name) && !headers.contains(name)) {
                throw new IllegalArgumentException(name() + " does not take " + name);
            }
        }
    }

    /** The call takes an idempotency key. */
    Call keyed() {
        this.keyed = true;
        return this;
    }

    /** The call takes a token. */
    Call secured() {
        this.secured = true;
        return this;
    }

    /** Adds query parameters. */
    Call query(Map<String, Object> parameters) {
        parameters.forEach((name, value) -> {
            if (value == null) return;
            if (name.equals("wait") && value instanceof Number seconds) wait = Duration.ofSeconds(seconds.longValue());
            query.append(query.length() == 0 ? '?' : '&').append(name).append('=').append(encode(textOf(value)));
        });
        return this;
    }

    /** A time of the API has seconds, an offset, and at most six digits after the seconds. */
    private static String textOf(Object value) {
        return value instanceof OffsetDateTime time
                ? DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.truncatedTo(ChronoUnit.MICROS))
                : value.toString();
    }

    String path() {
        List<Object> encoded = new ArrayList<>();
        for (Object segment : segments) {
            String text = segment.toString();
            // Such a segment would change which resource the path names.
            if (text.isEmpty() || text.equals(".") || text.equals("..")) {
                throw new IllegalArgumentException("\"" + text + "\" is not an id");
            }
            encoded.add(encode(text));
        }
        return String.format(path, encoded.toArray());
    }

    String pathAndQuery() {
        return path() + query;
    }

    /** For messages: without the query, which may contain the text of a search. */
    String name() {
        return method + " " + path();
    }

    RequestTimeoutException timedOut(Duration limit) {
        String message = name() + ": no response from " + server + " within " + limit.toMillis() + " ms";
        return new RequestTimeoutException(message, null);
    }

    ConnectionException lost(Throwable cause) {
        return new ConnectionException(name() + ": no complete response from " + server + ": " + cause, cause);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
