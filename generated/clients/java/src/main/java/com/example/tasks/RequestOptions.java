package com.example.tasks;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The options of one call. They do not change: each method returns new ones. */
public final class RequestOptions {
    private static final RequestOptions NONE = new RequestOptions(Map.of(), null, null, null, null);

    final Map<String, String> headers;
    final Duration timeout;
    final Duration totalTimeout;
    final Integer maxRetries;
    final Consumer<ResponseInfo> onResponse;

    private RequestOptions(
            Map<String, String> headers,
            Duration timeout,
            Duration totalTimeout,
            Integer maxRetries,
            Consumer<ResponseInfo> onResponse) {
        this.headers = headers;
        this.timeout = timeout;
        this.totalTimeout = totalTimeout;
        this.maxRetries = maxRetries;
        this.onResponse = onResponse;
    }

    /** Returns options that set nothing. */
    public static RequestOptions create() {
        return NONE;
    }

    /** Sets a header field. */
    public RequestOptions header(String name, String value) {
        Objects.requireNonNull(value, () -> name + " must not be null");
        Map<String, String> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        more.put(name, value);
        return new RequestOptions(Collections.unmodifiableMap(more), timeout, totalTimeout, maxRetries, onResponse);
    }

    /**
     * Makes a call conditional: it throws a {@link PreconditionFailedException} unless the task has this entity tag,
     * for example {@link Task#etag()}.
     */
    public RequestOptions ifMatch(String etag) {
        return header("If-Match", etag);
    }

    /** Makes a call conditional: as {@code ifMatch(task.etag())} does, by the version of a task. */
    public RequestOptions ifMatch(long version) {
        return ifMatch("\"" + version + "\"");
    }

    /** Makes a read conditional, by the version of a task. */
    public RequestOptions ifNoneMatch(long version) {
        return ifNoneMatch("\"" + version + "\"");
    }

    /** Makes a read conditional: it returns null while the task or the page has this entity tag. */
    public RequestOptions ifNoneMatch(String etag) {
        return header("If-None-Match", etag);
    }

    /**
     * Sets the key of a write, instead of a random one for each call. A write with the key of an earlier one is not
     * executed again, but returns the earlier result, for 24 hours.
     */
    public RequestOptions idempotencyKey(String key) {
        return header("Idempotency-Key", key);
    }

    /** Sets the id of the request, a UUID, under which the server logs it. */
    public RequestOptions requestId(String id) {
        return header("X-Request-Id", id);
    }

    /**
     * Sets how long one attempt may take, besides the {@code wait} of its parameters, and during an export, how long
     * the server may be silent.
     */
    public RequestOptions timeout(Duration timeout) {
        positive(timeout);
        return new RequestOptions(headers, timeout, totalTimeout, maxRetries, onResponse);
    }

    /** Sets how long all attempts of the call and the waits between them may take together; no limit by default. */
    public RequestOptions totalTimeout(Duration totalTimeout) {
        positive(totalTimeout);
        return new RequestOptions(headers, timeout, totalTimeout, maxRetries, onResponse);
    }

    private static void positive(Duration time) {
        Objects.requireNonNull(time, "the time-out must not be null");
        if (time.isNegative() || time.isZero()) throw new IllegalArgumentException("the time-out must be positive");
    }

    /** These options, with a time-out of at most {@code limit}. */
    RequestOptions atMost(Duration limit) {
        return timeout.compareTo(limit) <= 0 ? this : timeout(limit);
    }

    /** Sets how many times the call is repeated at most; 0 means never. */
    public RequestOptions maxRetries(int maxRetries) {
        return new RequestOptions(headers, timeout, totalTimeout, maxRetries, onResponse);
    }

    /** Sets what gets the status and the header fields of each response. */
    public RequestOptions onResponse(Consumer<ResponseInfo> onResponse) {
        return new RequestOptions(headers, timeout, totalTimeout, maxRetries, onResponse);
    }

    /** These options, with the time-out and the retries of {@code defaults} where these set none. */
    RequestOptions or(RequestOptions defaults) {
        return new RequestOptions(
                headers,
                timeout == null ? defaults.timeout : timeout,
                totalTimeout == null ? defaults.totalTimeout : totalTimeout,
                maxRetries == null ? defaults.maxRetries : maxRetries,
                onResponse);
    }
}
