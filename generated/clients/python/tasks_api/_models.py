"""The objects that the API returns. Fields that a later version adds are ignored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar, Union

from ._model import Model, parse_time

T = TypeVar("T")
OnDelete = Literal["delete", "detach"]
Priority = Literal["none", "low", "medium", "high", "urgent"]
RecurrenceAnchor = Literal["schedule", "completion"]
RecurrenceMissed = Literal["skip", "keep"]
TaskSort = Literal["created_at", "-created_at", "updated_at", "-updated_at", "title", "-title", "due", "-due", "priority", "-priority", "position", "-position"]


def known(items: Iterable[T | None]) -> list[T]:
    """The objects whose type this version knows."""
    return [item for item in items if item is not None]


def optional(decode: Callable[[Any], T], value: Any) -> T | None:
    """A field that can be absent."""
    return None if value is None else decode(value)


@dataclass(frozen=True, kw_only=True)
class BatchCompleted(Model):
    """A task was completed. If it recurs, `next` is the task of the next occurrence, which
    this operation has created.
    """

    op: Literal["complete"]
    """The kind of operation."""
    task: Task
    """A task."""
    next: Task | None = None
    """A task."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> BatchCompleted:
        return cls(
            op=data["op"],
            task=Task._decode(data["task"]),
            next=optional(
                lambda value: Task._decode(value), data.get("next")
            ),
        )


@dataclass(frozen=True, kw_only=True)
class BatchCreated(Model):
    """A task was created."""

    op: Literal["create"]
    """The kind of operation."""
    task: Task
    """A task."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> BatchCreated:
        return cls(
            op=data["op"],
            task=Task._decode(data["task"]),
        )


@dataclass(frozen=True, kw_only=True)
class BatchDeleted(Model):
    """A task was deleted."""

    op: Literal["delete"]
    """The kind of operation."""
    id: str
    """The id of the deleted task."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> BatchDeleted:
        return cls(
            op=data["op"],
            id=data["id"],
        )


@dataclass(frozen=True, kw_only=True)
class BatchListCreated(Model):
    """A list was created."""

    op: Literal["create_list"]
    """The kind of operation."""
    list: TaskList
    """A list of tasks."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> BatchListCreated:
        return cls(
            op=data["op"],
            list=TaskList._decode(data["list"]),
        )


@dataclass(frozen=True, kw_only=True)
class BatchListDeleted(Model):
    """A list was deleted."""

    op: Literal["delete_list"]
    """The kind of operation."""
    id: str
    """The id of the deleted list."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> BatchListDeleted:
        return cls(
            op=data["op"],
            id=data["id"],
        )


@dataclass(frozen=True, kw_only=True)
class BatchListUpdated(Model):
    """A list was changed."""

    op: Literal["update_list"]
    """The kind of operation."""
    list: TaskList
    """A list of tasks."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> BatchListUpdated:
        return cls(
            op=data["op"],
            list=TaskList._decode(data["list"]),
        )


@dataclass(frozen=True, kw_only=True)
class BatchUpdated(Model):
    """A task was changed. If that completed an occurrence of a series, `next` is the task of
    the next occurrence, which this operation has created.
    """

    op: Literal["update"]
    """The kind of operation."""
    task: Task
    """A task."""
    next: Task | None = None
    """A task."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> BatchUpdated:
        return cls(
            op=data["op"],
            task=Task._decode(data["task"]),
            next=optional(
                lambda value: Task._decode(value), data.get("next")
            ),
        )


@dataclass(frozen=True, kw_only=True)
class ChangedList(Model):
    """A list that was created or changed."""

    type: Literal["list"]
    """The kind of change."""
    list: TaskList
    """A list of tasks."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> ChangedList:
        return cls(
            type=data["type"],
            list=TaskList._decode(data["list"]),
        )


@dataclass(frozen=True, kw_only=True)
class ChangedTask(Model):
    """A task that was created or changed."""

    type: Literal["task"]
    """The kind of change."""
    task: Task
    """A task."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> ChangedTask:
        return cls(
            type=data["type"],
            task=Task._decode(data["task"]),
        )


