"""The objects that the API receives. A key that is absent is not sent; `None` is sent as null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict, Union

from ._models import Priority


class BatchCreate(TypedDict):
    """Create a task."""

    op: Literal["create"]
    """The kind of operation."""
    task: TaskCreate
    """The fields of a new task."""


class _BatchDelete(TypedDict):
    op: Literal["delete"]
    """The kind of operation."""
    id: str
    """The task's id."""


class BatchDelete(_BatchDelete, total=False):
    """Delete a task."""

    if_version: int
    """Apply the operation only if the task has this version at that point."""


class _BatchUpdate(TypedDict):
    op: Literal["update"]
    """The kind of operation."""
    id: str
    """The task's id."""
    changes: TaskUpdate
    """The fields to change, at least one."""


class BatchUpdate(_BatchUpdate, total=False):
    """Change single fields of a task, as `updateTask` does."""

    if_version: int
    """Apply the operation only if the task has this version at that point."""


class _TaskCreate(TypedDict):
    title: str
    """The title of the task. White space at its start and end is removed. The limits apply to
    the rest, which must not be empty.
    """


class TaskCreate(_TaskCreate, total=False):
    """The fields of a new task."""

    id: str
    """The id of the new task, a UUID of your choice but not the nil or the max UUID; the
    server chooses one when it is absent. It is stored and returned in lower case. `409`
    with the type `id-taken` if you have a task with this id, or had one whose deletion is
    still remembered (for at least 30 days).
    """
    description: str | None
    """Notes about the task, or `None`."""
    completed: bool
    """Whether the task is completed. `False` when absent."""
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
    labels: Sequence[str]
    """The labels of the task, in the order in which they were given. No two of them may be
    equal apart from letter case. A new list of labels replaces the previous one.
    """
    metadata: Mapping[str, str]
    """Up to 16 texts of your own, by name: for example the task's id in another system. The
    server does not interpret them. A name has 1 to 40 characters: lower-case letters `a` to
    `z`, digits, `_`, `.` and `-`.
    """


class TaskUpdate(TypedDict, total=False):
    """The fields to change, at least one."""

    title: str
    """The title of the task. White space at its start and end is removed. The limits apply to
    the rest, which must not be empty.
    """
    description: str | None
    """Notes about the task, or `None`."""
    completed: bool
    """Whether the task is completed."""
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
    labels: Sequence[str]
    """The labels of the task, in the order in which they were given. No two of them may be
    equal apart from letter case. A new list of labels replaces the previous one.
    """
    metadata: Mapping[str, str | None]
    """The metadata to change. A text sets the name's value, `None` removes the name, and
    absent names keep their values. Afterwards, the task may have up to 16 names.
    """


BatchOperation = Union[BatchCreate, BatchUpdate, BatchDelete]
"""One operation of a batch; `op` is its kind."""
