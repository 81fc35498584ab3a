package com.example.tasks;

/** A call that failed. */
public class TasksException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TasksException(String message, Throwable cause) {
        super(message, cause);
    }
}