@dataclass(frozen=True, kw_only=True)
class DeletedCount(Model):
    """The result of deleting completed tasks."""

    deleted: int
    """The number of tasks that this request deleted."""
    has_more: bool
    """Whether a repetition of the request deletes more. Completed tasks that have open
    subtasks stay, and do not count.
    """

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> DeletedCount:
        return cls(
            deleted=data["deleted"],
            has_more=data["has_more"],
        )


@dataclass(frozen=True, kw_only=True)
class DeletedList(Model):
    """The record of a deleted list."""

    type: Literal["list_deleted"]
    """The kind of change."""
    id: str
    """The id of the deleted list."""
    deleted_at: datetime
    """When the list was deleted."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> DeletedList:
        return cls(
            type=data["type"],
            id=data["id"],
            deleted_at=parse_time(data["deleted_at"]),
        )


@dataclass(frozen=True, kw_only=True)
class DeletedTask(Model):
    """The record of a deleted task."""

    type: Literal["deleted"]
    """The kind of change."""
    id: str
    """The id of the deleted task."""
    deleted_at: datetime
    """When the task was deleted."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> DeletedTask:
        return cls(
            type=data["type"],
            id=data["id"],
            deleted_at=parse_time(data["deleted_at"]),
        )


@dataclass(frozen=True, kw_only=True)
class Erasure(Model):
    """The progress of deleting everything."""

    status: Literal["complete", "in_progress"]
    """`complete` if nothing is left (`200`), `in_progress` while the server deletes the rest
    (`202`).
    """

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> Erasure:
        return cls(
            status=data["status"],
        )


@dataclass(frozen=True, kw_only=True)
class ExportEnd(Model):
    """The last line of a complete export."""

    type: Literal["end"]
    """The kind of line."""
    lists: int
    """The number of lists in the export."""
    tasks: int
    """The number of tasks in the export."""
    changes: int | None = None
    """The number of lines of the type `change`. Absent in an export without the history."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> ExportEnd:
        return cls(
            type=data["type"],
            lists=data["lists"],
            tasks=data["tasks"],
            changes=data.get("changes"),
        )


@dataclass(frozen=True, kw_only=True)
class ExportedChange(Model):
    """What a change did to a task or a list. `task` or `list` is what it was before, and
    absent if the change created it.
    """

    type: Literal["change"]
    """The kind of line."""
    change: str
    """The id of a change. Keep it as it is. When a user has deleted everything, ids begin
    anew.
    """
    at: datetime
    """When the change was made."""
    operation: str | None
    """The operation that made the change, by its `operationId`, or `None` if it is not known
    any more. `renewPositions` is the server's own: see "Lists, subtasks and order".
    """
    client_id: str | None
    """The client that made the change: `client_id` or `azp` of its token, or `None` if the
    token has neither, or if it is not known any more.
    """
    undoes: str | None
    """The change that this one undid, or `None`."""
    kind: Literal["task", "list"]
    """Whether it is a task or a list."""
    id: str
    """The id of the task or list."""
    action: Literal["created", "updated", "deleted"]
    """What the change did to it."""
    task: Task | None = None
    """A task."""
    list: TaskList | None = None
    """A list of tasks."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> ExportedChange:
        return cls(
            type=data["type"],
            change=data["change"],
            at=parse_time(data["at"]),
            operation=data["operation"],
            client_id=data["client_id"],
            undoes=data["undoes"],
            kind=data["kind"],
            id=data["id"],
            action=data["action"],
            task=optional(
                lambda value: Task._decode(value), data.get("task")
            ),
            list=optional(
                lambda value: TaskList._decode(value), data.get("list")
            ),
        )


