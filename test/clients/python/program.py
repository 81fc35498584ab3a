"""The scenario, as a program without `async` does it."""

from __future__ import annotations

import logging
import sys
from datetime import date, datetime
from functools import partial

from tasks_api import (
    APIConnectionError,
    APIResponseError,
    APIStatusError,
    APITimeoutError,
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
    TasksClient,
    UnprocessableEntityError,
    UnsupportedMediaTypeError,
)

from steps import OTHER_TOKEN, TOKEN, TOKEN_2, Steps, any_id, check, show, url

logging.basicConfig(level=logging.DEBUG, stream=sys.stdout)
step = Steps()


@step("retry-503")
def retry_503(client: TasksClient) -> None:
    check(client.tasks.create(title="retry-503").title == "retry-503", "title")


@step("retry-429")
def retry_429(client: TasksClient) -> None:
    task = client.tasks.create(title="retry-429")
    check(client.tasks.update(task.id, description="More").version == 2, "version")


@step("retry-408")
def retry_408(client: TasksClient) -> None:
    check((client.tasks.create(title="retry-408")).version == 1, "version")


@step("retry-409")
def retry_409(client: TasksClient) -> None:
    check((client.tasks.create(title="retry-409")).version == 1, "version")


@step("dropped-create")
def dropped_create(client: TasksClient) -> None:
    check(client.tasks.create(title="dropped-create").version == 1, "version")


@step("lost-create")
def lost_create(client: TasksClient) -> None:
    task = client.tasks.create(title="lost-create")
    check(task.response is not None and task.response.is_replayed, task.response)


@step("lost-update")
def lost_update(client: TasksClient) -> None:
    task = client.tasks.create(title="lost-update")
    check(client.tasks.update(task.id, description="More", if_match=task).version == 2, "version")


@step("lost-replace")
def lost_replace(client: TasksClient) -> None:
    task = client.tasks.create(title="lost-replace")
    replaced = client.tasks.replace(
        task.id, title=task.title, description="More", completed=False, if_match=task
    )
    check(replaced.version == 2, replaced)


@step("lost-delete")
def lost_delete(client: TasksClient) -> None:
    client.tasks.delete(client.tasks.create(title="lost-delete").id)


@step("lost-complete")
def lost_complete(client: TasksClient) -> None:
    task = client.tasks.create(title="lost-complete")
    completed = client.tasks.complete(task.id)
    check(completed.completed, completed)


@step("lost-batch")
def lost_batch(client: TasksClient) -> None:
    batch = client.tasks.batch([{"op": "create", "task": {"title": "lost-batch"}}])
    check(len(batch.results) == 1, batch)


@step("lost-read")
def lost_read(client: TasksClient) -> None:
    task = client.tasks.create(title="lost-read")
    check(client.tasks.get(task.id) == task, task)


@step("retries-end")
def retries_end(client: TasksClient) -> None:
    try:
        client.tasks.create(title="retries-end")
    except ServiceUnavailableError as error:
        check(error.headers["Retry-After"] == "1", error.headers)
    else:
        raise AssertionError("no error")


@step("backoff")
def backoff(client: TasksClient) -> None:
    try:
        client.tasks.get(any_id())
    except APIConnectionError as error:
        check(not isinstance(error, APITimeoutError), error)
    else:
        raise AssertionError("no error")


@step("long-retry-after")
def long_retry_after(client: TasksClient) -> None:
    try:
        client.tasks.get(any_id())
    except ServiceUnavailableError as error:
        check(error.headers["retry-after"] == "3600", error.headers)
    else:
        raise AssertionError("no error")


@step("huge-retry-after")
def huge_retry_after(client: TasksClient) -> None:
    try:
        client.tasks.get(any_id())
    except ServiceUnavailableError as error:
        check(error.headers["retry-after"].isdigit(), error.headers)
    else:
        raise AssertionError("no error")


@step("gateway-502")
def gateway_502(client: TasksClient) -> None:
    check((client.tasks.create(title="gateway-502")).version == 1, "version")


@step("gateway-504")
def gateway_504(client: TasksClient) -> None:
    check((client.tasks.create(title="gateway-504")).version == 1, "version")


@step("empty-success")
def empty_success(client: TasksClient) -> None:
    check((client.tasks.create(title="empty-success")).version == 1, "version")


@step("own-key")
def own_key(client: TasksClient) -> None:
    ids = {
        client.tasks.create(title="own-key", idempotency_key="a key of my own").id for _ in range(2)
    }
    check(len(ids) == 1, ids)


@step("timeout-default")
def timeout_default(client: TasksClient) -> None:
    check(isinstance(client.timeout, float) and 0 < client.timeout <= 60, client.timeout)


