package com.example.tasks;

/**
 * A call without a complete response: the connection could not be opened, was lost, or the time-out has passed.
 * Whether the server has executed a write is then unknown: call again with the same
 * {@link RequestOptions#idempotencyKey} to be sure that it happens once.
 */
public class ConnectionException extends TasksException {
    private static final long serialVersionUID = 1L;

    ConnectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