@dataclass(frozen=True, kw_only=True)
class ExportedList(Model):
    """A list."""

    type: Literal["list"]
    """The kind of line."""
    list: TaskList
    """A list of tasks."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> ExportedList:
        return cls(
            type=data["type"],
            list=TaskList._decode(data["list"]),
        )


@dataclass(frozen=True, kw_only=True)
class ExportedTask(Model):
    """A task."""

    type: Literal["task"]
    """The kind of line."""
    task: Task
    """A task."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> ExportedTask:
        return cls(
            type=data["type"],
            task=Task._decode(data["task"]),
        )


@dataclass(frozen=True, kw_only=True)
class Fault(Model):
    """One fault of a request."""

    loc: list[str | int]
    """The place: `body`, `query`, `path` or `header`, then the field, with indexes for the
    items of lists. Names of more than 100 characters are shortened. With `changed-since`:
    `tasks` or `lists`, then the id.
    """
    msg: str
    """What is wrong there."""
    type: str
    """The violated rule: a keyword of JSON Schema, or a name of this API such as `not_found`."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> Fault:
        return cls(
            loc=list(data["loc"]),
            msg=data["msg"],
            type=data["type"],
        )


@dataclass(frozen=True, kw_only=True)
class Health(Model):
    """The state of the service."""

    status: Literal["ok"]
    """Always `ok`. Any other state is a problem document."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> Health:
        return cls(
            status=data["status"],
        )


@dataclass(frozen=True, kw_only=True)
class LabelCount(Model):
    """A label, and how many tasks have it."""

    label: str
    """A label. White space at its start and end is removed, and its characters are composed
    (Unicode NFC) before its length is checked. It has no comma and no control characters.
    Letter case is compared character by character: `ß` is not `ss`, and `İ` is `i`.
    """
    open: int
    """The number of open tasks with the label."""
    total: int
    """The number of tasks with the label, open and completed."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> LabelCount:
        return cls(
            label=data["label"],
            open=data["open"],
            total=data["total"],
        )


@dataclass(frozen=True, kw_only=True)
class LabelPage(Model):
    """One page of the labels."""

    items: list[LabelCount]
    """The labels."""
    partial: bool
    """Whether the user has more tasks than are counted. Then each count is a minimum, and
    labels may be missing.
    """
    next_cursor: str | None
    """The `cursor` of the next page, or `None` on the last page."""

    @property
    def etag(self) -> str | None:
        """The entity tag, for `if_none_match`; `None` if it came with other objects."""
        return None if self.response is None else self.response.etag

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> LabelPage:
        return cls(
            items=[LabelCount._decode(item) for item in data["items"]],
            partial=data["partial"],
            next_cursor=data["next_cursor"],
        )


@dataclass(frozen=True, kw_only=True)
class LabelRenamed(Model):
    """The result of renaming a label."""

    changed: int
    """The number of tasks that this request changed."""
    next_cursor: str | None
    """The `cursor` of the next request, or `None` if every task has been examined."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> LabelRenamed:
        return cls(
            changed=data["changed"],
            next_cursor=data["next_cursor"],
        )


@dataclass(frozen=True, kw_only=True)
class Occurrence(Model):
    """Which occurrence of its series this task is, or `None` if it is in no series."""

    start: date
    """The day from which the rule counts: the date of `due` when the series, or another rule,
    began.
    """
    date: date
    """The day for which the series has this task. It stays when `due` is changed."""
    number: int
    """The number of the occurrence, from 1. `COUNT` in the rule limits it."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> Occurrence:
        return cls(
            start=date.fromisoformat(data["start"]),
            date=date.fromisoformat(data["date"]),
            number=data["number"],
        )


@dataclass(frozen=True, kw_only=True)
class OpenLabelCount(Model):
    """A label, and how many open tasks have it."""

    label: str
    """A label. White space at its start and end is removed, and its characters are composed
    (Unicode NFC) before its length is checked. It has no comma and no control characters.
    Letter case is compared character by character: `ß` is not `ss`, and `İ` is `i`.
    """
    open: int
    """The number of open tasks with the label."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> OpenLabelCount:
        return cls(
            label=data["label"],
            open=data["open"],
        )


