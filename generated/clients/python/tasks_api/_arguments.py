"""The objects that the API receives. A key that is absent is not sent; `None` is sent as null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, TypedDict, Union

from ._models import OnDelete, Priority, RecurrenceAnchor, RecurrenceMissed


class _BatchComplete(TypedDict):
    op: Literal["complete"]
    """The kind of operation."""
    id: str
    """The task's id."""


class BatchComplete(_BatchComplete, total=False):
    """Complete a task, as `completeTask` does."""

    completed_on: date | str
    """The user's day of completion, for the next occurrence of a recurring task. Only
    `completeTask` and the operation `complete` of a batch have it. When it is absent, it is
    the day in the time zone of `due`, or in UTC if `due` has none.
    """
    if_version: int
    """Apply the operation only if the task or list has this version at that point."""


class BatchCreate(TypedDict):
    """Create a task."""

    op: Literal["create"]
    """The kind of operation."""
    task: TaskCreate
    """The fields of a new task."""


class BatchCreateList(TypedDict):
    """Create a list."""

    op: Literal["create_list"]
    """The kind of operation."""
    list: TaskListCreate
    """The fields of a new list."""


class _BatchDelete(TypedDict):
    op: Literal["delete"]
    """The kind of operation."""
    id: str
    """The task's id."""


class BatchDelete(_BatchDelete, total=False):
    """Delete a task, as `deleteTask` does."""

    children: OnDelete
    """What happens to the subtasks of a deleted task, or to the tasks of a deleted list:
    `delete` deletes them, too, and `detach` makes the subtasks tasks of their own, or moves
    the tasks to the inbox. Without it, a task that has subtasks, or a list that has tasks,
    is not deleted.
    """
    if_version: int
    """Apply the operation only if the task or list has this version at that point."""


class _BatchDeleteList(TypedDict):
    op: Literal["delete_list"]
    """The kind of operation."""
    id: str
    """The list's id."""


class BatchDeleteList(_BatchDeleteList, total=False):
    """Delete a list in which no tasks are, at that point: earlier operations can move or
    delete them. To delete a list with all its tasks, use `deleteList`.
    """

    if_version: int
    """Apply the operation only if the task or list has this version at that point."""


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
    """Apply the operation only if the task or list has this version at that point."""


class _BatchUpdateList(TypedDict):
    op: Literal["update_list"]
    """The kind of operation."""
    id: str
    """The list's id."""
    changes: TaskListUpdate
    """The fields to change, at least one."""


class BatchUpdateList(_BatchUpdateList, total=False):
    """Change single fields of a list, as `updateList` does."""

    if_version: int
    """Apply the operation only if the task or list has this version at that point."""


class Place(TypedDict, total=False):
    """Moves the task or list in the manual order: exactly one of the four. `before` and
    `after` name another task (or list) of the user. Tasks of all lists have one order: the
    first place is also the first one of the task's list.
    """

    first: bool
    """Before all others."""
    last: bool
    """After all others."""
    before: str
    """Directly before the one with this id."""
    after: str
    """Directly after the one with this id."""


class _RecurrenceSetting(TypedDict):
    rrule: str
    """A rule of RFC 5545 (section 3.3.10): `FREQ` from `DAILY` to `YEARLY`, with `INTERVAL`,
    `BYDAY`, `BYMONTHDAY`, `BYMONTH`, `BYSETPOS`, `WKST`, and `COUNT` or `UNTIL`. `UNTIL` is
    the last day, such as `20261231`. Parts may be in any order and letter case, and
    `RRULE:` may precede them. Every other part, and a rule without a date in the 100 years
    after `due`, is refused. The response has the rule in its canonical spelling, with the
    days and months that it takes from `due`.
    """


class RecurrenceSetting(_RecurrenceSetting, total=False):
    """How the task recurs, or `None`. It needs `due`. A subtask, or a completed task, cannot
    recur, nor can a reopened task while another task of its series recurs. When absent,
    `anchor` is `schedule` and `missed` is `skip`; a partial update keeps what they were,
    but always needs `rrule`: send the present one to change only `anchor` or `missed`.
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
    place: Place
    """Moves the task or list in the manual order: exactly one of the four. `before` and
    `after` name another task (or list) of the user. Tasks of all lists have one order: the
    first place is also the first one of the task's list.
    """
    recurrence: RecurrenceSetting | None
    """How the task recurs, or `None`. It needs `due`. A subtask, or a completed task, cannot
    recur, nor can a reopened task while another task of its series recurs. When absent,
    `anchor` is `schedule` and `missed` is `skip`; a partial update keeps what they were,
    but always needs `rrule`: send the present one to change only `anchor` or `missed`.
    """


class _TaskListCreate(TypedDict):
    name: str
    """The name of the list. White space at its start and end is removed. The limits apply to
    the rest, which must not be empty.
    """


class TaskListCreate(_TaskListCreate, total=False):
    """The fields of a new list."""

    id: str
    """The id of the new list, a UUID of your choice but not the nil or the max UUID; the
    server chooses one when it is absent. It is stored and returned in lower case. `409`
    with the type `id-taken` if you have a list with this id, or had one whose deletion is
    still remembered (for at least 30 days).
    """
    metadata: Mapping[str, str]
    """Up to 16 texts of your own, by name: for example the task's id in another system. The
    server does not interpret them. A name has 1 to 40 characters: lower-case letters `a` to
    `z`, digits, `_`, `.` and `-`.
    """
    place: Place
    """Moves the task or list in the manual order: exactly one of the four. `before` and
    `after` name another task (or list) of the user. Tasks of all lists have one order: the
    first place is also the first one of the task's list.
    """


class TaskListUpdate(TypedDict, total=False):
    """The fields to change, at least one."""

    name: str
    """The name of the list. White space at its start and end is removed. The limits apply to
    the rest, which must not be empty.
    """
    metadata: Mapping[str, str | None]
    """The metadata to change. A text sets the name's value, `None` removes the name, and
    absent names keep their values. Afterwards, the task may have up to 16 names.
    """
    place: Place
    """Moves the task or list in the manual order: exactly one of the four. `before` and
    `after` name another task (or list) of the user. Tasks of all lists have one order: the
    first place is also the first one of the task's list.
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
    place: Place
    """Moves the task or list in the manual order: exactly one of the four. `before` and
    `after` name another task (or list) of the user. Tasks of all lists have one order: the
    first place is also the first one of the task's list.
    """
    recurrence: RecurrenceSetting | None
    """How the task recurs, or `None`. It needs `due`. A subtask, or a completed task, cannot
    recur, nor can a reopened task while another task of its series recurs. When absent,
    `anchor` is `schedule` and `missed` is `skip`; a partial update keeps what they were,
    but always needs `rrule`: send the present one to change only `anchor` or `missed`.
    """


BatchOperation = Union[BatchCreate, BatchUpdate, BatchComplete, BatchDelete, BatchCreateList, BatchUpdateList, BatchDeleteList]
"""One operation of a batch; `op` is its kind."""
