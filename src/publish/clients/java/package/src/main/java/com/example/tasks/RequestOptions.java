package com.example.tasks;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The options of one call. They do not change: each method returns new ones. */
public final class RequestOptions {
    private static final RequestOptions NONE = new RequestOptions(Map.of(), null, null, null);

    final Map<String, String> headers;
    final Duration timeout;
    final Integer maxRetries;
    final Consumer<ResponseInfo> onResponse;

    private RequestOptions(
            Map<String, String> headers, Duration timeout, Integer maxRetries, Consumer<ResponseInfo> onResponse) {
        this.headers = headers;
        this.timeout = timeout;
        this.maxRetries = maxRetries;
        this.onResponse = onResponse;
    }

    /** Returns options that set nothing. */
    public static RequestOptions create() {
        return NONE;
    }

    /** Sets a header field. */
    public RequestOptions header(String name, String value) {
        Map<String, String> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        more.put(name, value);
        return new RequestOptions(Collections.unmodifiableMap(more), timeout, maxRetries, onResponse);
    }

    /**
     * Makes a call conditional: it throws a {@link PreconditionFailedException} unless the task has this entity tag,
     * for example {@link Task#etag()}.
     */
    public RequestOptions ifMatch(String etag) {
        return header("If-Match", etag);
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

    /** Sets how long one attempt may take, and during an export, how long the server may be silent. */
    public RequestOptions timeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) throw new IllegalArgumentException("the time-out must be positive");
        return new RequestOptions(headers, timeout, maxRetries, onResponse);
    }

    /** Sets how many times the call is repeated at most; 0 means never. */
    public RequestOptions maxRetries(int maxRetries) {
        return new RequestOptions(headers, timeout, maxRetries, onResponse);
    }

    /** Sets what gets the status and the header fields of each response. */
    public RequestOptions onResponse(Consumer<ResponseInfo> onResponse) {
        return new RequestOptions(headers, timeout, maxRetries, onResponse);
    }

    /** These options, with the time-out and the retries of {@code defaults} where these set none. */
    RequestOptions or(RequestOptions defaults) {
        return new RequestOptions(
                headers,
                timeout == null ? defaults.timeout : timeout,
                maxRetries == null ? defaults.maxRetries : maxRetries,
                onResponse);
    }
}