@dataclass(frozen=True, kw_only=True)
class OpenListCount(Model):
    """A list, and how many open tasks are in it."""

    list_id: str | None
    """The list that the task is in, or `None` for the inbox. A subtask is in the list of its
    parent: leave `list_id` out, or send that of the parent. For a new task, `None` is the
    same as leaving it out; in a change of a subtask, `None` is `422` unless its parent is
    in the inbox.
    """
    open: int
    """The number of open tasks in the list."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> OpenListCount:
        return cls(
            list_id=data["list_id"],
            open=data["open"],
        )


@dataclass(frozen=True, kw_only=True)
class PriorityCounts(Model):
    """The number of open tasks of each priority."""

    none: int
    """A number of tasks."""
    low: int
    """A number of tasks."""
    medium: int
    """A number of tasks."""
    high: int
    """A number of tasks."""
    urgent: int
    """A number of tasks."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> PriorityCounts:
        return cls(
            none=data["none"],
            low=data["low"],
            medium=data["medium"],
            high=data["high"],
            urgent=data["urgent"],
        )


@dataclass(frozen=True, kw_only=True)
class Problem(Model):
    """A problem document (RFC 9457). With status 422, it always has `errors`."""

    type: str
    """The kind of problem: a path that ends in its name, which never changes. If clients reach
    the server below a path prefix, the path begins with it.
    """
    title: str
    """The name of the kind of problem, in words."""
    status: int
    """The HTTP status."""
    detail: str
    """What went wrong with this request, for people to read."""
    instance: str
    """The request id as a URN."""
    errors: list[Fault] | None = None
    """The faults of the request, up to 100, with status 422; with `changed-since`, what was
    changed.
    """

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> Problem:
        return cls(
            type=data["type"],
            title=data["title"],
            status=data["status"],
            detail=data["detail"],
            instance=data["instance"],
            errors=optional(
                lambda value: [Fault._decode(item) for item in value], data.get("errors")
            ),
        )


@dataclass(frozen=True, kw_only=True)
class RecordedChange(Model):
    """What one request has changed."""

    change: str
    """The id of the change. When a user has deleted everything, ids begin anew."""
    at: datetime
    """When the change was made."""
    operation: str | None
    """The operation that made the change, by its `operationId`, or `None` if it is not known
    any more. `renewPositions` is the server's own: see "Lists, subtasks and order".
    """
    client_id: str | None
    """The client that made the change: `client_id` or `azp` of its token, or `None` if the
    token has neither, or if it is not known any more.
    """
    count: int
    """How many tasks and lists the request created, changed or deleted."""
    items: list[RecordedItem]
    """Up to three of these tasks and lists, to show what was changed. A list that was deleted
    with its tasks comes first.
    """
    undoes: str | None
    """The change that this one undid, or `None`."""
    undone_by: str | None
    """The change that undid this one, or `None` if it is in effect, also because its undo was
    undone. Of a chain of undos of undos, the first hundred count.
    """

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> RecordedChange:
        return cls(
            change=data["change"],
            at=parse_time(data["at"]),
            operation=data["operation"],
            client_id=data["client_id"],
            count=data["count"],
            items=[RecordedItem._decode(item) for item in data["items"]],
            undoes=data["undoes"],
            undone_by=data["undone_by"],
        )


@dataclass(frozen=True, kw_only=True)
class RecordedChanges(Model):
    """A page of the history."""

    items: list[RecordedChange]
    """The changes, the newest first."""
    next_cursor: str | None
    """The `cursor` of the next page, or `None` on the last page."""

    @property
    def etag(self) -> str | None:
        """The entity tag, for `if_none_match`; `None` if it came with other objects."""
        return None if self.response is None else self.response.etag

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> RecordedChanges:
        return cls(
            items=[RecordedChange._decode(item) for item in data["items"]],
            next_cursor=data["next_cursor"],
        )


