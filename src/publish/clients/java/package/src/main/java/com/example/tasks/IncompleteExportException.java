package com.example.tasks;

/** An export that ended without its last line: it was cut off on the way. */
public class IncompleteExportException extends TasksException {
    private static final long serialVersionUID = 1L;

    IncompleteExportException(String message, Throwable cause) {
        super(message, cause);
    }
}
