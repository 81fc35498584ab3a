"""Iterators over what the API returns in pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Page(Protocol[T_co]):
    """A page of a list."""

    @property
    def items(self) -> Sequence[T_co]: ...
    @property
    def next_cursor(self) -> str | None: ...


class ChangesPage(Protocol[T_co]):
    """A page of changes."""

    @property
    def items(self) -> Sequence[T_co]: ...
    @property
    def next_since(self) -> str: ...
    @property
    def has_more(self) -> bool: ...


class Pager(Generic[T]):
    """All objects of a list. Each iteration reads the list again, a page at a time."""

    def __init__(self, get_page: Callable[[str | None], Page[T]]) -> None:
        self._get_page = get_page

    def __iter__(self) -> Iterator[T]:
        cursor = None
        while True:
            page = self._get_page(cursor)
            yield from page.items
            cursor = page.next_cursor
            if cursor is None:
                return


class AsyncPager(Generic[T]):
    """All objects of a list. Each iteration reads the list again, a page at a time."""

    def __init__(self, get_page: Callable[[str | None], Awaitable[Page[T]]]) -> None:
        self._get_page = get_page

    async def __aiter__(self) -> AsyncIterator[T]:
        cursor = None
        while True:
            page = await self._get_page(cursor)
            for item in page.items:
                yield item
            cursor = page.next_cursor
            if cursor is None:
                return


class Changes(Generic[T]):
    """The changes after a change token, a page at a time.

    Store `next_since` when you have processed what came before it. A later iteration continues
    there, so the same object can be iterated again for what has changed in the meantime.
    """

    next_since: str | None
    """The change token that continues after the pages that were read to their end."""

    def __init__(self, get_page: Callable[[str | None], ChangesPage[T]], since: str | None) -> None:
        self._get_page = get_page
        self.next_since = since

    def __iter__(self) -> Iterator[T]:
        while True:
            page = self._get_page(self.next_since)
            yield from page.items
            self.next_since = page.next_since
            if not page.has_more:
                return


class AsyncChanges(Generic[T]):
    """The changes after a change token, a page at a time.

    Store `next_since` when you have processed what came before it. A later iteration continues
    there, so the same object can be iterated again for what has changed in the meantime.
    """

    next_since: str | None
    """The change token that continues after the pages that were read to their end."""

    def __init__(
        self, get_page: Callable[[str | None], Awaitable[ChangesPage[T]]], since: str | None
    ) -> None:
        self._get_page = get_page
        self.next_since = since

    async def __aiter__(self) -> AsyncIterator[T]:
        while True:
            page = await self._get_page(self.next_since)
            for item in page.items:
                yield item
            self.next_since = page.next_since
            if not page.has_more:
                return
