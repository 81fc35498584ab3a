// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 404: The task or list does not exist, or belongs to another user.
 */
public final class NotFoundException extends ApiException {
    private static final long serialVersionUID = 1L;

    NotFoundException(Failure failure) {
        super(failure);
    }
}