@step("timeout-client")
def timeout_client(_: TasksClient) -> None:
    with TasksClient(url("timeout-client"), TOKEN, timeout=0.5, max_retries=0) as client:
        try:
            client.tasks.get(any_id())
        except APITimeoutError:
            return
    raise AssertionError("no error")


@step("timeout-call")
def timeout_call(client: TasksClient) -> None:
    try:
        client.tasks.get(any_id(), timeout=0.5, max_retries=0)
    except APITimeoutError:
        return
    raise AssertionError("no error")


@step("timeout-wait")
def timeout_wait(client: TasksClient) -> None:
    feed = client.tasks.changes()
    for _ in feed:
        pass
    waiting = client.tasks.changes(since=feed.next_since, wait=2, timeout=1.0, max_retries=0)
    check([c for c in waiting] == [], "changes")


@step("timeout-retry")
def timeout_retry(client: TasksClient) -> None:
    check(client.tasks.create(title="timeout-retry", timeout=0.5).version == 1, "version")


def refused(name: str, kind: type[APIStatusError], status: int, client: TasksClient) -> None:
    try:
        client.tasks.get(any_id(), max_retries=0)
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
def error_401(_: TasksClient) -> None:
    with TasksClient(url("error-401"), "not.a.token") as client:
        refused("error-401", AuthenticationError, 401, client)


@step("error-412")
def error_412(client: TasksClient) -> None:
    task = client.tasks.create(title="error-412")
    try:
        client.tasks.update(task.id, completed=True, if_match='"7"')
    except PreconditionFailedError as error:
        show("error-412", error)
        check(error.etag == '"1"' == task.etag, error.etag)
        check(error.problem is not None and error.problem.status == 412, error.problem)
    else:
        raise AssertionError("no error")


@step("error-413")
def error_413(client: TasksClient) -> None:
    try:
        client.tasks.create(title="error-413", description="x" * 200_000)
    except PayloadTooLargeError as error:
        show("error-413", error)
        check(error.detail is not None and error.detail in str(error), error)
    else:
        raise AssertionError("no error")


@step("error-422")
def error_422(client: TasksClient) -> None:
    try:
        client.tasks.create(title=" ")
    except UnprocessableEntityError as error:
        show("error-422", error)
        check(error.errors[0].loc == ["body", "title"], error.errors)
    else:
        raise AssertionError("no error")


@step("error-html-success")
def error_html_success(client: TasksClient) -> None:
    refuses_other_success(client)


@step("unasked-304")
def unasked_304(client: TasksClient) -> None:
    refuses_other_success(client)


@step("error-long")
def error_long(client: TasksClient) -> None:
    try:
        client.tasks.get(any_id(), max_retries=0)
    except BadRequestError as error:
        show("error-long", error)
    else:
        raise AssertionError("no error")


@step("base-url")
def base_url(_: TasksClient) -> None:
    for bad in (url("base-url?x=1"), f"http://user:{TOKEN}@127.0.0.1"):
        try:
            TasksClient(bad, TOKEN)
        except ValueError as error:
            show("base-url", error)
        else:
            raise AssertionError("no error")


@step("redirect")
def redirect(client: TasksClient) -> None:
    refuses_other_success(client)


def refuses_other_success(client: TasksClient) -> None:
    try:
        client.tasks.delete(any_id())
    except APIResponseError:
        pass
    else:
        raise AssertionError("no error")


@step("error-html")
def error_html(client: TasksClient) -> None:
    try:
        client.tasks.get(any_id(), max_retries=0)
    except ServerError as error:
        check(error.status == 502 and error.problem is None, error)
    else:
        raise AssertionError("no error")


@step("error-connection")
def error_connection(client: TasksClient) -> None:
    try:
        client.tasks.get(any_id(), max_retries=0)
    except APIConnectionError as error:
        check(not isinstance(error, APITimeoutError), error)
    else:
        raise AssertionError("no error")


@step("null")
def null(client: TasksClient) -> None:
    task = client.tasks.create(title="null", description="Two cartons.")
    check(client.tasks.update(task.id, completed=True).description == "Two cartons.", task)
    check(client.tasks.update(task.id, description=None).description is None, task)


@step("headers-per-call")
def headers_per_call(client: TasksClient) -> None:
    task = client.tasks.create(title="headers-per-call")
    updated = client.tasks.update(
        task.id,
        description="More",
        if_match='"1"',
        idempotency_key="key of this call",
        extra_headers={"X-Request-Id": "4fe0b3a5-65d5-4a9f-a3c1-0b8c3f6c1d22"},
    )
    check(updated.version == 2, updated)
    check(updated.response is not None and updated.response.etag == '"2"', updated.response)
    client.tasks.get(task.id)


