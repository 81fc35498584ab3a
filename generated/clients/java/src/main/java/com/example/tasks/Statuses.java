// Generated from the contract. Do not edit.
package com.example.tasks;

/** The exception of each status. */
final class Statuses {
    private Statuses() {}

    static ApiException exception(ApiException.Failure failure) {
        return switch (failure.status()) {
            case 400 -> new MalformedRequestException(failure);
            case 401 -> new NotAuthenticatedException(failure);
            case 403 -> new ForbiddenException(failure);
            case 404 -> new NotFoundException(failure);
            case 406 -> new NotAcceptableException(failure);
            case 409 -> new ConflictException(failure);
            case 410 -> new ChangeTokenExpiredException(failure);
            case 412 -> new PreconditionFailedException(failure);
            case 413 -> new PayloadTooLargeException(failure);
            case 415 -> new UnsupportedMediaTypeException(failure);
            case 422 -> new ValidationException(failure);
            case 429 -> new TooManyRequestsException(failure);
            case 500 -> new InternalException(failure);
            case 503 -> new ServiceUnavailableException(failure);
            default -> new ApiException(failure);
        };
    }
}