@dataclass(frozen=True, kw_only=True)
class RecordedItem(Model):
    """A task or list that a request has changed."""

    type: Literal["task", "list"]
    """What it is."""
    id: str
    """The id of the task or list."""
    title: str | None
    """The title of the task or the name of the list, as it was before the change. If the
    change created it, its present one, or `None` if it is no longer there.
    """
    action: Literal["created", "updated", "deleted"]
    """What the request did. `created` also means that it was brought back."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> RecordedItem:
        return cls(
            type=data["type"],
            id=data["id"],
            title=data["title"],
            action=data["action"],
        )


@dataclass(frozen=True, kw_only=True)
class Recurrence(Model):
    """How the task recurs, or `None`. Completing the task moves it to the task of the next
    occurrence.
    """

    rrule: str
    """A rule of RFC 5545 (section 3.3.10): `FREQ` from `DAILY` to `YEARLY`, with `INTERVAL`,
    `BYDAY`, `BYMONTHDAY`, `BYMONTH`, `BYSETPOS`, `WKST`, and `COUNT` or `UNTIL`. `UNTIL` is
    the last day, such as `20261231`. Parts may be in any order and letter case, and
    `RRULE:` may precede them. Every other part, and a rule without a date in the 100 years
    after `due`, is refused. The response has the rule in its canonical spelling, with the
    days and months that it takes from `due`.
    """
    anchor: RecurrenceAnchor
    """What the next occurrence counts from: `schedule`, the dates of the rule since `due`, or
    `completion`, the day on which the task is completed.
    """
    missed: RecurrenceMissed
    """What happens to occurrences that have passed when a task is completed late, with the
    anchor `schedule`. `skip`: the next task is due after the day of completion. `keep`: the
    next task is due on the next date after `due`, although it may have passed. It has no
    effect with the anchor `completion`.
    """

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> Recurrence:
        return cls(
            rrule=data["rrule"],
            anchor=data["anchor"],
            missed=data["missed"],
        )


@dataclass(frozen=True, kw_only=True)
class Session(Model):
    """What the token states about its user and its client."""

    user_id: str
    """The `sub` of the token. Use it, or `me`, as `user_id` in paths."""
    expires_at: datetime
    """When the token expires."""
    client_id: str | None
    """The client that the token was issued to: its `client_id` or else its `azp`. `None` if
    the token names none.
    """
    scopes: list[str]
    """The scopes of this API that the token has: `tasks:read`, `tasks:write`, `tasks:erase`.
    Later versions can add others. A token without a claim about scopes has all of them,
    unless the operator requires the claim: then it has none.
    """

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> Session:
        return cls(
            user_id=data["user_id"],
            expires_at=parse_time(data["expires_at"]),
            client_id=data["client_id"],
            scopes=list(data["scopes"]),
        )


@dataclass(frozen=True, kw_only=True)
class Task(Model):
    """A task."""

    id: str
    """The task's id, a random UUID unless the client has chosen it."""
    owner_id: str
    """The id of the user who owns the task."""
    title: str
    """The title of the task."""
    description: str | None
    """Notes about the task, or `None`."""
    completed: bool
    """Whether the task is completed."""
    completed_at: datetime | None
    """When the task was completed, or `None` if it is open."""
    due: str | None
    """When the task is due, or `None`: a day (`2026-03-01`), a local time
    (`2026-03-01T09:30`), or a time in a time zone (`2026-03-01T09:30[Europe/Berlin]`).
    """
    start: str | None
    """Before this, the task is not to be worked on; or `None`. It has the same forms as `due`,
    and may be later than `due`.
    """
    priority: Priority
    """How important the task is, from `none` to `urgent`."""
    labels: list[str]
    """The labels of the task, in the order in which they were given. No two of them may be
    equal apart from letter case. A new list of labels replaces the previous one.
    """
    metadata: dict[str, str]
    """Up to 16 texts of your own, by name: for example the task's id in another system. The
    server does not interpret them. A name has 1 to 40 characters: lower-case letters `a` to
    `z`, digits, `_`, `.` and `-`.
    """
    list_id: str | None
    """The list that the task is in, or `None` for the inbox. A subtask is in the list of its
    parent: leave `list_id` out, or send that of the parent. For a new task, `None` is the
    same as leaving it out; in a change of a subtask, `None` is `422` unless its parent is
    in the inbox.
    """
    parent_id: str | None
    """The task that this task is a subtask of, or `None`. A subtask has no subtasks of its
    own. Sending `None` makes it a task of its own, in the same list.
    """
    position: str
    """The place of the task or list in the manual order, for `sort=position`. The server makes
    it: to move a task or list, send `place`. Compare positions by the code points of their
    characters, and do not interpret them.
    """
    recurrence: Recurrence | None
    """How the task recurs, or `None`. Completing the task moves it to the task of the next
    occurrence.
    """
    series_id: str | None
    """The series of recurring tasks that this task is part of, or `None`: the id of its first
    task.
    """
    occurrence: Occurrence | None
    """Which occurrence of its series this task is, or `None` if it is in no series."""
    next_id: str | None
    """The task that was created when this occurrence of a series was completed, or `None`. It
    stays when that task is deleted, and until this one gets a `recurrence` again.
    """
    created_at: datetime
    """When the task was created."""
    updated_at: datetime
    """When the task last changed."""
    version: int
    """The version of the task: 1 when it is created, and one more with each change. In double
    quotes, it is the entity tag.
    """

    @property
    def etag(self) -> str:
        """The entity tag of this version, for `if_match` and `if_none_match`."""
        return f'"{self.version}"'

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> Task:
        return cls(
            id=data["id"],
            owner_id=data["owner_id"],
            title=data["title"],
            description=data["description"],
            completed=data["completed"],
            completed_at=None if data["completed_at"] is None else parse_time(data["completed_at"]),
            due=data["due"],
            start=data["start"],
            priority=data["priority"],
            labels=list(data["labels"]),
            metadata=data["metadata"],
            list_id=data["list_id"],
            parent_id=data["parent_id"],
            position=data["position"],
            recurrence=None if data["recurrence"] is None else Recurrence._decode(data["recurrence"]),
            series_id=data["series_id"],
            occurrence=None if data["occurrence"] is None else Occurrence._decode(data["occurrence"]),
            next_id=data["next_id"],
            created_at=parse_time(data["created_at"]),
            updated_at=parse_time(data["updated_at"]),
            version=data["version"],
        )


