// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * 415: The operation does not accept the media type or the content coding of the request body. The response
 * has one of three headers with what the operation accepts: {@code Accept-Patch} (media types of a {@code
 * PATCH}), {@code Accept} (media types of any other method) or {@code Accept-Encoding} (content codings).
 */
public final class UnsupportedMediaTypeException extends ApiException {
    private static final long serialVersionUID = 1L;

    UnsupportedMediaTypeException(Failure failure) {
        super(failure);
    }
}
