// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 403: The token lacks the scope that the operation needs ({@code insufficient-scope}): then nothing was
 * looked up, and the response is the same whatever the request contains. Or a new list would be one more
 * than a user can have ({@code quota-exceeded}), or the server keeps no history ({@code history-off}).
 * {@code type} distinguishes the three.
 */
public final class ForbiddenException extends ApiException {
    private static final long serialVersionUID = 1L;

    ForbiddenException(Failure failure) {
        super(failure);
    }
}
