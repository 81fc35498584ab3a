// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 403: The user has as many lists as one can have.
 */
public final class ForbiddenException extends ApiException {
    private static final long serialVersionUID = 1L;

    ForbiddenException(Failure failure) {
        super(failure);
    }
}
