"""The scenario, as a program with `async` does it."""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import date, datetime
from functools import partial

from tasks_api import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
    AsyncTasksClient,
    AuthenticationError,
    BadRequestError,
    BatchCreated,
    BatchDeleted,
    BatchUpdated,
    ChangedTask,
    ChangeTokenExpiredError,
    ConflictError,
    DeletedTask,
    ForbiddenError,
    IncompleteExportError,
    NotFoundError,
    PayloadTooLargeError,
    PreconditionFailedError,
    RateLimitError,
    ServerError,
    ServiceUnavailableError,
    Task,
    UnprocessableEntityError,
    UnsupportedMediaTypeError,
)

from steps import OTHER_TOKEN, TOKEN, TOKEN_2, Steps, any_id, check, show, url

logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
step = Steps()


@step("retry-503")
async def retry_503(client: AsyncTasksClient) -> None:
    check((await client.tasks.create(title="retry-503")).title == "retry-503", "title")


@step("retry-429")
async def retry_429(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="retry-429")
    check((await client.tasks.update(task.id, description="More")).version == 2, "version")


@step("retry-408")
async def retry_408(client: AsyncTasksClient) -> None:
    check((await client.tasks.create(title="retry-408")).version == 1, "version")


@step("retry-409")
async def retry_409(client: AsyncTasksClient) -> None:
    check((await client.tasks.create(title="retry-409")).version == 1, "version")


@step("dropped-create")
async def dropped_create(client: AsyncTasksClient) -> None:
    check((await client.tasks.create(title="dropped-create")).version == 1, "version")


@step("lost-create")
async def lost_create(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="lost-create")
    check(task.response is not None and task.response.is_replayed, task.response)


@step("lost-update")
async def lost_update(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="lost-update")
    check(
        (await client.tasks.update(task.id, description="More", if_match=task)).version == 2,
        "version",
    )


@step("lost-replace")
async def lost_replace(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="lost-replace")
    replaced = await client.tasks.replace(
        task.id, title=task.title, description="More", completed=False, if_match=task
    )
    check(replaced.version == 2, replaced)


@step("lost-delete")
async def lost_delete(client: AsyncTasksClient) -> None:
    await client.tasks.delete((await client.tasks.create(title="lost-delete")).id)


@step("lost-complete")
async def lost_complete(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="lost-complete")
    completed = await client.tasks.complete(task.id)
    check(completed.completed, completed)


@step("lost-batch")
async def lost_batch(client: AsyncTasksClient) -> None:
    batch = await client.tasks.batch([{"op": "create", "task": {"title": "lost-batch"}}])
    check(len(batch.results) == 1, batch)


@step("lost-read")
async def lost_read(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="lost-read")
    check(await client.tasks.get(task.id) == task, task)


@step("retries-end")
async def retries_end(client: AsyncTasksClient) -> None:
    try:
        await client.tasks.create(title="retries-end")
    except ServiceUnavailableError as error:
        check(error.headers["Retry-After"] == "1", error.headers)
    else:
        raise AssertionError("no error")


@step("backoff")
async def backoff(client: AsyncTasksClient) -> None:
    try:
        await client.tasks.get(any_id())
    except APIConnectionError as error:
        check(not isinstance(error, APITimeoutError), error)
    else:
        raise AssertionError("no error")


@step("long-retry-after")
async def long_retry_after(client: AsyncTasksClient) -> None:
    try:
        await client.tasks.get(any_id())
    except ServiceUnavailableError as error:
        check(error.headers["retry-after"] == "3600", error.headers)
    else:
        raise AssertionError("no error")


@step("huge-retry-after")
async def huge_retry_after(client: AsyncTasksClient) -> None:
    try:
        await client.tasks.get(any_id())
    except ServiceUnavailableError as error:
        check(error.headers["retry-after"].isdigit(), error.headers)
    else:
        raise AssertionError("no error")


@step("gateway-502")
async def gateway_502(client: AsyncTasksClient) -> None:
    check((await client.tasks.create(title="gateway-502")).version == 1, "version")


