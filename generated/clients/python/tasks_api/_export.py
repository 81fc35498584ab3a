"""Reads an export line by line as it arrives, and knows whether it is complete."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from types import TracebackType

import httpx

from ._errors import IncompleteExportError
from ._models import ExportedList, ExportedTask, ExportEnd, Task, TaskList, decode_export_line

_MAX_LINE = 4 * 2**20
"""No line has as many bytes: a task has at most a tenth of it."""


class _Lines:
    """Turns chunks of bytes into tasks.

    `httpx` also splits lines at characters that JSON texts can contain, such as U+2028.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._count = 0
        self._is_ended = False
        self.lists: list[TaskList] = []

    def tasks_in(self, chunk: bytes) -> list[Task]:
        """The tasks whose lines end in this chunk."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > _MAX_LINE:
            raise IncompleteExportError("a line of the export has no end")
        return [task for line in lines for task in self._tasks_of(line)]

    def _tasks_of(self, line: bytes) -> list[Task]:
        if self._is_ended:
            raise IncompleteExportError("the export continues after its end")
        try:
            item = decode_export_line(json.loads(line))
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as cause:
            raise IncompleteExportError("a line of the export is not valid") from cause
        if isinstance(item, ExportedTask):
            self._count += 1
            return [item.task]
        if isinstance(item, ExportedList):
            self.lists.append(item.list)
        if isinstance(item, ExportEnd):
            if item.tasks != self._count:
                raise IncompleteExportError(f"the export has {self._count} of {item.tasks} tasks")
            if item.lists != len(self.lists):
                raise IncompleteExportError(
                    f"the export has {len(self.lists)} of {item.lists} lists"
                )
            self._is_ended = True
        # A later version may add types of lines.
        return []

    @property
    def is_complete(self) -> bool:
        """Whether the end has arrived, and nothing after it."""
        return self._is_ended and not self._rest

    def cut_off(self) -> IncompleteExportError:
        return IncompleteExportError(f"the export was cut off after {self._count} tasks")


class Export:
    """The tasks of an export, as they arrive. It can be iterated once.

    Raises `IncompleteExportError` if the export was cut off. If you stop before the end, call
    `close`, or use it in a `with` statement.
    """

    def __init__(self, open_response: Callable[[], httpx.Response]) -> None:
        self._lines = _Lines()
        self._tasks = self._read(open_response)

    @property
    def lists(self) -> Sequence[TaskList]:
        """The lists, which come first: all of them from the first task on, or at the end."""
        return self._lines.lists

    def _read(self, open_response: Callable[[], httpx.Response]) -> Generator[Task, None, None]:
        lines = self._lines
        response = open_response()
        try:
            for chunk in response.iter_bytes():
                yield from lines.tasks_in(chunk)
        except httpx.RequestError as cause:
            raise lines.cut_off() from cause
        finally:
            response.close()
        if not lines.is_complete:
            raise lines.cut_off()

    def __iter__(self) -> Export:
        return self

    def __next__(self) -> Task:
        return next(self._tasks)

    def close(self) -> None:
        """Ends the export."""
        self._tasks.close()

    def __enter__(self) -> Export:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class AsyncExport:
    """The tasks of an export, as they arrive. It can be iterated once.

    Raises `IncompleteExportError` if the export was cut off. If you stop before the end, call
    `close`, or use it in an `async with` statement.
    """

    def __init__(self, open_response: Callable[[], Awaitable[httpx.Response]]) -> None:
        self._lines = _Lines()
        self._tasks = self._read(open_response)

    @property
    def lists(self) -> Sequence[TaskList]:
        """The lists, which come first: all of them from the first task on, or at the end."""
        return self._lines.lists

    async def _read(
        self, open_response: Callable[[], Awaitable[httpx.Response]]
    ) -> AsyncGenerator[Task, None]:
        lines = self._lines
        response = await open_response()
        try:
            async for chunk in response.aiter_bytes():
                for task in lines.tasks_in(chunk):
                    yield task
        except httpx.RequestError as cause:
            raise lines.cut_off() from cause
        finally:
            await response.aclose()
        if not lines.is_complete:
            raise lines.cut_off()

    def __aiter__(self) -> AsyncExport:
        return self

    async def __anext__(self) -> Task:
        return await self._tasks.__anext__()

    async def close(self) -> None:
        """Ends the export."""
        await self._tasks.aclose()

    async def __aenter__(self) -> AsyncExport:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()
