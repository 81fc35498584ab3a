"""Sends calls and repeats them, with and without `async`."""

from __future__ import annotations

import inspect
import logging
import time
from collections.abc import Awaitable, Callable, Generator
from typing import Any, Union

import anyio
import httpx

from ._call import (
    DEFAULT_TIMEOUT,
    Body,
    Call,
    M,
    Received,
    Timeout,
    arguments_of,
    check_base_url,
    check_token,
    connection_error,
    cut_off,
    info_of,
    is_success,
    longer_by,
    model_of,
    response_error,
    wait_before_retry,
)
from ._errors import APIError
from ._model import NOT_GIVEN, ResponseInfo

Token = Union[str, Callable[[], str]]
AsyncToken = Union[str, Callable[[], Union[str, Awaitable[str]]]]

_log = logging.getLogger("tasks_api")


class _Bearer(httpx.Auth):
    """Adds the token to an attempt, and to nothing that is shown or logged."""

    def __init__(self, token: object) -> None:
        self._token = check_token(token)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self._token}"
        yield request


class _Settings:
    """What the clients with and without `async` have in common."""

    def __init__(
        self, base_url: str, token: AsyncToken, timeout: Timeout, max_retries: int
    ) -> None:
        self.base_url = check_base_url(base_url)
        self._token = check_token(token) if isinstance(token, str) else token
        self.timeout = DEFAULT_TIMEOUT if timeout is NOT_GIVEN else timeout
        self.max_retries = max_retries

    def _arguments_of(self, call: Call) -> dict[str, Any]:
        timeout = self.timeout if call.timeout is NOT_GIVEN else call.timeout
        return {
            **arguments_of(call),
            "url": self.base_url + call.path,
            "timeout": longer_by(call.query.get("wait"), timeout),
        }

    def _failure_of(
        self, call: Call, received: Received, is_stream: bool
    ) -> tuple[APIError, httpx.Response | None] | None:
        """The error of a response that is not a success; without it if it was cut off."""
        if not is_success(call, received.response):
            return response_error(call, received), received.response
        error = None if is_stream else cut_off(call, received)
        return None if error is None else (error, None)

    def _wait_or_raise(
        self, call: Call, attempt: int, error: APIError, response: httpx.Response | None
    ) -> float:
        """Seconds until the next attempt; raises `error` if there is none."""
        max_retries = self.max_retries if call.max_retries is None else call.max_retries
        wait = wait_before_retry(attempt, response)
        if wait is None or attempt >= max_retries:
            raise error
        _log.info("%s: %s; the next attempt is in %.1f s", call, error, wait)
        return wait


class Transport(_Settings):
    """Sends calls with `httpx.Client`."""

    def __init__(
        self,
        base_url: str,
        token: Token,
        timeout: Timeout,
        max_retries: int,
        http_client: httpx.Client | None,
    ) -> None:
        super().__init__(base_url, token, timeout, max_retries)
        self._owns_http = http_client is None
        self._http = httpx.Client() if http_client is None else http_client

    def close(self) -> None:
        """Closes the connections, unless they are the caller's."""
        if self._owns_http:
            self._http.close()

    def _authorization(self) -> _Bearer:
        return _Bearer(self._token if isinstance(self._token, str) else self._token())

    def _attempt(self, call: Call, auth: _Bearer, is_stream: bool) -> Received:
        request = self._http.build_request(**self._arguments_of(call))
        response = self._http.send(request, auth=auth, stream=True, follow_redirects=False)
        if is_stream and is_success(call, response):
            return Received(response)
        body = Body(call)
        try:
            for part in response.iter_bytes():
                body.add(part)
        finally:
            response.close()
        return body.complete(response)

    def open(self, call: Call, *, is_stream: bool = False) -> Received:
        """The successful response to a call, read unless it is a stream."""
        attempt = 0
        while True:
            # Apart, because what a token function raises is the caller's own.
            auth = self._authorization()
            try:
                received = self._attempt(call, auth, is_stream)
            except httpx.RequestError as cause:
                wait = self._wait_or_raise(call, attempt, connection_error(call, cause), None)
            else:
                failure = self._failure_of(call, received, is_stream)
                if failure is None:
                    return received
                wait = self._wait_or_raise(call, attempt, *failure)
            time.sleep(wait)
            attempt += 1

    def stream(self, call: Call) -> httpx.Response:
        """The successful response to a call, to be read and closed."""
        return self.open(call, is_stream=True).response

    def send(self, call: Call) -> ResponseInfo:
        """Sends a call whose response has no body."""
        return info_of(self.open(call))

    def get(self, decode: Callable[[Any], M], call: Call) -> M:
        """The object that a call returns."""
        return model_of(call, decode, self.open(call))

    def get_if_changed(self, decode: Callable[[Any], M], call: Call) -> M | None:
        """The object that a call returns, or `None` if it has not changed (304)."""
        received = self.open(call)
        return None if received.response.status_code == 304 else model_of(call, decode, received)


class AsyncTransport(_Settings):
    """Sends calls with `httpx.AsyncClient`."""

    def __init__(
        self,
        base_url: str,
        token: AsyncToken,
        timeout: Timeout,
        max_retries: int,
        http_client: httpx.AsyncClient | None,
    ) -> None:
        super().__init__(base_url, token, timeout, max_retries)
        self._owns_http = http_client is None
        self._http = httpx.AsyncClient() if http_client is None else http_client

    async def close(self) -> None:
        """Closes the connections, unless they are the caller's."""
        if self._owns_http:
            await self._http.aclose()

    async def _authorization(self) -> _Bearer:
        token = self._token if isinstance(self._token, str) else self._token()
        return _Bearer(await token if inspect.isawaitable(token) else token)

    async def _attempt(self, call: Call, auth: _Bearer, is_stream: bool) -> Received:
        request = self._http.build_request(**self._arguments_of(call))
        response = await self._http.send(request, auth=auth, stream=True, follow_redirects=False)
        if is_stream and is_success(call, response):
            return Received(response)
        body = Body(call)
        try:
            async for part in response.aiter_bytes():
                body.add(part)
        finally:
            await response.aclose()
        return body.complete(response)

    async def open(self, call: Call, *, is_stream: bool = False) -> Received:
        """The successful response to a call, read unless it is a stream."""
        attempt = 0
        while True:
            # Apart, because what a token function raises is the caller's own.
            auth = await self._authorization()
            try:
                received = await self._attempt(call, auth, is_stream)
            except httpx.RequestError as cause:
                wait = self._wait_or_raise(call, attempt, connection_error(call, cause), None)
            else:
                failure = self._failure_of(call, received, is_stream)
                if failure is None:
                    return received
                wait = self._wait_or_raise(call, attempt, *failure)
            await anyio.sleep(wait)
            attempt += 1

    async def stream(self, call: Call) -> httpx.Response:
        """The successful response to a call, to be read and closed."""
        return (await self.open(call, is_stream=True)).response

    async def send(self, call: Call) -> ResponseInfo:
        """Sends a call whose response has no body."""
        return info_of(await self.open(call))

    async def get(self, decode: Callable[[Any], M], call: Call) -> M:
        """The object that a call returns."""
        return model_of(call, decode, await self.open(call))

    async def get_if_changed(self, decode: Callable[[Any], M], call: Call) -> M | None:
        """The object that a call returns, or `None` if it has not changed (304)."""
        received = await self.open(call)
        return None if received.response.status_code == 304 else model_of(call, decode, received)