@step("gateway-504")
async def gateway_504(client: AsyncTasksClient) -> None:
    check((await client.tasks.create(title="gateway-504")).version == 1, "version")


@step("empty-success")
async def empty_success(client: AsyncTasksClient) -> None:
    check((await client.tasks.create(title="empty-success")).version == 1, "version")


@step("own-key")
async def own_key(client: AsyncTasksClient) -> None:
    ids = {
        (await client.tasks.create(title="own-key", idempotency_key="a key of my own")).id
        for _ in range(2)
    }
    check(len(ids) == 1, ids)


@step("timeout-default")
async def timeout_default(client: AsyncTasksClient) -> None:
    check(isinstance(client.timeout, float) and 0 < client.timeout <= 60, client.timeout)


@step("timeout-client")
async def timeout_client(_: AsyncTasksClient) -> None:
    async with AsyncTasksClient(url("timeout-client"), TOKEN, timeout=0.5, max_retries=0) as client:
        try:
            await client.tasks.get(any_id())
        except APITimeoutError:
            return
    raise AssertionError("no error")


@step("timeout-call")
async def timeout_call(client: AsyncTasksClient) -> None:
    try:
        await client.tasks.get(any_id(), timeout=0.5, max_retries=0)
    except APITimeoutError:
        return
    raise AssertionError("no error")


@step("timeout-wait")
async def timeout_wait(client: AsyncTasksClient) -> None:
    feed = client.tasks.changes()
    async for _ in feed:
        pass
    waiting = client.tasks.changes(since=feed.next_since, wait=2, timeout=1.0, max_retries=0)
    check([c async for c in waiting] == [], "changes")


@step("timeout-retry")
async def timeout_retry(client: AsyncTasksClient) -> None:
    check((await client.tasks.create(title="timeout-retry", timeout=0.5)).version == 1, "version")


async def refused(
    name: str, kind: type[APIStatusError], status: int, client: AsyncTasksClient
) -> None:
    try:
        await client.tasks.get(any_id(), max_retries=0)
    except APIStatusError as error:
        show(name, error)
        check(type(error) is kind and error.status == status, error)
        check(error.problem is not None and error.problem.status == status, error.problem)
        check(error.request_id == error.headers["X-Request-Id"], error.headers)
    else:
        raise AssertionError("no error")


KINDS: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    410: ChangeTokenExpiredError,
    415: UnsupportedMediaTypeError,
    429: RateLimitError,
    500: ServerError,
    503: ServiceUnavailableError,
}
for status, kind in KINDS.items():
    step(f"error-{status}")(partial(refused, f"error-{status}", kind, status))


@step("error-401")
async def error_401(_: AsyncTasksClient) -> None:
    async with AsyncTasksClient(url("error-401"), "not.a.token") as client:
        await refused("error-401", AuthenticationError, 401, client)


@step("error-412")
async def error_412(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="error-412")
    try:
        await client.tasks.update(task.id, completed=True, if_match='"7"')
    except PreconditionFailedError as error:
        show("error-412", error)
        check(error.etag == '"1"' == task.etag, error.etag)
        check(error.problem is not None and error.problem.status == 412, error.problem)
    else:
        raise AssertionError("no error")


@step("error-413")
async def error_413(client: AsyncTasksClient) -> None:
    try:
        await client.tasks.create(title="error-413", description="x" * 200_000)
    except PayloadTooLargeError as error:
        show("error-413", error)
        check(error.detail is not None and error.detail in str(error), error)
    else:
        raise AssertionError("no error")


@step("error-422")
async def error_422(client: AsyncTasksClient) -> None:
    try:
        await client.tasks.create(title=" ")
    except UnprocessableEntityError as error:
        show("error-422", error)
        check(error.errors[0].loc == ["body", "title"], error.errors)
    else:
        raise AssertionError("no error")


@step("error-html-success")
async def error_html_success(client: AsyncTasksClient) -> None:
    await refuses_other_success(client)


@step("unasked-304")
async def unasked_304(client: AsyncTasksClient) -> None:
    await refuses_other_success(client)


@step("error-long")
async def error_long(client: AsyncTasksClient) -> None:
    try:
        await client.tasks.get(any_id(), max_retries=0)
    except BadRequestError as error:
        show("error-long", error)
    else:
        raise AssertionError("no error")


