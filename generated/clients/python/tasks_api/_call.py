"""A call: what is sent, when it is sent again, and what its response means.

Nothing here sends anything, so that the clients with and without `async` share it.
"""

from __future__ import annotations

import inspect
import json
import re
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from email.utils import parsedate_to_datetime
from random import uniform
from typing import Any, TypeVar, Union
from urllib.parse import quote, urlsplit

import httpx

from ._errors import (
    APIConnectionError,
    APIError,
    APIResponseError,
    APITimeoutError,
    shortened,
    status_error,
)
from ._model import NOT_GIVEN, HasETag, Model, NotGiven, ResponseInfo
from ._version import VERSION

DEFAULT_TIMEOUT = 30.0
"""Seconds without progress after which a request has failed."""
DEFAULT_MAX_RETRIES = 3
MAX_WAIT = 60.0
"""The longest time, in seconds, for which a call waits between two attempts."""

Timeout = Union[float, httpx.Timeout, None, NotGiven]
"""Seconds, or `httpx.Timeout`; `None` is no time-out."""
M = TypeVar("M", bound=Model)
D = TypeVar("D")

# A gateway's failures, a request that was too slow, and what asks for a repetition. A 409 is one if
# it has Retry-After: an earlier attempt is still in progress.
_RETRIED = frozenset({408, 429, 502, 503, 504})
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True)
class Call:
    """One call of an operation; `headers` and `query` leave out what is `None`.

    `statuses` are those of a success.
    """

    method: str
    path: str
    statuses: Collection[int]
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str | None] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    extra_headers: Mapping[str, str] | None = None
    timeout: Timeout = NOT_GIVEN
    max_retries: int | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def segment(value: str) -> str:
    """A value as one segment of a path. An empty one, or dots, would be another path."""
    if value in ("", ".", ".."):
        raise ValueError(f"{value!r} is not an id")
    return quote(value, safe="")


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that the caller has given."""
    return {name: value for name, value in values.items() if value is not NOT_GIVEN}


def etag_of(value: str | int | HasETag | None) -> str | None:
    """The entity tag that is sent for a task, a page, a version number or a tag."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return f'"{value}"'
    try:
        etag = value.etag  # type: ignore[union-attr]
    except AttributeError:
        kind = type(value).__name__
        raise TypeError(f"{kind} is not a task, a page, a version number or a tag") from None
    if etag is None:
        raise ValueError("the object has no entity tag")
    return etag


def new_key(key: str | None) -> str:
    """The idempotency key of a call: the caller's, or a new one."""
    return str(uuid.uuid4()) if key is None else key


def _to_json(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError("a datetime without a time zone is not an instant: set tzinfo")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be sent as JSON")


def day(value: D) -> D:
    """A value that is a day, or nothing: not a `datetime`, which would be sent with its time."""
    if isinstance(value, datetime):
        raise TypeError("a datetime is not a day: pass a date, such as value.date()")
    return value


def _query_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (datetime, date)):
        return _to_json(value)
    return value if isinstance(value, str) else str(value)


def longer_by(wait: int | None, timeout: Timeout) -> Timeout:
    """The time-out of a request to which the server responds only after so many seconds."""
    if not wait or timeout is None or isinstance(timeout, NotGiven):
        return timeout
    limits = httpx.Timeout(timeout)
    if limits.read is None:
        return limits
    return httpx.Timeout(
        connect=limits.connect, read=limits.read + wait, write=limits.write, pool=limits.pool
    )


