"""What the scenario cannot show: odd responses, odd arguments, and how long the client waits.

`python checks.py`; raises at the first failure.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import pickle
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import partial
from typing import Any

import httpx
from steps import check
from tasks_api import (
    APIResponseError,
    APIStatusError,
    AsyncTasksClient,
    IncompleteExportError,
    NotFoundError,
    TasksClient,
)
from tasks_api._call import MAX_WAIT, wait_before_retry
from tasks_api._model import parse_time

URL = "http://tasks.example.com"
ID = "3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7"
TASK: dict[str, Any] = {
    "id": ID,
    "owner_id": "7f1c9a52",
    "title": "Buy\u2028milk \x85 \N{SMILING FACE WITH SMILING EYES}",
    "description": None,
    "completed": False,
    "completed_at": None,
    "due": None,
    "start": None,
    "priority": "none",
    "labels": [],
    "metadata": {},
    "list_id": None,
    "parent_id": None,
    "position": "p1",
    "recurrence": None,
    "series_id": None,
    "occurrence": None,
    "next_id": None,
    "created_at": "2026-01-12T09:30:00.123456Z",
    "updated_at": "2026-01-12T09:30:00.123456Z",
    "version": 1,
}
Handler = Callable[[httpx.Request], httpx.Response]


def client_of(handler: Handler) -> TasksClient:
    http = httpx.Client(transport=httpx.MockTransport(handler))
    return TasksClient(URL, "token", http_client=http, max_retries=0)


def always(response: httpx.Response) -> Handler:
    return lambda _: response


def raises(kind: type[Exception], call: Callable[[], object]) -> Exception:
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")


def lines(*items: object) -> bytes:
    return b"".join(json.dumps(item, ensure_ascii=False).encode() + b"\n" for item in items)


class Chunks(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that arrives byte by byte."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for byte in self.body:
            yield bytes([byte])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for byte in self.body:
            yield bytes([byte])

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


def waits() -> None:
    def after(status: int, retry_after: str | None = None) -> float | None:
        headers = {} if retry_after is None else {"Retry-After": retry_after}
        return wait_before_retry(0, httpx.Response(status, headers=headers))

    lost = {wait_before_retry(attempt, None) for attempt in range(20) for _ in range(5)}
    check(len(lost) == 100, "waits without jitter")
    check(all(wait is not None and 0.2 < wait <= 8 for wait in lost), lost)
    for status in (400, 401, 404, 409, 410, 412, 413, 415, 422, 500):
        check(after(status) is None, status)
    for status in (409, 429, 503):
        wait = after(status, "7")
        check(wait is not None and 7 <= wait < 8, wait)
    check(after(503, str(int(MAX_WAIT) + 1)) is None, "too long")
    soon = format_datetime(datetime.now(timezone.utc) + timedelta(seconds=30), usegmt=True)
    wait = after(503, soon)
    check(wait is not None and 25 < wait < 31, wait)
    check(after(503, "Thu, 01 Jan 1970 00:00:00 GMT") is not None, "a time in the past")
    check(after(503, "soon") is not None, "not a time")
    check(after(503, "9" * 400) is None, "too long")
    for odd in (
        "Wed, 21 Oct 99999999999999999999 07:28:00 GMT",
        "Wed, 21 Oct 2026 07:28:00 +999999",
    ):
        after(503, odd)  # raises nothing


def times() -> None:
    for text, microseconds in (
        ("2026-01-12T09:30:00Z", 0),
        ("2026-01-12T09:30:00.5Z", 500_000),
        ("2026-01-12T09:30:00.123456789z", 123_456),
        ("2026-01-12T10:30:00.000001+01:00", 1),
        ("2026-01-12T04:30:00-05:00", 0),
    ):
        expected = datetime(2026, 1, 12, 9, 30, 0, microseconds, timezone.utc)
        check(parse_time(text) == expected, text)
    raises(ValueError, lambda: parse_time("yesterday"))


def exports() -> None:
    end = {"type": "end", "lists": 0, "tasks": 1}
    item = {"type": "task", "task": TASK}

    def export(body: bytes, chunks: Chunks | None = None) -> list[str]:
        stream = chunks or Chunks(body)
        with client_of(lambda _: httpx.Response(200, stream=stream)) as client:
            titles = [task.title for task in client.tasks.export()]
        check(stream.closed, "the response is open")
        return titles

    check(export(lines(item, {"type": "new"}, end)) == [TASK["title"]], "lines")
    for body in (
        b"",
        lines(item),
        lines(item, {**end, "tasks": 2}),
        b"<html>\n",
        b"[]\n",
        b"null\n",
        lines(item, end, item),
        lines(item, end, end),
        lines(item, end) + b"\n",
        lines(item, end) + b"{",
        lines(item, end)[:-1],
    ):
        raises(IncompleteExportError, partial(export, body))
    # An iteration that stops early closes the response.
    stream = Chunks(lines(item, item, end))
    with client_of(lambda _: httpx.Response(200, stream=stream)) as client:
        with client.tasks.export() as tasks:
            next(tasks)
    check(stream.closed, "the response is open")


async def async_exports() -> None:
    stream = Chunks(lines({"type": "task", "task": TASK}, {"type": "end", "lists": 0, "tasks": 1}))
    http = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=stream))
    )
    async with http, AsyncTasksClient(URL, "token", http_client=http) as client:
        async with client.tasks.export() as tasks:
            check((await tasks.__anext__()).title == TASK["title"], "title")
    check(stream.closed, "the response is open")


def arguments() -> None:
    with client_of(
        lambda request: httpx.Response(200, json={**TASK, "title": request.url.path})
    ) as client:
        for bad in ("", ".", ".."):
            raises(ValueError, partial(client.tasks.get, bad))
        check(client.tasks.get("a/../b?c#d").title.endswith("/tasks/a/../b?c#d"), "path")
        for headers in ({"X-Secret": "hidden\r\nX-Other: 1"}, {"X-Secret": "hid\u00e4den"}):
            error = raises(ValueError, partial(client.tasks.get, ID, extra_headers=headers))
            check("hid" not in str(error) and "X-Secret" in str(error), error)
        raises(ValueError, lambda: client.tasks.create(title="x", idempotency_key="a\nb"))
        for name in ("X\r\nY", "", "a b"):
            raises(ValueError, partial(client.tasks.get, ID, extra_headers={name: "x"}))
        for odd in (1.5, True, object(), [1]):
            error = raises(TypeError, partial(client.tasks.get, ID, if_none_match=odd))
            check("version" in str(error), error)
    sent: list[str] = []

    def conditional(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["If-Match"])
        return httpx.Response(200, json=TASK)

    with client_of(conditional) as client:
        client.tasks.complete(ID, if_match=7)
        client.tasks.complete(ID, if_match=client.tasks.complete(ID, if_match='"8"'))
    check(sent == ['"7"', '"8"', '"1"'], sent)
    for url in (
        "tasks.example.com",
        "ftp://x",
        "http://",
        "http://a:secret@x",
        "http://x?a=b",
        "http://x?",
        "http://x#",
        "http://a:secret@[x",
        "http://secret\u2100@x:y",
    ):
        error = raises(ValueError, partial(TasksClient, url, "token"))
        check("secret" not in str(error), error)
    for token in ("", "a b", "secret\n", "secret\u00e4"):
        error = raises(ValueError, partial(TasksClient, URL, token))
        check("secret" not in str(error), error)


def times_in_arguments() -> None:
    sent: list[dict[str, str]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(dict(request.url.params) or json.loads(request.content))
        if request.method == "PATCH":
            return httpx.Response(200, json=TASK)
        return httpx.Response(200, json={"items": [], "next_cursor": None})

    zone = timezone(timedelta(hours=1))
    at = datetime(2026, 3, 1, 9, 30, tzinfo=zone)
    with client_of(answer) as client:
        list(client.tasks.list(overdue_at=at, completed_from=at.replace(microsecond=5)))
        list(client.tasks.list(overdue_at="2026-03-01T09:30:00Z", due_from=at.date()))
        client.tasks.complete(ID, completed_on=at.date())
        check(
            sent
            == [
                {
                    "overdue_at": "2026-03-01T09:30:00+01:00",
                    "completed_from": "2026-03-01T09:30:00.000005+01:00",
                },
                {"overdue_at": "2026-03-01T09:30:00Z", "due_from": "2026-03-01"},
                {"completed_on": "2026-03-01"},
            ],
            sent,
        )
        naive = at.replace(tzinfo=None)
        error = raises(ValueError, lambda: list(client.tasks.list(overdue_at=naive)))
        check("time zone" in str(error), error)
        error = raises(ValueError, lambda: client.tasks.get_summary(overdue_at=naive))
        check("time zone" in str(error), error)
        for value in (at, naive):
            error = raises(TypeError, partial(client.tasks.complete, ID, completed_on=value))
            check("date()" in str(error), error)
            error = raises(TypeError, lambda: list(client.tasks.list(due_to=at)))
            check("date()" in str(error), error)
    check(len(sent) == 3, "something was sent")


def responses() -> None:
    for response in (
        httpx.Response(200, html="<h1>Log in</h1>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"id": ID}),
        httpx.Response(200, json={"login": "https://hotel.example"}),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(203, json=TASK),
        httpx.Response(204),
    ):
        with client_of(always(response)) as client:
            raises(APIResponseError, lambda: client.tasks.get(ID))
    for response in (
        httpx.Response(200, html="<h1>Log in</h1>"),
        httpx.Response(200, json={}),
        httpx.Response(200),
    ):
        with client_of(always(response)) as client:
            raises(APIResponseError, lambda: client.tasks.delete(ID))
    for response in (httpx.Response(202, json={"status": "in_progress"}),):
        with client_of(always(response)) as client:
            check(client.user.delete_everything().status == "in_progress", "202")
    for response in (
        httpx.Response(404, json={"type": "x"}),
        httpx.Response(404, content=b"\xff"),
        httpx.Response(404, content=b"[" * 100_000),
        httpx.Response(404, json=None),
    ):
        with client_of(always(response)) as client:
            error = raises(NotFoundError, lambda: client.tasks.get(ID))
            copy = pickle.loads(pickle.dumps(error))
            check(
                type(copy) is NotFoundError and str(copy) == str(error) and copy.status == 404, copy
            )
    with client_of(lambda _: httpx.Response(302, headers={"Location": "http://other"})) as client:
        error = raises(APIResponseError, lambda: client.tasks.get(ID))
        check("302" in str(error), error)
    # 304 is a result only where the caller has asked for it.
    with client_of(lambda _: httpx.Response(304)) as client:
        check(client.tasks.get(ID, if_none_match="*") is None, "304")
        raises(APIResponseError, lambda: client.tasks.get(ID))


def cut_off() -> None:
    """An empty or incomplete success is repeated under its key."""
    keys: list[str] = []
    bodies = [b"", b'{"id":"x","ti', json.dumps(TASK).encode()]

    def handler(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        return httpx.Response(201, content=bodies[len(keys) - 1])

    with client_of(handler) as client:
        check(client.tasks.create(title="x", max_retries=2).id == ID, "repeated")
    check(len(keys) == 3 and len(set(keys)) == 1, keys)


async def async_cut_off() -> None:
    replies = [httpx.Response(201), httpx.Response(201, json=TASK)]

    async def token() -> str:
        return "token"

    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _: replies.pop(0)))
    async with http, AsyncTasksClient(URL, token, http_client=http) as client:
        check((await client.tasks.create(title="x")).id == ID, "repeated")
        replies.append(httpx.Response(200, html="<h1>Log in</h1>"))
        try:
            await client.tasks.delete(ID)
        except APIResponseError:
            return
    raise AssertionError("a login page is a success")


def bounds() -> None:
    problem = {"type": "x", "title": "T", "status": 422, "detail": "d" * 1_000_000, "instance": "i"}
    faults = [{"loc": ["body", "x"], "msg": "m", "type": "t"}] * 20_000
    answer = httpx.Response(422, json={**problem, "errors": faults})
    with client_of(always(answer)) as client:
        error = raises(APIStatusError, lambda: client.tasks.get(ID))
        check(len(str(error)) < 1100 and f"/tasks/{ID}: 422" in str(error), len(str(error)))
    bomb = gzip.compress(b" " * (80 * 2**20), 1)
    headers = {"Content-Encoding": "gzip"}
    with client_of(lambda _: httpx.Response(200, headers=headers, stream=Bytes(bomb))) as client:
        error = raises(APIResponseError, lambda: client.tasks.get(ID))
        check("bytes" in str(error), error)


class Bytes(httpx.SyncByteStream):
    """A body that arrives in large parts."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self) -> Iterator[bytes]:
        for at in range(0, len(self.body), 16384):
            yield self.body[at : at + 16384]