@step("base-url")
async def base_url(_: AsyncTasksClient) -> None:
    for bad in (url("base-url?x=1"), f"http://user:{TOKEN}@127.0.0.1"):
        try:
            AsyncTasksClient(bad, TOKEN)
        except ValueError as error:
            show("base-url", error)
        else:
            raise AssertionError("no error")


@step("redirect")
async def redirect(client: AsyncTasksClient) -> None:
    await refuses_other_success(client)


async def refuses_other_success(client: AsyncTasksClient) -> None:
    try:
        await client.tasks.delete(any_id())
    except APIResponseError:
        pass
    else:
        raise AssertionError("no error")


@step("error-html")
async def error_html(client: AsyncTasksClient) -> None:
    try:
        await client.tasks.get(any_id(), max_retries=0)
    except ServerError as error:
        check(error.status == 502 and error.problem is None, error)
    else:
        raise AssertionError("no error")


@step("error-connection")
async def error_connection(client: AsyncTasksClient) -> None:
    try:
        await client.tasks.get(any_id(), max_retries=0)
    except APIConnectionError as error:
        check(not isinstance(error, APITimeoutError), error)
    else:
        raise AssertionError("no error")


@step("null")
async def null(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="null", description="Two cartons.")
    check((await client.tasks.update(task.id, completed=True)).description == "Two cartons.", task)
    check((await client.tasks.update(task.id, description=None)).description is None, task)


@step("headers-per-call")
async def headers_per_call(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="headers-per-call")
    updated = await client.tasks.update(
        task.id,
        description="More",
        if_match='"1"',
        idempotency_key="key of this call",
        extra_headers={"X-Request-Id": "4fe0b3a5-65d5-4a9f-a3c1-0b8c3f6c1d22"},
    )
    check(updated.version == 2, updated)
    check(updated.response is not None and updated.response.etag == '"2"', updated.response)
    await client.tasks.get(task.id)


@step("later-version")
async def later_version(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="later-version")
    check(await client.tasks.get(task.id) == task, task)
    changed = [c.task.id async for c in client.tasks.changes() if isinstance(c, ChangedTask)]
    check(task.id in changed, changed)
    check(task in [task async for task in client.tasks.export()], task)
    batch = await client.tasks.batch([{"op": "create", "task": {"title": "later-version 2"}}])
    check(isinstance(batch.results[0], BatchCreated), batch)


@step("batch-results")
async def batch_results(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="batch-results")
    batch = await client.tasks.batch(
        [
            {"op": "create", "task": {"title": "batch-results 2"}},
            {"op": "update", "id": task.id, "changes": {"completed": True}, "if_version": 1},
            {"op": "delete", "id": task.id},
        ]
    )
    created, updated, deleted = batch.results
    check(isinstance(created, BatchCreated) and created.task.version == 1, created)
    check(isinstance(updated, BatchUpdated) and updated.task.completed, updated)
    check(isinstance(deleted, BatchDeleted) and deleted.id == task.id, deleted)


@step("deleted-change")
async def deleted_change(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="deleted-change")
    feed = client.tasks.changes()
    check(task.id in [c.task.id async for c in feed if isinstance(c, ChangedTask)], task)
    await client.tasks.delete(task.id)
    [deleted] = [c async for c in feed if isinstance(c, DeletedTask)]
    check(deleted.id == task.id and isinstance(deleted.deleted_at, datetime), deleted)


@step("export")
async def export(client: AsyncTasksClient) -> None:
    for n in (1, 2):
        await client.tasks.create(title=f"export {n}")
    titles = [
        task.title async for task in client.tasks.export() if task.title.startswith("export ")
    ]
    check(sorted(titles) == ["export 1", "export 2"], titles)


@step("export-streams")
async def export_streams(client: AsyncTasksClient) -> None:
    for n in (1, 2):
        await client.tasks.create(title=f"export-streams {n}")
    seen = 0
    async with client.tasks.export() as tasks:
        async for task in tasks:
            if seen == 0:
                check(await client.tasks.get(task.id) == task, task)
            seen += 1
    check(seen >= 2, seen)


