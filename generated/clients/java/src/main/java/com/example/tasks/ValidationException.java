// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 422: The server could read the request, but it does not conform to the contract, reuses an {@code
 * Idempotency-Key}, or is a batch with an operation that cannot be applied. {@code type} distinguishes these
 * cases, and {@code errors} lists the faults.
 */
public final class ValidationException extends ApiException {
    private static final long serialVersionUID = 1L;

    ValidationException(Failure failure) {
        super(failure);
    }
}