def tokens() -> None:
    """What a token function raises is the caller's, and is not repeated."""
    calls = 0

    def failing() -> str:
        nonlocal calls
        calls += 1
        raise httpx.ConnectError("not the API")

    async def later() -> str:
        return "token"

    http = httpx.Client(transport=httpx.MockTransport(always(httpx.Response(200, json=TASK))))
    with http:
        error = raises(
            httpx.ConnectError, lambda: TasksClient(URL, failing, http_client=http).tasks.get(ID)
        )
        check(calls == 1 and str(error) == "not the API", calls)
        wrong: Any = later
        error = raises(TypeError, lambda: TasksClient(URL, wrong, http_client=http).tasks.get(ID))
        check("AsyncTasksClient" in str(error), error)


def plain() -> None:
    """The objects as JSON."""
    page = {"items": [TASK], "next_cursor": None}
    with client_of(always(httpx.Response(200, json=page))) as client:
        found = client.tasks.list_page()
    check(json.loads(json.dumps(found.to_dict())) == page, found.to_dict())


def threads() -> None:
    keys: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        return httpx.Response(201, json=TASK)

    with client_of(handler) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.tasks.create(title="x"), range(100)))
    check(len(set(keys)) == 100, "keys")


waits()
times()
exports()
asyncio.run(async_exports())
arguments()
times_in_arguments()
responses()
cut_off()
asyncio.run(async_cut_off())
bounds()
tokens()
plain()
threads()
