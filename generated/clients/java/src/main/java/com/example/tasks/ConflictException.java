// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 409: One of five problems, which {@code type} distinguishes: the first request with this {@code
 * Idempotency-Key} is still running; all your data is being deleted; the id that you have chosen for a new
 * task or list is taken; the task has subtasks, or the list has tasks, and the request does not say what
 * happens to them; or the task or list, or all that you have, has reached the maximum number of changes. In
 * the first two cases, send the request again after the time in {@code Retry-After}.
 */
public final class ConflictException extends ApiException {
    private static final long serialVersionUID = 1L;

    ConflictException(Failure failure) {
        super(failure);
    }
}