@dataclass(frozen=True, kw_only=True)
class TaskBatchResult(Model):
    """The results of a batch."""

    results: list[BatchResult]
    """One result for each operation, in the same order."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> TaskBatchResult:
        return cls(
            results=known(decode_batch_result(item) for item in data["results"]),
        )


@dataclass(frozen=True, kw_only=True)
class TaskChanges(Model):
    """Changes since a change token."""

    items: list[TaskChange]
    """The changes, the oldest first."""
    next_since: str
    """The change token to send as `since` to get the changes after these. It is opaque, and
    works only for this user.
    """
    has_more: bool
    """Whether there are more changes now. Get them with `next_since`."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> TaskChanges:
        return cls(
            items=known(decode_task_change(item) for item in data["items"]),
            next_since=data["next_since"],
            has_more=data["has_more"],
        )


@dataclass(frozen=True, kw_only=True)
class TaskList(Model):
    """A list of tasks."""

    id: str
    """The list's id, a random UUID unless the client has chosen it."""
    owner_id: str
    """The id of the user who owns the list."""
    name: str
    """The name of the list."""
    metadata: dict[str, str]
    """Up to 16 texts of your own, by name: for example the task's id in another system. The
    server does not interpret them. A name has 1 to 40 characters: lower-case letters `a` to
    `z`, digits, `_`, `.` and `-`.
    """
    position: str
    """The place of the task or list in the manual order, for `sort=position`. The server makes
    it: to move a task or list, send `place`. Compare positions by the code points of their
    characters, and do not interpret them.
    """
    created_at: datetime
    """When the list was created."""
    updated_at: datetime
    """When the list last changed. Changes of its tasks do not count."""
    version: int
    """The version of the list: 1 when it is created, and one more with each change. In double
    quotes, it is the entity tag.
    """

    @property
    def etag(self) -> str:
        """The entity tag of this version, for `if_match` and `if_none_match`."""
        return f'"{self.version}"'

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> TaskList:
        return cls(
            id=data["id"],
            owner_id=data["owner_id"],
            name=data["name"],
            metadata=data["metadata"],
            position=data["position"],
            created_at=parse_time(data["created_at"]),
            updated_at=parse_time(data["updated_at"]),
            version=data["version"],
        )


