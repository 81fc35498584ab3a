package com.example.tasks;

import java.net.http.HttpHeaders;
import java.util.List;

/** A response that is not a success. There is a subclass for each status that the contract has. */
public class ApiException extends TasksException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN_FAULTS = 3;
    private static final int SHOWN_TEXT = 1000;
    private static final int SHOWN_ID = 100;

    private final int status;
    private final transient Problem problem;
    private final transient HttpHeaders headers;
    private final String body;

    ApiException(Failure failure) {
        super(failure.message(), null);
        this.status = failure.status();
        this.problem = failure.problem();
        this.headers = failure.headers();
        this.body = failure.body();
    }

    /** What was received. */
    record Failure(String call, int status, Problem problem, HttpHeaders headers, String body) {
        String message() {
            StringBuilder text = new StringBuilder(call).append(": ").append(status);
            if (problem != null) {
                text.append(' ').append(problem.title()).append(": ").append(problem.detail());
                List<Fault> faults = problem.errors() == null ? List.of() : problem.errors();
                for (Fault fault : faults.subList(0, Math.min(SHOWN_FAULTS, faults.size()))) {
                    text.append("; ").append(fault.place()).append(' ').append(fault.msg());
                }
                if (faults.size() > SHOWN_FAULTS) text.append("; …");
            }
            String shown = shorten(text.toString(), SHOWN_TEXT);
            return headers.firstValue("X-Request-Id")
                    .map(id -> shown + " (request id " + shorten(id, SHOWN_ID) + ")")
                    .orElse(shown);
        }

        /** A hostile server can send long texts. */
        private static String shorten(String text, int length) {
            return text.length() <= length ? text : text.substring(0, length) + "…";
        }
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The body, or null if it is not a problem document, because the response comes from something in between. */
    public Problem problem() {
        return problem;
    }

    /** The kind of problem, such as {@code batch-not-applicable}: the last part of its type. Empty without one. */
    public String kind() {
        return problem == null ? "" : problem.type().substring(problem.type().lastIndexOf('/') + 1);
    }

    /** The header fields of the response. */
    public HttpHeaders headers() {
        return headers;
    }

    /** The body as it arrived. */
    public String body() {
        return body;
    }

    /** The id under which the server logged the request, or null. */
    public String requestId() {
        return headers.firstValue("X-Request-Id").orElse(null);
    }

    /** The current entity tag of the task after a failed precondition, or null. */
    public String etag() {
        return headers.firstValue("ETag").orElse(null);
    }
}
