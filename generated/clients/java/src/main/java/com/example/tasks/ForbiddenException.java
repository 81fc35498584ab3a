// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 403: The token lacks the scope that the operation needs: then nothing was looked up, and the response is
 * the same whatever the request contains. Or a new list would be one more than a user can have. {@code type}
 * distinguishes the two.
 */
public final class ForbiddenException extends ApiException {
    private static final long serialVersionUID = 1L;

    ForbiddenException(Failure failure) {
        super(failure);
    }
}