@dataclass(frozen=True, kw_only=True)
class TaskListDeletion(Model):
    """The result of deleting a list."""

    tasks: int
    """The number of tasks that this request deleted or detached."""
    has_more: bool
    """Whether the list has tasks left, and so is still there. Repeat the request to delete it."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> TaskListDeletion:
        return cls(
            tasks=data["tasks"],
            has_more=data["has_more"],
        )


@dataclass(frozen=True, kw_only=True)
class TaskListPage(Model):
    """One page of the lists."""

    items: list[TaskList]
    """The lists, in their manual order."""
    next_cursor: str | None
    """The `cursor` of the next page, or `None` on the last page."""

    @property
    def etag(self) -> str | None:
        """The entity tag, for `if_none_match`; `None` if it came with other objects."""
        return None if self.response is None else self.response.etag

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> TaskListPage:
        return cls(
            items=[TaskList._decode(item) for item in data["items"]],
            next_cursor=data["next_cursor"],
        )


@dataclass(frozen=True, kw_only=True)
class TaskPage(Model):
    """One page of tasks."""

    items: list[Task]
    """The tasks, in the requested order. With a filter, a page can have fewer than `limit`
    tasks, or none, and still have a next page.
    """
    next_cursor: str | None
    """The `cursor` of the next page, or `None` on the last page. Nothing else marks the last
    page.
    """

    @property
    def etag(self) -> str | None:
        """The entity tag, for `if_none_match`; `None` if it came with other objects."""
        return None if self.response is None else self.response.etag

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> TaskPage:
        return cls(
            items=[Task._decode(item) for item in data["items"]],
            next_cursor=data["next_cursor"],
        )


@dataclass(frozen=True, kw_only=True)
class TaskSummary(Model):
    """Counts of the user's tasks."""

    open: int
    """The number of open tasks."""
    completed: int
    """The number of completed tasks."""
    overdue: int | None
    """The number of open tasks that are overdue at `overdue_at`, or `None` without it."""
    without_due: int
    """The number of open tasks whose `due` is `None`."""
    by_priority: PriorityCounts
    """The number of open tasks of each priority."""
    by_label: list[OpenLabelCount]
    """The labels of open tasks, the most frequent first: the 100 most frequent, if there are
    more. Labels that are equal apart from letter case are one, in the spelling that most
    open tasks have. `listLabels` has all labels.
    """
    by_list: list[OpenListCount]
    """The lists that have open tasks, in their manual order, and first the inbox if it has
    any. Subtasks count as tasks of the list of their parent.
    """
    partial: bool
    """Whether the user has more tasks than are counted. Then each count is a minimum."""

    @property
    def etag(self) -> str | None:
        """The entity tag, for `if_none_match`; `None` if it came with other objects."""
        return None if self.response is None else self.response.etag

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> TaskSummary:
        return cls(
            open=data["open"],
            completed=data["completed"],
            overdue=data["overdue"],
            without_due=data["without_due"],
            by_priority=PriorityCounts._decode(data["by_priority"]),
            by_label=[OpenLabelCount._decode(item) for item in data["by_label"]],
            by_list=[OpenListCount._decode(item) for item in data["by_list"]],
            partial=data["partial"],
        )


