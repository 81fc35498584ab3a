// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 412: The entity tag of the task or list does not satisfy {@code If-Match} or {@code If-None-Match}.
 * Nothing has changed.
 */
public final class PreconditionFailedException extends ApiException {
    private static final long serialVersionUID = 1L;

    PreconditionFailedException(Failure failure) {
        super(failure);
    }
}
