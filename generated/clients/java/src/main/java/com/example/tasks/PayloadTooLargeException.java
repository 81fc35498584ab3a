// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 413: The request body is larger than the operation accepts. {@code detail} contains the limit.
 */
public final class PayloadTooLargeException extends ApiException {
    private static final long serialVersionUID = 1L;

    PayloadTooLargeException(Failure failure) {
        super(failure);
    }
}