@dataclass(frozen=True, kw_only=True)
class TaskVersion(Model):
    """A task as it was after a change; without `task` if the change deleted it."""

    change: str | None
    """The id of the change, or `None` if the server has forgotten it."""
    at: datetime
    """When the change was made."""
    operation: str | None
    """The operation that made the change, by its `operationId`, or `None` if it is not known
    any more. `renewPositions` is the server's own: see "Lists, subtasks and order".
    """
    client_id: str | None
    """The client that made the change: `client_id` or `azp` of its token, or `None` if the
    token has neither, or if it is not known any more.
    """
    deleted: bool
    """Whether the change deleted the task."""
    task: Task | None = None
    """A task."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> TaskVersion:
        return cls(
            change=data["change"],
            at=parse_time(data["at"]),
            operation=data["operation"],
            client_id=data["client_id"],
            deleted=data["deleted"],
            task=optional(
                lambda value: Task._decode(value), data.get("task")
            ),
        )


@dataclass(frozen=True, kw_only=True)
class TaskVersions(Model):
    """A page of the versions of a task."""

    items: list[TaskVersion]
    """The versions, the newest first."""
    next_cursor: str | None
    """The `cursor` of the next page, or `None` on the last page."""

    @property
    def etag(self) -> str | None:
        """The entity tag, for `if_none_match`; `None` if it came with other objects."""
        return None if self.response is None else self.response.etag

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> TaskVersions:
        return cls(
            items=[TaskVersion._decode(item) for item in data["items"]],
            next_cursor=data["next_cursor"],
        )


@dataclass(frozen=True, kw_only=True)
class Undo(Model):
    """What an undo has changed."""

    change: str
    """The id of a change. Keep it as it is. When a user has deleted everything, ids begin
    anew.
    """
    undoes: str
    """The change that was undone."""
    count: int
    """How many tasks and lists the undo has changed."""
    items: list[TaskChange]
    """Up to 100 of them, as they are now, in the form of the change feed."""
    has_more: bool
    """Whether there are more than 100. The change feed has all of them."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> Undo:
        return cls(
            change=data["change"],
            undoes=data["undoes"],
            count=data["count"],
            items=known(decode_task_change(item) for item in data["items"]),
            has_more=data["has_more"],
        )


BatchResult = Union[BatchCreated, BatchUpdated, BatchCompleted, BatchDeleted, BatchListCreated, BatchListUpdated, BatchListDeleted]
"""The result of one operation; `op` is its kind."""


def decode_batch_result(data: Mapping[str, Any]) -> BatchResult | None:
    """The object in its type; `None` if a later version has added the type."""
    kind = data.get("op")
    if kind == "create":
        return BatchCreated._decode(data)
    if kind == "update":
        return BatchUpdated._decode(data)
    if kind == "complete":
        return BatchCompleted._decode(data)
    if kind == "delete":
        return BatchDeleted._decode(data)
    if kind == "create_list":
        return BatchListCreated._decode(data)
    if kind == "update_list":
        return BatchListUpdated._decode(data)
    if kind == "delete_list":
        return BatchListDeleted._decode(data)
    return None


ExportLine = Union[ExportedList, ExportedTask, ExportedChange, ExportEnd]
"""One line of an export; `type` is its kind."""


def decode_export_line(data: Mapping[str, Any]) -> ExportLine | None:
    """The object in its type; `None` if a later version has added the type."""
    kind = data.get("type")
    if kind == "list":
        return ExportedList._decode(data)
    if kind == "task":
        return ExportedTask._decode(data)
    if kind == "change":
        return ExportedChange._decode(data)
    if kind == "end":
        return ExportEnd._decode(data)
    return None


TaskChange = Union[ChangedTask, DeletedTask, ChangedList, DeletedList]
"""One change; `type` is its kind."""


def decode_task_change(data: Mapping[str, Any]) -> TaskChange | None:
    """The object in its type; `None` if a later version has added the type."""
    kind = data.get("type")
    if kind == "task":
        return ChangedTask._decode(data)
    if kind == "deleted":
        return DeletedTask._decode(data)
    if kind == "list":
        return ChangedList._decode(data)
    if kind == "list_deleted":
        return DeletedList._decode(data)
    return None