@step("export-cut")
async def export_cut(client: AsyncTasksClient) -> None:
    for n in (1, 2):
        await client.tasks.create(title=f"export-cut {n}")
    try:
        [task async for task in client.tasks.export()]
    except IncompleteExportError:
        return
    raise AssertionError("no error")


@step("export-shorten")
async def export_shorten(client: AsyncTasksClient) -> None:
    for n in (1, 2):
        await client.tasks.create(title=f"export-shorten {n}")
    try:
        [task async for task in client.tasks.export()]
    except IncompleteExportError:
        return
    raise AssertionError("no error")


@step("export-continues")
async def export_continues(client: AsyncTasksClient) -> None:
    await refuses_export(client)


@step("export-blank")
async def export_blank(client: AsyncTasksClient) -> None:
    await refuses_export(client)


@step("export-rest")
async def export_rest(client: AsyncTasksClient) -> None:
    await refuses_export(client)


@step("export-unterminated")
async def export_unterminated(client: AsyncTasksClient) -> None:
    await refuses_export(client)


async def refuses_export(client: AsyncTasksClient) -> None:
    try:
        [task async for task in client.tasks.export()]
    except IncompleteExportError:
        return
    raise AssertionError("no error")


@step("lists")
async def lists(client: AsyncTasksClient) -> None:
    first = await client.lists.create(name="lists 1")
    second = await client.lists.create(name="lists 2")
    task = await client.tasks.create(title="lists", list_id=second.id)
    every = [one async for one in client.lists.list(limit=1)]
    check([one for one in every if one in (first, second)] == [first, second], every)
    found = [one async for one in client.tasks.list(list_id=second.id)]
    check(found == [task], found)
    export = client.tasks.export()
    check(task in [one async for one in export], task)
    check({first.id, second.id} <= {one.id for one in export.lists}, export.lists)


@step("places")
async def places(client: AsyncTasksClient) -> None:
    first, second, third = [
        (await client.tasks.create(title=f"places {n}")).id for n in (1, 2, 3)
    ]
    await client.tasks.update(third, place={"before": first})
    order = [task.id async for task in client.tasks.list(q="places", sort="position")]
    check(order == [third, first, second], order)


@step("subtasks")
async def subtasks(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="subtasks")
    await client.tasks.create(title="subtasks 1", parent_id=task.id)
    try:
        await client.tasks.delete(task.id)
    except ConflictError as error:
        check(error.problem is not None and error.problem.type == "/problems/not-empty", error)
    else:
        raise AssertionError("no error")
    await client.tasks.delete(task.id, children="detach")


