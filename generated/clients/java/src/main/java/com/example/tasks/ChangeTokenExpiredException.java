// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 410: The server may have forgotten deletions that happened after this change token. Start again without
 * {@code since}.
 */
public final class ChangeTokenExpiredException extends ApiException {
    private static final long serialVersionUID = 1L;

    ChangeTokenExpiredException(Failure failure) {
        super(failure);
    }
}
