// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 409: One of seven problems, which {@code type} distinguishes: the first request with this {@code
 * Idempotency-Key} is still running; all your data is being deleted; the id that you have chosen for a new
 * task or list is taken; the task has subtasks, or the list has tasks, and the request does not say what
 * happens to them; the task or list, or all that you have, has reached the maximum number of changes;
 * something was changed after the change that is to be undone; or it was undone before. In the first two
 * cases, send the request again after the time in {@code Retry-After}.
 */
public final class ConflictException extends ApiException {
    private static final long serialVersionUID = 1L;

    ConflictException(Failure failure) {
        super(failure);
    }
}
