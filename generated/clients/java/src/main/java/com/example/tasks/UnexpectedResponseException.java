package com.example.tasks;

/**
 * A response below 400 that is not what the contract declares for the operation, such as a page of a proxy. It does not
 * show whether a write was executed.
 */
public final class UnexpectedResponseException extends ApiException {
    private static final long serialVersionUID = 1L;

    UnexpectedResponseException(Failure failure) {
        super(failure);
    }
}
