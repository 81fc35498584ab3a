// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 401: The request has no token, or its token is not valid.
 */
public final class NotAuthenticatedException extends ApiException {
    private static final long serialVersionUID = 1L;

    NotAuthenticatedException(Failure failure) {
        super(failure);
    }
}
