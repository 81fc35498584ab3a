// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 429: The user has made too many requests in this minute, or has too many in progress; nothing has changed.
 * A forged token also gets {@code 429} if many forged tokens have come from the same address in this minute.
 * A valid token from that address still works. Send the request again after the time in {@code Retry-After}.
 */
public final class TooManyRequestsException extends ApiException {
    private static final long serialVersionUID = 1L;

    TooManyRequestsException(Failure failure) {
        super(failure);
    }
}