@step("lost-occurrence")
async def lost_occurrence(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(
        title="lost-occurrence",
        due="2026-03-01",
        recurrence={"rrule": "FREQ=DAILY", "anchor": "completion"},
    )
    completed = await client.tasks.complete(task.id, completed_on=date(2026, 3, 9))
    check(completed.completed and completed.recurrence is None, completed)
    following = await client.tasks.get(completed.next_id or "")
    check(following.due == "2026-03-10", following)
    check(following.occurrence is not None, following)


def change_of(task: Task) -> str:
    return (task.response.change if task.response else None) or ""


@step("undo")
async def undo(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="undo")
    change = change_of(await client.tasks.complete(task.id))
    [reopened] = (await client.history.undo_change(change)).items
    check(isinstance(reopened, ChangedTask) and reopened.task.id == task.id, reopened)
    check(isinstance(reopened, ChangedTask) and not reopened.task.completed, reopened)
    deleted = await client.tasks.delete(task.id)
    [revived] = (await client.history.undo_change(deleted.change or "")).items
    check(isinstance(revived, ChangedTask) and revived.task.id == task.id, revived)
    check(not (await client.tasks.get(task.id)).completed, revived)


@step("lost-undo")
async def lost_undo(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="lost-undo")
    change = change_of(await client.tasks.complete(task.id))
    undone = await client.history.undo_change(change)
    check(undone.undoes == change and undone.count == 1, undone)


@step("undo-refused")
async def undo_refused(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="undo-refused")
    change = change_of(await client.tasks.complete(task.id))
    await client.tasks.update(task.id, description="More")
    try:
        await client.history.undo_change(change)
    except ConflictError as error:
        check(error.problem is not None and error.problem.type == "/problems/changed-since", error)
        faults = (error.problem.errors if error.problem else None) or []
        check([fault.loc for fault in faults] == [["tasks", task.id]], faults)
    else:
        raise AssertionError("no error")


@step("history")
async def history(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="history")
    await client.tasks.update(task.id, description="More")
    await client.tasks.complete(task.id)
    operations = []
    async for change in client.history.list_changes(limit=2):
        operations.append(change.operation)
        if len(operations) == 3:
            break
    check(operations == ["completeTask", "updateTask", "createTask"], operations)
    found = client.history.list_task_versions(task.id, limit=1)
    listed = [item.task async for item in found]
    versions = [version.version for version in listed if version is not None]
    check(versions == [3, 2, 1], listed)


@step("restore")
async def restore(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="restore")
    await client.tasks.update(task.id, description="More")
    await client.tasks.delete(task.id)
    restored = await client.history.restore_task(task.id, 1)
    check(restored.version == 3 and restored.description is None, restored)


@step("pages")
async def pages(client: AsyncTasksClient) -> None:
    expected = [(await client.tasks.create(title=f"pages {n}")).title for n in range(1, 6)]
    titles = [task.title async for task in client.tasks.list(q="pages", sort="created_at", limit=2)]
    check(titles == expected, titles)


@step("changes")
async def changes(client: AsyncTasksClient) -> None:
    feed = client.tasks.changes(limit=2)
    async for _ in feed:
        pass
    for n in range(1, 4):
        await client.tasks.create(title=f"changes {n}")
    later = client.tasks.changes(since=feed.next_since, limit=2)
    titles = [change.task.title async for change in later if isinstance(change, ChangedTask)]
    check(titles == ["changes 1", "changes 2", "changes 3"], titles)
    check(later.next_since != feed.next_since, later.next_since)


@step("changes-expired")
async def changes_expired(_: AsyncTasksClient) -> None:
    async with AsyncTasksClient(url("changes-expired"), OTHER_TOKEN) as client:
        await client.tasks.create(title="changes-expired")
        feed = client.tasks.changes()
        [change async for change in feed]
        check((await client.user.delete_everything()).status == "complete", "status")
        try:
            [change async for change in feed]
        except ChangeTokenExpiredError:
            return
    raise AssertionError("no error")


@step("not-modified")
async def not_modified(client: AsyncTasksClient) -> None:
    task = await client.tasks.create(title="not-modified")
    check(await client.tasks.get(task.id, if_none_match=task) is None, task)


@step("not-modified-page")
async def not_modified_page(client: AsyncTasksClient) -> None:
    page = await client.tasks.list_page(limit=2)
    check(await client.tasks.list_page(limit=2, if_none_match=page) is None, page)


@step("token-function")
async def token_function(_: AsyncTasksClient) -> None:
    tokens = iter([TOKEN, TOKEN_2])
    async with AsyncTasksClient(url("token-function"), lambda: next(tokens)) as client:
        users = {(await client.session.get()).user_id for _ in range(2)}
    check(len(users) == 1, users)


@step("token-hidden")
async def token_hidden(client: AsyncTasksClient) -> None:
    show("token-hidden", f"{client} {client!r} {client.tasks} {vars(client.tasks)}")
    for token, kind in ((TOKEN + "\n", ValueError), (TOKEN, NotFoundError)):
        try:
            async with AsyncTasksClient(url("token-hidden"), partial(str, token)) as other:
                await other.tasks.get(any_id())
        except kind as error:
            show("token-hidden", f"{error} {error!r} {vars(error)}")
        else:
            raise AssertionError("no error")


async def main() -> None:
    for name, function in step.all.items():
        try:
            async with AsyncTasksClient(url(name), TOKEN) as client:
                await function(client)
            step.passed(name)
        except Exception:
            step.fail(name)
    sys.exit(1 if step.failed else 0)


asyncio.run(main())
