package com.example.tasks;

import java.net.http.HttpHeaders;

/** What a response has besides its body. */
public record ResponseInfo(int status, HttpHeaders headers) {
    /** The entity tag, for {@link RequestOptions#ifMatch} and {@link RequestOptions#ifNoneMatch}, or null. */
    public String etag() {
        return headers.firstValue("ETag").orElse(null);
    }

    /** The id under which the server logged the request, or null. */
    public String requestId() {
        return headers.firstValue("X-Request-Id").orElse(null);
    }

    /** The id of the change that the call has made, for {@link TasksClient#undoChange}, or null. */
    public String change() {
        return headers.firstValue("Change").orElse(null);
    }

    /** Whether the response to a conditional read was 304. */
    public boolean notModified() {
        return status == 304;
    }

    /** Whether this is the stored result of an earlier request with the same key. */
    public boolean replayed() {
        return headers.firstValue("Idempotency-Replayed").isPresent();
    }
}
