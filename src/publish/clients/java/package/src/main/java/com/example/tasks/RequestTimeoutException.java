package com.example.tasks;

/** A call whose time-out has passed. */
public class RequestTimeoutException extends ConnectionException {
    private static final long serialVersionUID = 1L;

    RequestTimeoutException(String message, Throwable cause) {
        super(message, cause);
    }
}
