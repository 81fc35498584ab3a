// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 406: The request's {@code Accept} allows none of the media types in which this operation responds.
 */
public final class NotAcceptableException extends ApiException {
    private static final long serialVersionUID = 1L;

    NotAcceptableException(Failure failure) {
        super(failure);
    }
}