def check_base_url(base_url: str) -> str:
    """The address without a trailing slash; raises `ValueError` if it is not one."""
    try:
        parts = urlsplit(base_url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        # The error can contain the address, and so a password.
        is_address = False
    if not is_address:
        raise ValueError("base_url must begin with http:// or https:// and a host")
    if parts.username is not None or "?" in base_url or "#" in base_url:
        raise ValueError("base_url must not contain a user, a query or a fragment")
    return base_url.rstrip("/")


def check_token(token: object) -> str:
    """The token; raises `ValueError`, without the token, if no header can have it.

    Raises `TypeError` if it has yet to be awaited.
    """
    if inspect.isawaitable(token):
        if inspect.iscoroutine(token):
            token.close()
        raise TypeError("an async token function needs an AsyncTasksClient")
    if not isinstance(token, str) or re.fullmatch(r"[\x21-\x7e]+", token) is None:
        raise ValueError("the token is empty, or has characters that a header cannot have")
    return token


def arguments_of(call: Call) -> dict[str, Any]:
    """What `httpx` needs to build the request of one attempt; the token is added later."""
    headers = httpx.Headers(
        {
            "Accept": "application/json, application/x-ndjson, application/problem+json",
            "User-Agent": f"tasks-api-python/{VERSION}",
        }
    )
    if call.body is not None:
        headers["Content-Type"] = "application/json"
    for name, value in (*call.headers.items(), *(call.extra_headers or {}).items()):
        # Checked here, because the error of a library would show the value.
        if _HEADER_NAME.fullmatch(name) is None:
            raise ValueError("a header has a name that no header can have")
        if value is not None and _HEADER_VALUE.fullmatch(value) is None:
            raise ValueError(f"the header {name} has characters that it cannot have")
        if value is not None:
            headers[name] = value
    query = {name: _query_text(value) for name, value in call.query.items() if value is not None}
    return {
        "method": call.method,
        "headers": headers,
        "params": query,
        "content": None if call.body is None else _body(call.body),
    }


def _body(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, default=_to_json, ensure_ascii=False, separators=(",", ":")).encode()


def connection_error(call: Call, cause: httpx.RequestError) -> APIConnectionError:
    """The error for a request that got no complete response."""
    kind, what = (
        (APITimeoutError, "timed out")
        if isinstance(cause, httpx.TimeoutException)
        else (APIConnectionError, "got no complete response")
    )
    error = kind(shortened(f"{call} {what}: {type(cause).__name__} {cause}".rstrip()))
    error.__cause__ = cause
    return error


MAX_BODY = 64 * 2**20
"""The longest body, in bytes after decompression: a few kilobytes can become a gigabyte."""


@dataclass(frozen=True)
class Received:
    """A response and its body, which is still to be read if it is that of an export."""

    response: httpx.Response
    content: bytes = b""
    data: Any = None
    """The JSON in the body; `None` if there is none."""


class Body:
    """The body of a response while it arrives."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._parts: list[bytes] = []
        self._length = 0

    def add(self, part: bytes) -> None:
        """Takes the next part; raises `APIResponseError` if the body is too long."""
        self._length += len(part)
        if self._length > MAX_BODY:
            raise APIResponseError(f"the response to {self._call} has more than {MAX_BODY} bytes")
        self._parts.append(part)

    def complete(self, response: httpx.Response) -> Received:
        """The response with the whole body."""
        content = b"".join(self._parts)
        return Received(response, content, _json_of(content))


def _json_of(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def response_error(call: Call, received: Received) -> APIError:
    """The error for a response that is not a success and was read."""
    response = received.response
    if response.status_code < 400:
        return APIResponseError(f"{call}: {response.status_code} is not what the API sends")
    return status_error(str(call), response.status_code, response.headers, received.data)


def is_success(call: Call, response: httpx.Response) -> bool:
    """Whether it has the status of a success, which is 304 if the caller has asked for it."""
    is_asked = call.headers.get("If-None-Match") is not None
    return response.status_code in call.statuses or (response.status_code == 304 and is_asked)


def cut_off(call: Call, received: Received) -> APIResponseError | None:
    """The error for a success whose body is empty or cut off: as good as a lost connection."""
    if received.response.status_code in (204, 304) or received.data is not None:
        return None
    text = received.content.lstrip()
    # A page of something in between is complete, and would be the same the next time.
    if text and text[:1] not in b"[{":
        return None
    return APIResponseError(f"the response to {call} is empty or incomplete")


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("retry-after")
    if text is None:
        return None
    if text.strip().isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        if until.tzinfo is None:
            until = until.replace(tzinfo=timezone.utc)
        return max(0.0, (until - datetime.now(timezone.utc)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def wait_before_retry(attempt: int, response: httpx.Response | None) -> float | None:
    """Seconds to wait after attempt number `attempt`, from 0; `None` if another is of no use.

    `response` is `None` if the connection was lost. Every call can be repeated: a write has the
    same idempotency key each time.
    """
    # Random, so that clients that failed together do not come back together.
    backoff = min(8.0, 0.5 * 2.0**attempt) * uniform(0.5, 1.0)
    if response is None:
        return backoff
    asked = _retry_after(response)
    is_retried = response.status_code in _RETRIED or (
        response.status_code == 409 and asked is not None
    )
    if not is_retried or (asked is not None and asked > MAX_WAIT):
        return None
    return backoff if asked is None else asked + uniform(0.0, 0.25)


def info_of(received: Received) -> ResponseInfo:
    """What a response has besides its body."""
    return ResponseInfo(received.response.status_code, received.response.headers)


def model_of(call: Call, decode: Callable[[Any], M], received: Received) -> M:
    """The object in a successful response."""
    try:
        model = decode(received.data)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as cause:
        raise APIResponseError(
            f"the response to {call} does not have the form that the contract promises"
        ) from cause
    model._came_with(info_of(received))
    return model
