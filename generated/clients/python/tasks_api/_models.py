"""The objects that the API returns. Fields that a later version adds are ignored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar, Union

from ._model import Model, parse_time

T = TypeVar("T")
Priority = Literal["none", "low", "medium", "high", "urgent"]
TaskSort = Literal["created_at", "-created_at", "updated_at", "-updated_at", "title", "-title", "due", "-due", "priority", "-priority"]


def known(items: Iterable[T | None]) -> list[T]:
    """The objects whose type this version knows."""
    return [item for item in items if item is not None]


def optional(decode: Callable[[Any], T], value: Any) -> T | None:
    """A field that can be absent."""
    return None if value is None else decode(value)


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
class BatchUpdated(Model):
    """A task was changed."""

    op: Literal["update"]
    """The kind of operation."""
    task: Task
    """A task."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> BatchUpdated:
        return cls(
            op=data["op"],
            task=Task._decode(data["task"]),
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
    """Whether completed tasks are left. Repeat the request to delete them."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> DeletedCount:
        return cls(
            deleted=data["deleted"],
            has_more=data["has_more"],
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
    tasks: int
    """The number of tasks in the export."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> ExportEnd:
        return cls(
            type=data["type"],
            tasks=data["tasks"],
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
    items of lists. Names of more than 100 characters are shortened.
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
    """The faults of the request, up to 100. Present with status 422, and only then."""

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
class Session(Model):
    """The user that the token names."""

    user_id: str
    """The `sub` of the token. Use it, or `me`, as `user_id` in paths."""
    expires_at: datetime
    """When the token expires."""

    @classmethod
    def _decode(cls, data: Mapping[str, Any]) -> Session:
        return cls(
            user_id=data["user_id"],
            expires_at=parse_time(data["expires_at"]),
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
class TaskPage(Model):
    """One page of a list of tasks."""

    items: list[Task]
    """The tasks, in the requested order. A page of a filtered list can have fewer than `limit`
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
            partial=data["partial"],
        )


BatchResult = Union[BatchCreated, BatchUpdated, BatchDeleted]
"""The result of one operation; `op` is its kind."""


def decode_batch_result(data: Mapping[str, Any]) -> BatchResult | None:
    """The object in its type; `None` if a later version has added the type."""
    kind = data.get("op")
    if kind == "create":
        return BatchCreated._decode(data)
    if kind == "update":
        return BatchUpdated._decode(data)
    if kind == "delete":
        return BatchDeleted._decode(data)
    return None


ExportLine = Union[ExportedTask, ExportEnd]
"""One line of an export; `type` is its kind."""


def decode_export_line(data: Mapping[str, Any]) -> ExportLine | None:
    """The object in its type; `None` if a later version has added the type."""
    kind = data.get("type")
    if kind == "task":
        return ExportedTask._decode(data)
    if kind == "end":
        return ExportEnd._decode(data)
    return None


TaskChange = Union[ChangedTask, DeletedTask]
"""One change; `type` is its kind."""


def decode_task_change(data: Mapping[str, Any]) -> TaskChange | None:
    """The object in its type; `None` if a later version has added the type."""
    kind = data.get("type")
    if kind == "task":
        return ChangedTask._decode(data)
    if kind == "deleted":
        return DeletedTask._decode(data)
    return None