@step("later-version")
def later_version(client: TasksClient) -> None:
    task = client.tasks.create(title="later-version")
    check(client.tasks.get(task.id) == task, task)
    changed = [c.task.id for c in client.tasks.changes() if isinstance(c, ChangedTask)]
    check(task.id in changed, changed)
    check(task in list(client.tasks.export()), task)
    batch = client.tasks.batch([{"op": "create", "task": {"title": "later-version 2"}}])
    check(isinstance(batch.results[0], BatchCreated), batch)


@step("batch-results")
def batch_results(client: TasksClient) -> None:
    task = client.tasks.create(title="batch-results")
    batch = client.tasks.batch(
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
def deleted_change(client: TasksClient) -> None:
    task = client.tasks.create(title="deleted-change")
    feed = client.tasks.changes()
    check(task.id in [c.task.id for c in feed if isinstance(c, ChangedTask)], task)
    client.tasks.delete(task.id)
    [deleted] = [c for c in feed if isinstance(c, DeletedTask)]
    check(deleted.id == task.id and isinstance(deleted.deleted_at, datetime), deleted)


@step("export")
def export(client: TasksClient) -> None:
    for n in (1, 2):
        client.tasks.create(title=f"export {n}")
    titles = [task.title for task in client.tasks.export() if task.title.startswith("export ")]
    check(sorted(titles) == ["export 1", "export 2"], titles)


@step("export-streams")
def export_streams(client: TasksClient) -> None:
    for n in (1, 2):
        client.tasks.create(title=f"export-streams {n}")
    seen = 0
    with client.tasks.export() as tasks:
        for task in tasks:
            if seen == 0:
                check(client.tasks.get(task.id) == task, task)
            seen += 1
    check(seen >= 2, seen)


@step("export-cut")
def export_cut(client: TasksClient) -> None:
    for n in (1, 2):
        client.tasks.create(title=f"export-cut {n}")
    try:
        list(client.tasks.export())
    except IncompleteExportError:
        return
    raise AssertionError("no error")


@step("export-shorten")
def export_shorten(client: TasksClient) -> None:
    for n in (1, 2):
        client.tasks.create(title=f"export-shorten {n}")
    try:
        list(client.tasks.export())
    except IncompleteExportError:
        return
    raise AssertionError("no error")


@step("export-continues")
def export_continues(client: TasksClient) -> None:
    refuses_export(client)


@step("export-blank")
def export_blank(client: TasksClient) -> None:
    refuses_export(client)


@step("export-rest")
def export_rest(client: TasksClient) -> None:
    refuses_export(client)


@step("export-unterminated")
def export_unterminated(client: TasksClient) -> None:
    refuses_export(client)


def refuses_export(client: TasksClient) -> None:
    try:
        list(client.tasks.export())
    except IncompleteExportError:
        return
    raise AssertionError("no error")


@step("lists")
def lists(client: TasksClient) -> None:
    first = client.lists.create(name="lists 1")
    second = client.lists.create(name="lists 2")
    task = client.tasks.create(title="lists", list_id=second.id)
    every = list(client.lists.list(limit=1))
    check([one for one in every if one in (first, second)] == [first, second], every)
    check(list(client.tasks.list(list_id=second.id)) == [task], task)
    export = client.tasks.export()
    check(task in list(export), task)
    check({first.id, second.id} <= {one.id for one in export.lists}, export.lists)


@step("places")
def places(client: TasksClient) -> None:
    first, second, third = [client.tasks.create(title=f"places {n}").id for n in (1, 2, 3)]
    client.tasks.update(third, place={"before": first})
    order = [task.id for task in client.tasks.list(q="places", sort="position")]
    check(order == [third, first, second], order)


@step("subtasks")
def subtasks(client: TasksClient) -> None:
    task = client.tasks.create(title="subtasks")
    client.tasks.create(title="subtasks 1", parent_id=task.id)
    try:
        client.tasks.delete(task.id)
    except ConflictError as error:
        check(error.problem is not None and error.problem.type == "/problems/not-empty", error)
    else:
        raise AssertionError("no error")
    client.tasks.delete(task.id, children="detach")


@step("lost-occurrence")
def lost_occurrence(client: TasksClient) -> None:
    task = client.tasks.create(
        title="lost-occurrence",
        due="2026-03-01",
        recurrence={"rrule": "FREQ=DAILY", "anchor": "completion"},
    )
    completed = client.tasks.complete(task.id, completed_on=date(2026, 3, 9))
    check(completed.completed and completed.recurrence is None, completed)
    following = client.tasks.get(completed.next_id or "")
    check(following.due == "2026-03-10", following)
    check(following.occurrence is not None, following)


def change_of(task: Task) -> str:
    return (task.response.change if task.response else None) or ""


@step("undo")
def undo(client: TasksClient) -> None:
    task = client.tasks.create(title="undo")
    [reopened] = client.history.undo_change(change_of(client.tasks.complete(task.id))).items
    check(isinstance(reopened, ChangedTask) and reopened.task.id == task.id, reopened)
    check(isinstance(reopened, ChangedTask) and not reopened.task.completed, reopened)
    deleted = client.tasks.delete(task.id)
    [revived] = client.history.undo_change(deleted.change or "").items
    check(isinstance(revived, ChangedTask) and revived.task.id == task.id, revived)
    check(not client.tasks.get(task.id).completed, revived)


@step("lost-undo")
def lost_undo(client: TasksClient) -> None:
    task = client.tasks.create(title="lost-undo")
    change = change_of(client.tasks.complete(task.id))
    undone = client.history.undo_change(change)
    check(undone.undoes == change and undone.count == 1, undone)


@step("undo-refused")
def undo_refused(client: TasksClient) -> None:
    task = client.tasks.create(title="undo-refused")
    change = change_of(client.tasks.complete(task.id))
    client.tasks.update(task.id, description="More")
    try:
        client.history.undo_change(change)
    except ConflictError as error:
        check(error.problem is not None and error.problem.type == "/problems/changed-since", error)
        faults = (error.problem.errors if error.problem else None) or []
        check([fault.loc for fault in faults] == [["tasks", task.id]], faults)
    else:
        raise AssertionError("no error")


@step("history")
def history(client: TasksClient) -> None:
    task = client.tasks.create(title="history")
    client.tasks.update(task.id, description="More")
    client.tasks.complete(task.id)
    operations = []
    for change in client.history.list_changes(limit=2):
        operations.append(change.operation)
        if len(operations) == 3:
            break
    check(operations == ["completeTask", "updateTask", "createTask"], operations)
    listed = [item.task for item in client.history.list_task_versions(task.id, limit=1)]
    versions = [version.version for version in listed if version is not None]
    check(versions == [3, 2, 1], listed)


@step("restore")
def restore(client: TasksClient) -> None:
    task = client.tasks.create(title="restore")
    client.tasks.update(task.id, description="More")
    client.tasks.delete(task.id)
    restored = client.history.restore_task(task.id, 1)
    check(restored.version == 3 and restored.description is None, restored)


@step("pages")
def pages(client: TasksClient) -> None:
    expected = [client.tasks.create(title=f"pages {n}").title for n in range(1, 6)]
    titles = [task.title for task in client.tasks.list(q="pages", sort="created_at", limit=2)]
    check(titles == expected, titles)


@step("changes")
def changes(client: TasksClient) -> None:
    feed = client.tasks.changes(limit=2)
    for _ in feed:
        pass
    for n in range(1, 4):
        client.tasks.create(title=f"changes {n}")
    later = client.tasks.changes(since=feed.next_since, limit=2)
    titles = [change.task.title for change in later if isinstance(change, ChangedTask)]
    check(titles == ["changes 1", "changes 2", "changes 3"], titles)
    check(later.next_since != feed.next_since, later.next_since)


@step("changes-expired")
def changes_expired(_: TasksClient) -> None:
    with TasksClient(url("changes-expired"), OTHER_TOKEN) as client:
        client.tasks.create(title="changes-expired")
        feed = client.tasks.changes()
        list(feed)
        check(client.user.delete_everything().status == "complete", "status")
        try:
            list(feed)
        except ChangeTokenExpiredError:
            return
    raise AssertionError("no error")


@step("not-modified")
def not_modified(client: TasksClient) -> None:
    task = client.tasks.create(title="not-modified")
    check(client.tasks.get(task.id, if_none_match=task) is None, task)


@step("not-modified-page")
def not_modified_page(client: TasksClient) -> None:
    page = client.tasks.list_page(limit=2)
    check(client.tasks.list_page(limit=2, if_none_match=page) is None, page)


@step("token-function")
def token_function(_: TasksClient) -> None:
    tokens = iter([TOKEN, TOKEN_2])
    with TasksClient(url("token-function"), lambda: next(tokens)) as client:
        users = {client.session.get().user_id for _ in range(2)}
    check(len(users) == 1, users)


@step("token-hidden")
def token_hidden(client: TasksClient) -> None:
    show("token-hidden", f"{client} {client!r} {client.tasks} {vars(client.tasks)}")
    for token, kind in ((TOKEN + "\n", ValueError), (TOKEN, NotFoundError)):
        try:
            with TasksClient(url("token-hidden"), partial(str, token)) as other:
                other.tasks.get(any_id())
        except kind as error:
            show("token-hidden", f"{error} {error!r} {vars(error)}")
        else:
            raise AssertionError("no error")


def main() -> None:
    for name, function in step.all.items():
        try:
            with TasksClient(url(name), TOKEN) as client:
                function(client)
            step.passed(name)
        except Exception:
            step.fail(name)
    sys.exit(1 if step.failed else 0)


main()
