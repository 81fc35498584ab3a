// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 503: The database or the identity provider's keys cannot be reached at the moment, or the server has too
 * much to do. Send the request again after the time in {@code Retry-After}.
 */
public final class ServiceUnavailableException extends ApiException {
    private static final long serialVersionUID = 1L;

    ServiceUnavailableException(Failure failure) {
        super(failure);
    }
}
