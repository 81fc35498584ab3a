// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 500: The server failed unexpectedly. Its log has the cause under the request id.
 */
public final class InternalException extends ApiException {
    private static final long serialVersionUID = 1L;

    InternalException(Failure failure) {
        super(failure);
    }
}
