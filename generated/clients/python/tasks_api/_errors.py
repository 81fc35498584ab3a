"""What can go wrong, as one class for each kind of failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._models import Fault, Problem


class APIError(Exception):
    """The base class of all errors of this package."""


class APIConnectionError(APIError):
    """The connection could not be made, or was lost before the response was complete."""


class APITimeoutError(APIConnectionError):
    """The server did not respond in time."""


class APIResponseError(APIError):
    """A response below 400 that does not have the form that the contract promises.

    Something between the client and the API may have sent it, such as a login page.
    """


class IncompleteExportError(APIError):
    """The export ended before its last line, so tasks may be missing."""


class APIStatusError(APIError):
    """A response with an error status."""

    status: int
    """The HTTP status."""
    problem: Problem | None
    """The problem document; `None` if something in between has sent the response."""
    headers: Mapping[str, str]
    """The header fields of the response; names are matched in any letter case."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        problem: Problem | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.problem = problem
        self.headers = {} if headers is None else headers

    @property
    def detail(self) -> str | None:
        """What went wrong with this request, for people to read."""
        return None if self.problem is None else self.problem.detail

    @property
    def errors(self) -> list[Fault]:
        """The faults of a request that got status 422."""
        return (self.problem.errors or []) if self.problem is not None else []

    @property
    def request_id(self) -> str | None:
        """The id of the request, which is also in the server's log."""
        return self.headers.get("x-request-id")

    @property
    def etag(self) -> str | None:
        """With status 412, the current entity tag of the task or list."""
        return self.headers.get("etag")


class BadRequestError(APIStatusError):
    """400: the server could not read the request."""


class AuthenticationError(APIStatusError):
    """401: there is no token, or it is not valid."""


class ForbiddenError(APIStatusError):
    """403: the token lacks a scope, or a limit of the user is reached; see `problem.type`."""


class NotFoundError(APIStatusError):
    """404: the object does not exist, or belongs to another user."""


class ConflictError(APIStatusError):
    """409: see `problem.type`: a request in progress, an id that is taken, or not empty."""


class ChangeTokenExpiredError(APIStatusError):
    """410: the change token is too old. Discard your copy, and read all changes again."""


class PreconditionFailedError(APIStatusError):
    """412: the object has changed. Nothing was written; `etag` is its current entity tag."""


class PayloadTooLargeError(APIStatusError):
    """413: the request body is too large."""


class UnsupportedMediaTypeError(APIStatusError):
    """415: the server does not accept the media type of the body."""


class UnprocessableEntityError(APIStatusError):
    """422: the request has faults, which `errors` lists."""


class RateLimitError(APIStatusError):
    """429: too many requests."""


class ServerError(APIStatusError):
    """5xx: the server, or something in front of it, has failed."""


class ServiceUnavailableError(ServerError):
    """503: the server cannot respond at the moment."""


_BY_STATUS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    410: ChangeTokenExpiredError,
    412: PreconditionFailedError,
    413: PayloadTooLargeError,
    415: UnsupportedMediaTypeError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    503: ServiceUnavailableError,
}


def _problem_of(body: object) -> Problem | None:
    try:
        return Problem._decode(body) if isinstance(body, dict) else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


_MAX_MESSAGE = 1000


def shortened(text: str) -> str:
    """The text of a message, which ends up in logs: a problem can be as long as a body."""
    return text if len(text) <= _MAX_MESSAGE else f"{text[:_MAX_MESSAGE]}…"


def status_error(call: str, status: int, headers: Mapping[str, str], body: Any) -> APIStatusError:
    """The error for a response. `call` is the request's method and path."""
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else APIStatusError)
    problem = _problem_of(body)
    message = f"{call}: {status}"
    if problem is not None:
        message += f" {problem.title}: {problem.detail}"
        faults = [
            f"{'.'.join(str(part) for part in fault.loc)} {fault.msg}"
            for fault in (problem.errors or [])[:20]
        ]
        if faults:
            message += f" [{'; '.join(faults)}]"
    message = shortened(message)
    request_id = headers.get("x-request-id")
    if request_id is not None:
        message += f" (request id {shortened(request_id)})"
    return kind(message, status=status, problem=problem, headers=headers)
