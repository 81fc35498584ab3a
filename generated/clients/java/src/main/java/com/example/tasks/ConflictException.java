// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 409: One of four problems, which {@code type} distinguishes: the first request with this {@code
 * Idempotency-Key} is still running; all your data is being deleted; the id that you have chosen for a new
 * task is taken; or the task, or your list, has reached the maximum number of changes. In the first two
 * cases, send the request again after the time in {@code Retry-After}.
 */
public final class ConflictException extends ApiException {
    private static final long serialVersionUID = 1L;

    ConflictException(Failure failure) {
        super(failure);
    }
}
