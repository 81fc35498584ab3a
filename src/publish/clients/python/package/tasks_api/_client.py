"""The clients: what a program creates first."""

from __future__ import annotations

from types import TracebackType

import httpx

from ._call import DEFAULT_MAX_RETRIES, Timeout
from ._model import NOT_GIVEN
from ._resources import AsyncResources, Resources
from ._transport import AsyncToken, AsyncTransport, Token, Transport


class TasksClient(Resources):
    """A client of the Tasks API.

    Use it in a `with` statement, or call `close`. It can be shared by threads.

    Args:
        base_url: Where the API is, such as `https://tasks.example.com`.
        token: The bearer token, or a function that returns it for each request.
        timeout: Seconds without progress after which a request has failed: 30 unless given.
            `httpx.Timeout` sets the times to connect, to send and to receive; `None` is no limit.
        max_retries: How often a call is repeated after `429`, `503`, other failures of a gateway
            and lost connections. 0 means never.
        http_client: An `httpx.Client` of your own, for proxies or certificates; you close it.
    """

    def __init__(
        self,
        base_url: str,
        token: Token,
        *,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int = DEFAULT_MAX_RETRIES,
        http_client: httpx.Client | None = None,
    ) -> None:
        self._transport = Transport(base_url, token, timeout, max_retries, http_client)
        super().__init__(self._transport)

    @property
    def timeout(self) -> float | httpx.Timeout | None:
        """The time-out of calls that set none."""
        return self._transport.timeout

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def __enter__(self) -> TasksClient:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"TasksClient({self._transport.base_url!r})"


class AsyncTasksClient(AsyncResources):
    """A client of the Tasks API for programs with `async`.

    Use it in an `async with` statement, or await `close`.

    Args:
        base_url: Where the API is, such as `https://tasks.example.com`.
        token: The bearer token, or a function that returns it for each request; it can be `async`.
        timeout: Seconds without progress after which a request has failed: 30 unless given.
            `httpx.Timeout` sets the times to connect, to send and to receive; `None` is no limit.
        max_retries: How often a call is repeated after `429`, `503`, other failures of a gateway
            and lost connections. 0 means never.
        http_client: An `httpx.AsyncClient` of your own, for proxies or certificates; you close it.
    """

    def __init__(
        self,
        base_url: str,
        token: AsyncToken,
        *,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int = DEFAULT_MAX_RETRIES,
        http_client: httpx.AsyncClient | None = None,
    ) -> None:
        self._transport = AsyncTransport(base_url, token, timeout, max_retries, http_client)
        super().__init__(self._transport)

    @property
    def timeout(self) -> float | httpx.Timeout | None:
        """The time-out of calls that set none."""
        return self._transport.timeout

    async def close(self) -> None:
        """Closes the connections."""
        await self._transport.close()

    async def __aenter__(self) -> AsyncTasksClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncTasksClient({self._transport.base_url!r})"
