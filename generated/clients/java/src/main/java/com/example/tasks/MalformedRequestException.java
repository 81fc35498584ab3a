// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 400: The server could not read the request: for example invalid JSON, an invalid percent-encoding, a
 * cursor of another query, or a body for an operation that takes none.
 */
public final class MalformedRequestException extends ApiException {
    private static final long serialVersionUID = 1L;

    MalformedRequestException(Failure failure) {
        super(failure);
    }
}
