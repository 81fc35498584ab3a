"""The operations of the API, as the contract describes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import overload

from ._arguments import (
    BatchOperation,
    Place,
    RecurrenceSetting,
)
from ._call import Call, Timeout, day, etag_of, given, new_key, segment
from ._export import AsyncExport, Export
from ._model import NOT_GIVEN, HasETag, NotGiven, ResponseInfo
from ._models import (
    DeletedCount,
    Erasure,
    Health,
    LabelCount,
    LabelPage,
    LabelRenamed,
    OnDelete,
    Priority,
    RecordedChange,
    RecordedChanges,
    Session,
    Task,
    TaskBatchResult,
    TaskChange,
    TaskChanges,
    TaskList,
    TaskListDeletion,
    TaskListPage,
    TaskPage,
    TaskSort,
    TaskSummary,
    TaskVersion,
    TaskVersions,
    Undo,
)
from ._pages import AsyncChanges, AsyncPager, Changes, Pager
from ._transport import AsyncTransport, Transport


class TasksResource:
    """The tasks of one user. No other user can read or change them, or learn that they exist."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        completed: bool | None = None,
        q: str | None = None,
        due_from: date | str | None = None,
        due_to: date | str | None = None,
        overdue_at: datetime | str | None = None,
        available_at: datetime | str | None = None,
        has_due: bool | None = None,
        priority: str | None = None,
        labels_all: str | None = None,
        labels_any: str | None = None,
        labels_none: str | None = None,
        metadata: str | None = None,
        list_id: str | None = None,
        parent_id: str | None = None,
        completed_from: datetime | str | None = None,
        completed_to: datetime | str | None = None,
        sort: TaskSort | None = None,
        limit: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Pager[Task]:
        r"""List tasks.

        Iterate over the result: the next page is read when it is needed.

        Args:
            completed: `True` for completed tasks only, `False` for open tasks only. Without
                it, the response has both.
            q: Only tasks whose title or description contains this text. Letter case does
                not matter, and `%`, `_` and `\` have no special meaning. Text is compared
                character by character: a letter with an accent matches only if it is encoded in
                the same way, composed or decomposed. If the user has thousands of tasks, a page
                can be short or empty and still have a next page: see `next_cursor`.
            due_from: Only tasks that are due on this day or later, by the date as it is
                written in `due`.
            due_to: Only tasks that are due on this day or earlier, by the date as it is
                written in `due`.
            overdue_at: Only open tasks that are overdue at this time: RFC 3339 with the
                user's offset from UTC. A day is overdue when it is before the date at that
                offset, a local time when it is before the time at that offset, and a time in a
                time zone when its instant is before this one. In a URL, write the `+` of an
                offset as `%2B`.
            available_at: Only open tasks that can be worked on at this time: those without
                `start`, and those whose `start` is not later, by the same rules as
                `overdue_at`.
            has_due: `True` for tasks that have `due` only, `False` for tasks that have none
                only.
            priority: Only tasks with one of these priorities, separated by commas. Spaces
                around them are ignored.
            labels_all: Only tasks that have all of these labels, separated by commas.
                Letter case does not matter.
            labels_any: Only tasks that have one of these labels or more.
            labels_none: Only tasks that have none of these labels.
            metadata: Only tasks whose metadata has this text under this name: `name:text`,
                as in `crm.ticket:4711`.
            list_id: Only tasks in this list, or with `none` only those in no list.
            parent_id: Only subtasks of this task, or with `none` only tasks that are not
                subtasks.
            completed_from: Only tasks that were completed at this time or later.
            completed_to: Only tasks that were completed at this time or earlier.
            sort: The order of the tasks. A leading `-` means descending. Titles are ordered
                by the code points of their characters. `due` orders by the date and the time as
                they are written, whatever the time zone: a day comes before its times, and
                tasks without `due` come last in both directions. `priority` orders from `none`
                to `urgent`, and `position` is the manual order. Tasks without a value (no
                `due`, or the priority `none`) are found among all of the user's tasks, so if
                there are thousands, a page can be short or empty and still have a next page:
                see `next_cursor`.
            limit: The maximum number of tasks on a page.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return Pager(
            lambda cursor: self.list_page(
                completed=completed,
                q=q,
                due_from=due_from,
                due_to=due_to,
                overdue_at=overdue_at,
                available_at=available_at,
                has_due=has_due,
                priority=priority,
                labels_all=labels_all,
                labels_any=labels_any,
                labels_none=labels_none,
                metadata=metadata,
                list_id=list_id,
                parent_id=parent_id,
                completed_from=completed_from,
                completed_to=completed_to,
                sort=sort,
                limit=limit,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
                cursor=cursor,
            ),
        )

    @overload
    def list_page(
        self,
        *,
        completed: bool | None = None,
        q: str | None = None,
        due_from: date | str | None = None,
        due_to: date | str | None = None,
        overdue_at: datetime | str | None = None,
        available_at: datetime | str | None = None,
        has_due: bool | None = None,
        priority: str | None = None,
        labels_all: str | None = None,
        labels_any: str | None = None,
        labels_none: str | None = None,
        metadata: str | None = None,
        list_id: str | None = None,
        parent_id: str | None = None,
        completed_from: datetime | str | None = None,
        completed_to: datetime | str | None = None,
        sort: TaskSort | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskPage: ...
    @overload
    def list_page(
        self,
        *,
        if_none_match: str | int | HasETag,
        completed: bool | None = None,
        q: str | None = None,
        due_from: date | str | None = None,
        due_to: date | str | None = None,
        overdue_at: datetime | str | None = None,
        available_at: datetime | str | None = None,
        has_due: bool | None = None,
        priority: str | None = None,
        labels_all: str | None = None,
        labels_any: str | None = None,
        labels_none: str | None = None,
        metadata: str | None = None,
        list_id: str | None = None,
        parent_id: str | None = None,
        completed_from: datetime | str | None = None,
        completed_to: datetime | str | None = None,
        sort: TaskSort | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskPage | None: ...
    def list_page(
        self,
        *,
        completed: bool | None = None,
        q: str | None = None,
        due_from: date | str | None = None,
        due_to: date | str | None = None,
        overdue_at: datetime | str | None = None,
        available_at: datetime | str | None = None,
        has_due: bool | None = None,
        priority: str | None = None,
        labels_all: str | None = None,
        labels_any: str | None = None,
        labels_none: str | None = None,
        metadata: str | None = None,
        list_id: str | None = None,
        parent_id: str | None = None,
        completed_from: datetime | str | None = None,
        completed_to: datetime | str | None = None,
        sort: TaskSort | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskPage | None:
        r"""List tasks.

        Returns the user's tasks, from all lists, one page at a time. Filters choose among them,
        and `sort` orders them. A task must pass all filters: if they exclude each other, the
        page is empty. Tasks with equal values are ordered by `id`, so pages neither repeat nor
        skip a task while others are created or deleted.

        Args:
            completed: `True` for completed tasks only, `False` for open tasks only. Without
                it, the response has both.
            q: Only tasks whose title or description contains this text. Letter case does
                not matter, and `%`, `_` and `\` have no special meaning. Text is compared
                character by character: a letter with an accent matches only if it is encoded in
                the same way, composed or decomposed. If the user has thousands of tasks, a page
                can be short or empty and still have a next page: see `next_cursor`.
            due_from: Only tasks that are due on this day or later, by the date as it is
                written in `due`.
            due_to: Only tasks that are due on this day or earlier, by the date as it is
                written in `due`.
            overdue_at: Only open tasks that are overdue at this time: RFC 3339 with the
                user's offset from UTC. A day is overdue when it is before the date at that
                offset, a local time when it is before the time at that offset, and a time in a
                time zone when its instant is before this one. In a URL, write the `+` of an
                offset as `%2B`.
            available_at: Only open tasks that can be worked on at this time: those without
                `start`, and those whose `start` is not later, by the same rules as
                `overdue_at`.
            has_due: `True` for tasks that have `due` only, `False` for tasks that have none
                only.
            priority: Only tasks with one of these priorities, separated by commas. Spaces
                around them are ignored.
            labels_all: Only tasks that have all of these labels, separated by commas.
                Letter case does not matter.
            labels_any: Only tasks that have one of these labels or more.
            labels_none: Only tasks that have none of these labels.
            metadata: Only tasks whose metadata has this text under this name: `name:text`,
                as in `crm.ticket:4711`.
            list_id: Only tasks in this list, or with `none` only those in no list.
            parent_id: Only subtasks of this task, or with `none` only tasks that are not
                subtasks.
            completed_from: Only tasks that were completed at this time or later.
            completed_to: Only tasks that were completed at this time or earlier.
            sort: The order of the tasks. A leading `-` means descending. Titles are ordered
                by the code points of their characters. `due` orders by the date and the time as
                they are written, whatever the time zone: a day comes before its times, and
                tasks without `due` come last in both directions. `priority` orders from `none`
                to `urgent`, and `position` is the manual order. Tasks without a value (no
                `due`, or the priority `none`) are found among all of the user's tasks, so if
                there are thousands, a page can be short or empty and still have a next page:
                see `next_cursor`.
            limit: The maximum number of tasks on a page.
            cursor: The `next_cursor` of the previous page. Send it with the same `sort` and
                the same filters.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get_if_changed(
            TaskPage._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/tasks",
                statuses=(200,),
                query={
                    "completed": completed,
                    "q": q,
                    "due_from": day(due_from),
                    "due_to": day(due_to),
                    "overdue_at": overdue_at,
                    "available_at": available_at,
                    "has_due": has_due,
                    "priority": priority,
                    "labels_all": labels_all,
                    "labels_any": labels_any,
                    "labels_none": labels_none,
                    "metadata": metadata,
                    "list_id": list_id,
                    "parent_id": parent_id,
                    "completed_from": completed_from,
                    "completed_to": completed_to,
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                },
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def create(
        self,
        *,
        title: str,
        id: str | NotGiven = NOT_GIVEN,
        description: str | None | NotGiven = NOT_GIVEN,
        completed: bool | NotGiven = NOT_GIVEN,
        due: str | None | NotGiven = NOT_GIVEN,
        start: str | None | NotGiven = NOT_GIVEN,
        priority: Priority | NotGiven = NOT_GIVEN,
        labels: Sequence[str] | NotGiven = NOT_GIVEN,
        metadata: Mapping[str, str] | NotGiven = NOT_GIVEN,
        list_id: str | None | NotGiven = NOT_GIVEN,
        parent_id: str | None | NotGiven = NOT_GIVEN,
        place: Place | NotGiven = NOT_GIVEN,
        recurrence: RecurrenceSetting | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task:
        """Create a task.

        Creates a task. Only `title` is required. With an `id` of your choice, you know the
        task's id before the response, and creating the same task again gets `409` instead of a
        second task. A new task is in the inbox, or with `list_id` in that list; with
        `parent_id` it is a subtask. It comes last in the manual order unless `place` states
        another place.

        Args:
            id: The id of the new task, a UUID of your choice but not the nil or the max
                UUID; the server chooses one when it is absent. It is stored and returned in
                lower case. `409` with the type `id-taken` if you have a task with this id, or
                had one whose deletion is still remembered (for at least 30 days).
            title: The title of the task. White space at its start and end is removed. The
                limits apply to the rest, which must not be empty.
            description: Notes about the task, or `None`.
            completed: Whether the task is completed. `False` when absent.
            due: When the task is due, or `None`: a day (`2026-03-01`), a local time
                (`2026-03-01T09:30`), or a time in a time zone
                (`2026-03-01T09:30[Europe/Berlin]`).
            start: Before this, the task is not to be worked on; or `None`. It has the same
                forms as `due`, and may be later than `due`.
            priority: How important the task is, from `none` to `urgent`.
            labels: The labels of the task, in the order in which they were given. No two of
                them may be equal apart from letter case. A new list of labels replaces the
                previous one.
            metadata: Up to 16 texts of your own, by name: for example the task's id in
                another system. The server does not interpret them. A name has 1 to 40
                characters: lower-case letters `a` to `z`, digits, `_`, `.` and `-`.
            list_id: The list that the task is in, or `None` for the inbox. A subtask is in
                the list of its parent: leave `list_id` out, or send that of the parent. For a
                new task, `None` is the same as leaving it out; in a change of a subtask, `None`
                is `422` unless its parent is in the inbox.
            parent_id: The task that this task is a subtask of, or `None`. A subtask has no
                subtasks of its own. Sending `None` makes it a task of its own, in the same
                list.
            place: Moves the task or list in the manual order: exactly one of the four.
                `before` and `after` name another task (or list) of the user. Tasks of all lists
                have one order: the first place is also the first one of the task's list.
            recurrence: How the task recurs, or `None`. It needs `due`. A subtask, or a
                completed task, cannot recur, nor can a reopened task while another task of its
                series recurs. When absent, `anchor` is `schedule` and `missed` is `skip`; a
                partial update keeps what they were, but always needs `rrule`: send the present
                one to change only `anchor` or `missed`.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            Task._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/tasks",
                statuses=(201,),
                headers={"Idempotency-Key": new_key(idempotency_key)},
                body=given(
                    {
                        "id": id,
                        "title": title,
                        "description": description,
                        "completed": completed,
                        "due": due,
                        "start": start,
                        "priority": priority,
                        "labels": labels,
                        "metadata": metadata,
                        "list_id": list_id,
                        "parent_id": parent_id,
                        "place": place,
                        "recurrence": recurrence,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def delete_completed(
        self,
        *,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> DeletedCount:
        """Delete completed tasks.

        Deletes the user's completed tasks, the oldest first, in all lists. `completed=true` is
        required, so that a mistyped request cannot delete open tasks. A completed task that has
        an open subtask stays, however often the request is sent; completed subtasks are
        deleted.

        With thousands of completed tasks, one request may not be enough: `has_more` is then
        `True`, which means that a repetition deletes more. Repeat the request, without an
        `Idempotency-Key` or with a new one, until it is `False`. Each request is one change,
        which can be undone; the user's other changes can happen between two requests.

        Args:
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            DeletedCount._decode,
            Call(
                "DELETE",
                f"/api/v1/users/{segment(user_id)}/tasks",
                statuses=(200,),
                query={"completed": True},
                headers={"Idempotency-Key": new_key(idempotency_key)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    @overload
    def get(
        self,
        task_id: str,
        *,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task: ...
    @overload
    def get(
        self,
        task_id: str,
        *,
        if_none_match: str | int | HasETag,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task | None: ...
    def get(
        self,
        task_id: str,
        *,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task | None:
        """Get a task.

        Returns one task. With the task's entity tag in `If-None-Match`, the response is `304`
        while the task is unchanged.

        Args:
            task_id: The task's `id`.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get_if_changed(
            Task._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}",
                statuses=(200,),
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def replace(
        self,
        task_id: str,
        *,
        title: str,
        description: str | None,
        completed: bool,
        due: str | None | NotGiven = NOT_GIVEN,
        start: str | None | NotGiven = NOT_GIVEN,
        priority: Priority | NotGiven = NOT_GIVEN,
        labels: Sequence[str] | NotGiven = NOT_GIVEN,
        metadata: Mapping[str, str] | NotGiven = NOT_GIVEN,
        list_id: str | None | NotGiven = NOT_GIVEN,
        parent_id: str | None | NotGiven = NOT_GIVEN,
        place: Place | NotGiven = NOT_GIVEN,
        recurrence: RecurrenceSetting | None | NotGiven = NOT_GIVEN,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task:
        """Replace a task.

        Replaces the content of an existing task. `title`, `description` and `completed` are
        required. Any other writable field keeps its value when it is absent, so a client never
        clears a field that it does not know. The request never creates a task. To change single
        fields, use `PATCH`.

        Args:
            task_id: The task's `id`.
            title: The title of the task. White space at its start and end is removed. The
                limits apply to the rest, which must not be empty.
            description: Notes about the task, or `None`.
            completed: Whether the task is completed.
            due: When the task is due, or `None`: a day (`2026-03-01`), a local time
                (`2026-03-01T09:30`), or a time in a time zone
                (`2026-03-01T09:30[Europe/Berlin]`).
            start: Before this, the task is not to be worked on; or `None`. It has the same
                forms as `due`, and may be later than `due`.
            priority: How important the task is, from `none` to `urgent`.
            labels: The labels of the task, in the order in which they were given. No two of
                them may be equal apart from letter case. A new list of labels replaces the
                previous one.
            metadata: Up to 16 texts of your own, by name: for example the task's id in
                another system. The server does not interpret them. A name has 1 to 40
                characters: lower-case letters `a` to `z`, digits, `_`, `.` and `-`.
            list_id: The list that the task is in, or `None` for the inbox. A subtask is in
                the list of its parent: leave `list_id` out, or send that of the parent. For a
                new task, `None` is the same as leaving it out; in a change of a subtask, `None`
                is `422` unless its parent is in the inbox.
            parent_id: The task that this task is a subtask of, or `None`. A subtask has no
                subtasks of its own. Sending `None` makes it a task of its own, in the same
                list.
            place: Moves the task or list in the manual order: exactly one of the four.
                `before` and `after` name another task (or list) of the user. Tasks of all lists
                have one order: the first place is also the first one of the task's list.
            recurrence: How the task recurs, or `None`. It needs `due`. A subtask, or a
                completed task, cannot recur, nor can a reopened task while another task of its
                series recurs. When absent, `anchor` is `schedule` and `missed` is `skip`; a
                partial update keeps what they were, but always needs `rrule`: send the present
                one to change only `anchor` or `missed`.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            Task._decode,
            Call(
                "PUT",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}",
                statuses=(200,),
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                body=given(
                    {
                        "title": title,
                        "description": description,
                        "completed": completed,
                        "due": due,
                        "start": start,
                        "priority": priority,
                        "labels": labels,
                        "metadata": metadata,
                        "list_id": list_id,
                        "parent_id": parent_id,
                        "place": place,
                        "recurrence": recurrence,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def update(
        self,
        task_id: str,
        *,
        title: str | NotGiven = NOT_GIVEN,
        description: str | None | NotGiven = NOT_GIVEN,
        completed: bool | NotGiven = NOT_GIVEN,
        due: str | None | NotGiven = NOT_GIVEN,
        start: str | None | NotGiven = NOT_GIVEN,
        priority: Priority | NotGiven = NOT_GIVEN,
        labels: Sequence[str] | NotGiven = NOT_GIVEN,
        metadata: Mapping[str, str | None] | NotGiven = NOT_GIVEN,
        list_id: str | None | NotGiven = NOT_GIVEN,
        parent_id: str | None | NotGiven = NOT_GIVEN,
        place: Place | NotGiven = NOT_GIVEN,
        recurrence: RecurrenceSetting | None | NotGiven = NOT_GIVEN,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task:
        """Update a task.

        Changes only the fields in the request (JSON merge patch, RFC 7396). An absent field
        keeps its value, and `None` clears `description`, `due`, `start`, `list_id`, `parent_id`
        or `recurrence`. In `metadata`, absent names keep their values, and `None` removes a
        name. `labels` is replaced as a whole. A `recurrence` always needs its `rrule`; `anchor`
        and `missed` keep their values when they are absent. At least one field is required.

        `place` moves the task in the manual order, and `list_id` to another list. `completed:
        true` completes the task as `completeTask` does, after the other changes, but without
        `completed_on`.

        Args:
            task_id: The task's `id`.
            title: The title of the task. White space at its start and end is removed. The
                limits apply to the rest, which must not be empty.
            description: Notes about the task, or `None`.
            completed: Whether the task is completed.
            due: When the task is due, or `None`: a day (`2026-03-01`), a local time
                (`2026-03-01T09:30`), or a time in a time zone
                (`2026-03-01T09:30[Europe/Berlin]`).
            start: Before this, the task is not to be worked on; or `None`. It has the same
                forms as `due`, and may be later than `due`.
            priority: How important the task is, from `none` to `urgent`.
            labels: The labels of the task, in the order in which they were given. No two of
                them may be equal apart from letter case. A new list of labels replaces the
                previous one.
            metadata: The metadata to change. A text sets the name's value, `None` removes
                the name, and absent names keep their values. Afterwards, the task may have up
                to 16 names.
            list_id: The list that the task is in, or `None` for the inbox. A subtask is in
                the list of its parent: leave `list_id` out, or send that of the parent. For a
                new task, `None` is the same as leaving it out; in a change of a subtask, `None`
                is `422` unless its parent is in the inbox.
            parent_id: The task that this task is a subtask of, or `None`. A subtask has no
                subtasks of its own. Sending `None` makes it a task of its own, in the same
                list.
            place: Moves the task or list in the manual order: exactly one of the four.
                `before` and `after` name another task (or list) of the user. Tasks of all lists
                have one order: the first place is also the first one of the task's list.
            recurrence: How the task recurs, or `None`. It needs `due`. A subtask, or a
                completed task, cannot recur, nor can a reopened task while another task of its
                series recurs. When absent, `anchor` is `schedule` and `missed` is `skip`; a
                partial update keeps what they were, but always needs `rrule`: send the present
                one to change only `anchor` or `missed`.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            Task._decode,
            Call(
                "PATCH",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}",
                statuses=(200,),
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                body=given(
                    {
                        "title": title,
                        "description": description,
                        "completed": completed,
                        "due": due,
                        "start": start,
                        "priority": priority,
                        "labels": labels,
                        "metadata": metadata,
                        "list_id": list_id,
                        "parent_id": parent_id,
                        "place": place,
                        "recurrence": recurrence,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def delete(
        self,
        task_id: str,
        *,
        children: OnDelete | None = None,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> ResponseInfo:
        """Delete a task.

        Deletes the task. `undoChange` and `restoreTask` bring it back under its id, for as long
        as the server keeps the history: 30 days, unless the operator has chosen otherwise. A
        second request gets `404`. A task that has subtasks is deleted only if `children` states
        what happens to them, as in `?children=detach`; otherwise the response is `409` with the
        type `not-empty`. Deleting the task of a series that recurs ends the series.

        Args:
            task_id: The task's `id`.
            children: What happens to the subtasks: `delete` deletes them, too, and `detach`
                makes them tasks of their own.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.send(
            Call(
                "DELETE",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}",
                statuses=(204,),
                query={"children": children},
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def complete(
        self,
        task_id: str,
        completed_on: date | str | NotGiven = NOT_GIVEN,
        *,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task:
        """Complete a task.

        Marks the task as completed. A task that is already completed does not change: it keeps
        its `completed_at` and its version. Its subtasks stay as they are.

        If the task recurs, the same change creates the task of the next occurrence: a copy with
        the next `due`, to which `recurrence` moves. `next_id` is its id, or `None` if the
        series has ended. However often, and from however many clients, the task is completed,
        there is one next task.

        The request needs no body. An empty object is accepted as well, because some
        intermediaries refuse a `PATCH` without a body.

        Args:
            task_id: The task's `id`.
            completed_on: The user's day of completion, for the next occurrence of a
                recurring task. Only `completeTask` and the operation `complete` of a batch have
                it. When it is absent, it is the day in the time zone of `due`, or in UTC if
                `due` has none.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            Task._decode,
            Call(
                "PATCH",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}/complete",
                statuses=(200,),
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                body=given(
                    {
                        "completed_on": day(completed_on),
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    @overload
    def get_summary(
        self,
        *,
        overdue_at: datetime | str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskSummary: ...
    @overload
    def get_summary(
        self,
        *,
        if_none_match: str | int | HasETag,
        overdue_at: datetime | str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskSummary | None: ...
    def get_summary(
        self,
        *,
        overdue_at: datetime | str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskSummary | None:
        """Count tasks.

        Counts the user's tasks, subtasks included: the open ones, the completed ones, and of
        the open ones those that are overdue, those without a due time, those of each priority,
        those with each label and those in each list.

        The server does not know what time it is for the user, so the request contains it:
        `overdue_at` is the time at which tasks are overdue, with the user's offset from UTC. A
        day is overdue when it is before the date of `overdue_at`, a local time when it is
        before the local time of `overdue_at`, and a time in a zone when its instant is before
        `overdue_at`. So a task that is due on a day is not overdue on that day. Completed tasks
        are never overdue.

        The counts are exact for up to 50,000 open and 50,000 completed tasks. If there are
        more, only the latest are counted, and `partial` is `True`: then each count is a
        minimum. If tens of thousands of tasks have many labels each, some of these labels are
        left out, too.

        The response has an entity tag. Send it in `If-None-Match` to get `304` until one of the
        user's tasks changes. A later `overdue_at` is another query, with another tag: to poll,
        round it, for example to the minute.

        A user can have two of these requests in progress at once; a third gets `429`.

        Args:
            overdue_at: The time at which tasks are overdue, with an offset:
                `2026-03-01T09:30:00+01:00`. In a query, `+` is written as `%2B`. Without it,
                `overdue` is `None`.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get_if_changed(
            TaskSummary._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/task-summary",
                statuses=(200,),
                query={"overdue_at": overdue_at},
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def list_labels(
        self,
        *,
        limit: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Pager[LabelCount]:
        """List labels.

        Iterate over the result: the next page is read when it is needed.

        Args:
            limit: The maximum number of labels on a page.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return Pager(
            lambda cursor: self.list_labels_page(
                limit=limit,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
                cursor=cursor,
            ),
        )

    @overload
    def list_labels_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> LabelPage: ...
    @overload
    def list_labels_page(
        self,
        *,
        if_none_match: str | int | HasETag,
        limit: int | None = None,
        cursor: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> LabelPage | None: ...
    def list_labels_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> LabelPage | None:
        """List labels.

        Lists the labels of the user's tasks, one page at a time, with the number of tasks that
        have each. A label exists while a task has it: it needs no creation.

        Labels that are equal apart from letter case are one label. It is shown in the spelling
        that most tasks have; if several are equally frequent, in the one whose characters have
        the lowest code points. The labels are ordered by the code points of their lower-case
        characters.

        The list is complete for up to 50,000 open and 50,000 completed tasks. If there are
        more, or if tens of thousands of them have many labels each, only the latest are
        counted, and `partial` is `True`: then each count is a minimum, and labels may be
        missing.

        A user can have two of these requests in progress at once; a third gets `429`.

        Args:
            limit: The maximum number of labels on a page.
            cursor: The `next_cursor` of the previous page.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get_if_changed(
            LabelPage._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/labels",
                statuses=(200,),
                query={
                    "limit": limit,
                    "cursor": cursor,
                },
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def rename_label(
        self,
        *,
        label: str,
        new_label: str | None,
        cursor: str | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> LabelRenamed:
        """Rename or remove a label.

        Gives a label another name on all the user's tasks, or removes it from them with
        `new_label: null`. Labels are compared without letter case, so this can also change only
        the letter case of a label. Each task keeps the order of its labels. If a task has both
        labels, they become one: the first of the two keeps its place, and its spelling if it is
        the new label already. If no task has the label, nothing changes, and `changed` is 0.

        Every task that is changed gets a new version and a new `updated_at`, and is in
        `task-changes`. A task that already has the result stays as it is.

        What one request changes becomes visible at once: other requests see all of it, or
        nothing. A request examines the user's tasks, the oldest first, for about half a second,
        which is enough to change thousands of them. If tasks are left to examine, `next_cursor`
        is not `None`: repeat the request with it as `cursor`, without an `Idempotency-Key` or
        with a new one, until it is `None`. The user's other changes can happen in between.

        Args:
            label: A label. White space at its start and end is removed, and its characters
                are composed (Unicode NFC) before its length is checked. It has no comma and no
                control characters. Letter case is compared character by character: `ß` is not
                `ss`, and `İ` is `i`.
            new_label: The new label, or `None` to remove the label from all tasks. It is
                written like the labels of a task.
            cursor: The `next_cursor` of the previous request, with the same labels.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            LabelRenamed._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/label-renames",
                statuses=(200,),
                headers={"Idempotency-Key": new_key(idempotency_key)},
                body=given(
                    {
                        "label": label,
                        "new_label": new_label,
                        "cursor": cursor,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def batch(
        self,
        operations: Sequence[BatchOperation],
        *,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskBatchResult:
        """Change many tasks at once.

        Applies up to 100 operations in the given order: all of them or, if one cannot be
        applied, none. An operation sees the changes that earlier operations have made. With
        `if_version`, an operation applies only if the task or list has that version at that
        point. The time of each operation is one microsecond after that of the previous one, so
        `task-changes`, and tasks sorted by time, keep the order of the request.

        If an operation cannot be applied, the response is `422`, nothing has changed, and
        `errors` identifies the operation by its index: `["body", "operations", 3, "id"]` with
        the type `not_found`, or `["body", "operations", 3, "if_version"]` with the type
        `version_mismatch`. A creation may choose the `id` of the task or list, and later
        operations of the same batch may name it: create a list, then tasks in it, or a task,
        then its subtasks. If the id of a task is taken, the type is `id_taken`, at `["body",
        "operations", 3, "task", "id"]`. `errors` identifies only the first operation that
        cannot be applied. If that is a creation whose id is taken, `errors` identifies all such
        creations of the batch, in order: leave them out to continue an import.

        Args:
            operations: The operations.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            TaskBatchResult._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/task-batches",
                statuses=(200,),
                headers={"Idempotency-Key": new_key(idempotency_key)},
                body=given(
                    {
                        "operations": operations,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def changes(
        self,
        *,
        since: str | None = None,
        limit: int | None = None,
        wait: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Changes[TaskChange]:
        """List changes.

        Iterate over the result: the next page is read when it is needed. Then store
        `next_since`.

        Args:
            since: A change token: the `next_since` of an earlier response. Without it, the
                response lists every task and every list.
            limit: The maximum number of changes in a response, or in an event. If their
                tasks are very long, a response has fewer.
            wait: How many seconds to wait for a change if there is none. Without it, or
                with 0, the response comes at once. An event stream waits in any case.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return Changes(
            lambda since_: self.changes_page(
                since=since_,
                limit=limit,
                wait=wait,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
            since,
        )

    def changes_page(
        self,
        *,
        since: str | None = None,
        limit: int | None = None,
        wait: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskChanges:
        """List changes.

        Lists what has changed since the change token in `since`, in the order in which the
        changes were committed: tasks and lists that were created or changed, in their current
        state, and the ids of those that were deleted. Without `since`, it lists every task and
        every list.

        A task can come before the list or the parent that it names, if that changed later. The
        references are complete when `has_more` is `False`.

        Repeat the request with `next_since` as `since` while `has_more` is `True`, and keep the
        last `next_since` for the next time. Skip changes whose `type` you do not know, because
        later versions may add types.

        A change token works only for the user that received it. `410` means that the server has
        forgotten deletions that happened after the token, or that the user has deleted
        everything: discard your copy and start again without `since`.

        **Waiting.** With `wait`, a request that finds no change waits for one, and responds as
        soon as there is something, or after that many seconds without anything. Send the next
        request at once: a client in such a loop hears of a change within a moment, and sends
        two requests in a minute as long as nothing changes. Where changes are frequent, a
        stream takes fewer requests.

        **Events.** With `Accept: text/event-stream`, the response is a stream of [server-sent
        events](https://html.spec.whatwg.org/multipage/server-sent-events.html) that stays open.
        It begins with what `since` has missed. Each event named `changes` has one page: its
        `data` is what a response in JSON contains, and its `id` is the page's `next_since`. If
        the stream ends, send the last id in `Last-Event-ID`, which takes the place of `since`,
        and nothing is lost or repeated. Lines that begin with a colon say only that the
        connection is alive; there is one at least every 15 seconds. A stream ends when its
        token expires, when the server restarts, when the user deletes everything, or after an
        hour. Wait a moment at random before you connect again; if there was no event yet, with
        the same `since`. Events are not compressed: read the first pages of a large account in
        JSON. A user can have a hundred requests that wait, streams among them; a further one
        gets `429`. `EventSource` in browsers cannot send a token, so read the stream with
        `fetch`.

        Args:
            since: A change token: the `next_since` of an earlier response. Without it, the
                response lists every task and every list.
            limit: The maximum number of changes in a response, or in an event. If their
                tasks are very long, a response has fewer.
            wait: How many seconds to wait for a change if there is none. Without it, or
                with 0, the response comes at once. An event stream waits in any case.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            TaskChanges._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/task-changes",
                statuses=(200,),
                query={
                    "since": since,
                    "limit": limit,
                    "wait": wait,
                },
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def export(
        self,
        *,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Export:
        """Export all tasks.

        Iterate over the result: tasks come as they arrive, and `IncompleteExportError` is
        raised if the export is cut off.

        Args:
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        call = Call(
            "GET",
            f"/api/v1/users/{segment(user_id)}/task-export",
            statuses=(200,),
            extra_headers=extra_headers,
            timeout=timeout,
            max_retries=max_retries,
        )
        return Export(lambda: self._transport.stream(call))


class HistoryResource:
    """What was changed, by which client and when, and how to take it back."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def restore_task(
        self,
        task_id: str,
        version: int,
        *,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task:
        """Restore an earlier version.

        Makes the task what it was in an earlier version: all fields that a client can write,
        and `completed_at`. It gets a new version. A task that was deleted is there again, under
        its id. A version that `listTaskVersions` does not list gets `404`. Restoring the
        present version changes nothing.

        A task that is there keeps its place in the manual order. One that was deleted comes
        back to its former place. If its list no longer exists, it comes to the inbox. If its
        parent no longer exists, is a subtask itself or can have no more subtasks, or if the
        task has subtasks, it becomes or stays a task of its own; a subtask is always in the
        list of its parent. If another task of its series recurs, `recurrence` is not restored.
        A version without `recurrence`, such as a completed occurrence, ends the series of a
        task that recurs, as `recurrence: null` does.

        A precondition is compared with the present version. A deleted task has none: it meets
        `If-None-Match: *` and no `If-Match`.

        Args:
            task_id: The task's `id`.
            version: The `version` of the task to restore.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            Task._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}/restore",
                statuses=(200,),
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                body=given(
                    {
                        "version": version,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def list_task_versions(
        self,
        task_id: str,
        *,
        limit: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Pager[TaskVersion]:
        """List the versions of a task.

        Iterate over the result: the next page is read when it is needed.

        Args:
            task_id: The task's `id`.
            limit: The maximum number of versions on a page. If they are very long, a page
                has fewer.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return Pager(
            lambda cursor: self.list_task_versions_page(
                task_id=task_id,
                limit=limit,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
                cursor=cursor,
            ),
        )

    @overload
    def list_task_versions_page(
        self,
        task_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskVersions: ...
    @overload
    def list_task_versions_page(
        self,
        task_id: str,
        *,
        if_none_match: str | int | HasETag,
        limit: int | None = None,
        cursor: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskVersions | None: ...
    def list_task_versions_page(
        self,
        task_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskVersions | None:
        """List the versions of a task.

        Returns the task as it was after each of its changes, the newest first, with the client,
        the operation and the time of the change. A deletion is an item without `task`. The
        versions of a deleted task can be read as well, for as long as the server keeps the
        history.

        The oldest item of the last page may be a version whose change the server has forgotten:
        then `change`, `operation` and `client_id` are `None`, and `at` is the task's
        `updated_at`.

        Args:
            task_id: The task's `id`.
            limit: The maximum number of versions on a page. If they are very long, a page
                has fewer.
            cursor: The `next_cursor` of the previous page.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get_if_changed(
            TaskVersions._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}/versions",
                statuses=(200,),
                query={
                    "limit": limit,
                    "cursor": cursor,
                },
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def list_changes(
        self,
        *,
        limit: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Pager[RecordedChange]:
        """List the history.

        Iterate over the result: the next page is read when it is needed.

        Args:
            limit: The maximum number of changes on a page.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return Pager(
            lambda cursor: self.list_changes_page(
                limit=limit,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
                cursor=cursor,
            ),
        )

    @overload
    def list_changes_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> RecordedChanges: ...
    @overload
    def list_changes_page(
        self,
        *,
        if_none_match: str | int | HasETag,
        limit: int | None = None,
        cursor: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> RecordedChanges | None: ...
    def list_changes_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> RecordedChanges | None:
        """List the history.

        Returns what was changed, the newest first: one item for each request that has changed
        tasks or lists, with the operation, the client, the time, and up to three of the tasks
        and lists in `items`. Each can be undone with `undoChange`, unless something was changed
        later or `undone_by` names an undo. To offer deleted tasks for restoring, show the items
        with the action `deleted`, and use `restoreTask`. To keep a copy of the tasks up to
        date, use `listTaskChanges`.

        Args:
            limit: The maximum number of changes on a page.
            cursor: The `next_cursor` of the previous page.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get_if_changed(
            RecordedChanges._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/changes",
                statuses=(200,),
                query={
                    "limit": limit,
                    "cursor": cursor,
                },
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def undo_change(
        self,
        change: str,
        *,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Undo:
        """Undo a change.

        Reverses everything that one request has changed, in one change of its own: tasks and
        lists that it created are deleted, those that it deleted are there again under their
        ids, and those that it changed are as they were, with their place and `completed_at`.
        Each gets a new version. Either all of it is undone or nothing.

        If one of them was changed later, or if its parent or its list is no longer there, the
        response is `409` with the type `changed-since`. Then `errors` lists up to 100 of them,
        with `tasks` or `lists` and the id in `loc`, and in `msg` by which change it was
        changed: undo the later changes first, the newest first, or use `restoreTask`. A change
        that was undone before gets `409` with the type `already-undone`. An undo can be undone
        in the same way; then the change is in effect again, and can be undone again.

        A change that the server does not know, or no longer knows, gets `404`. After
        `deleteUserData`, ids of changes begin anew, so discard those that you have kept. The
        request has no body.

        Args:
            change: The change's id, from the header `Change` or from `listChanges`.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            Undo._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/changes/{segment(change)}/undo",
                statuses=(200,),
                headers={"Idempotency-Key": new_key(idempotency_key)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )


class ListsResource:
    """The lists that a user's tasks can be in."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        limit: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Pager[TaskList]:
        """List lists.

        Iterate over the result: the next page is read when it is needed.

        Args:
            limit: The maximum number of lists on a page.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return Pager(
            lambda cursor: self.list_page(
                limit=limit,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
                cursor=cursor,
            ),
        )

    @overload
    def list_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskListPage: ...
    @overload
    def list_page(
        self,
        *,
        if_none_match: str | int | HasETag,
        limit: int | None = None,
        cursor: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskListPage | None: ...
    def list_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskListPage | None:
        """List lists.

        Returns the user's lists in their manual order, one page at a time. The inbox, which has
        the tasks in no list, is not one of them.

        Args:
            limit: The maximum number of lists on a page.
            cursor: The `next_cursor` of the previous page.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get_if_changed(
            TaskListPage._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/lists",
                statuses=(200,),
                query={
                    "limit": limit,
                    "cursor": cursor,
                },
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def create(
        self,
        *,
        name: str,
        id: str | NotGiven = NOT_GIVEN,
        metadata: Mapping[str, str] | NotGiven = NOT_GIVEN,
        place: Place | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskList:
        """Create a list.

        Creates a list. Only `name` is required. A new list comes last in the manual order
        unless `place` states another place. A user can have 500 lists: creating another one
        gets `403` with the type `quota-exceeded`.

        Args:
            id: The id of the new list, a UUID of your choice but not the nil or the max
                UUID; the server chooses one when it is absent. It is stored and returned in
                lower case. `409` with the type `id-taken` if you have a list with this id, or
                had one whose deletion is still remembered (for at least 30 days).
            name: The name of the list. White space at its start and end is removed. The
                limits apply to the rest, which must not be empty.
            metadata: Up to 16 texts of your own, by name: for example the task's id in
                another system. The server does not interpret them. A name has 1 to 40
                characters: lower-case letters `a` to `z`, digits, `_`, `.` and `-`.
            place: Moves the task or list in the manual order: exactly one of the four.
                `before` and `after` name another task (or list) of the user. Tasks of all lists
                have one order: the first place is also the first one of the task's list.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            TaskList._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/lists",
                statuses=(201,),
                headers={"Idempotency-Key": new_key(idempotency_key)},
                body=given(
                    {
                        "id": id,
                        "name": name,
                        "metadata": metadata,
                        "place": place,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    @overload
    def get(
        self,
        list_id: str,
        *,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskList: ...
    @overload
    def get(
        self,
        list_id: str,
        *,
        if_none_match: str | int | HasETag,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskList | None: ...
    def get(
        self,
        list_id: str,
        *,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskList | None:
        """Get a list.

        Returns one list. With the list's entity tag in `If-None-Match`, the response is `304`
        while the list is unchanged.

        Args:
            list_id: The list's `id`.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get_if_changed(
            TaskList._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/lists/{segment(list_id)}",
                statuses=(200,),
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def update(
        self,
        list_id: str,
        *,
        name: str | NotGiven = NOT_GIVEN,
        metadata: Mapping[str, str | None] | NotGiven = NOT_GIVEN,
        place: Place | NotGiven = NOT_GIVEN,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskList:
        """Update a list.

        Changes only the fields in the request (JSON merge patch, RFC 7396). At least one field
        is required. In `metadata`, absent names keep their values, and `None` removes a name.

        Args:
            list_id: The list's `id`.
            name: The name of the list. White space at its start and end is removed. The
                limits apply to the rest, which must not be empty.
            metadata: The metadata to change. A text sets the name's value, `None` removes
                the name, and absent names keep their values. Afterwards, the task may have up
                to 16 names.
            place: Moves the task or list in the manual order: exactly one of the four.
                `before` and `after` name another task (or list) of the user. Tasks of all lists
                have one order: the first place is also the first one of the task's list.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            TaskList._decode,
            Call(
                "PATCH",
                f"/api/v1/users/{segment(user_id)}/lists/{segment(list_id)}",
                statuses=(200,),
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                body=given(
                    {
                        "name": name,
                        "metadata": metadata,
                        "place": place,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def delete(
        self,
        list_id: str,
        *,
        tasks: OnDelete | None = None,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskListDeletion:
        """Delete a list.

        Deletes the list. If it has tasks, `tasks` must state what happens to them, as in
        `?tasks=detach`: `delete` deletes them, and `detach` moves them to the inbox; otherwise
        the response is `409` with the type `not-empty`.

        With thousands of tasks, one request may not be enough: `has_more` is then `True`, and
        the list is still there with the rest of its tasks. Repeat the request, without an
        `Idempotency-Key` or with a new one, until it is `False`. What one request does becomes
        visible at once.

        Args:
            list_id: The list's `id`.
            tasks: What happens to the tasks in the list: `delete` deletes them, and
                `detach` moves them to the inbox.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            TaskListDeletion._decode,
            Call(
                "DELETE",
                f"/api/v1/users/{segment(user_id)}/lists/{segment(list_id)}",
                statuses=(200,),
                query={"tasks": tasks},
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )


class UserResource:
    """The operations of `client.user`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def delete_everything(
        self,
        *,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Erasure:
        """Delete everything.

        Deletes all the user's data: tasks, lists, the history, the records of deleted tasks and
        lists, and the stored results of requests with an `Idempotency-Key`. This cannot be
        undone. The token remains valid, and the user can create tasks and lists again. Earlier
        change tokens get `410`. Discard stored entity tags and ids of changes as well: a task
        or list that is created again with the same id has the version 1 once more, and the ids
        of changes begin anew. Repeating the request is harmless, so it takes no
        `Idempotency-Key`.

        With hundreds of thousands of tasks, one request does not delete everything. The
        response is then `202`, and the server deletes the rest in the background. Repeating the
        request speeds this up; `200` means that nothing is left. Until then, pages,
        `task-changes` and the export are empty. A task that is not deleted yet can still be
        read by its id, but no task and no list can be created or changed: such a request gets
        `409` with the type `erasure-in-progress`.

        Args:
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            Erasure._decode,
            Call(
                "DELETE",
                f"/api/v1/users/{segment(user_id)}",
                statuses=(200, 202,),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )


class SessionResource:
    """What the token states about the caller."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(
        self,
        *,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Session:
        """Get the session.

        Returns the user that the token names, when the token expires, the client that it was
        issued to, and its scopes. Any valid token can be used, whatever its scopes are.

        Args:
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            Session._decode,
            Call(
                "GET",
                "/api/v1/session",
                statuses=(200,),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )


class ServiceResource:
    """The health of the service, and its contract. These operations need no token."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def liveness(
        self,
        *,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Health:
        """Check liveness.

        Returns `200` while the process can respond at all; it does not use the database. `503`
        means only that too many of these checks are in progress at once.

        Args:
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            Health._decode,
            Call(
                "GET",
                "/healthz",
                statuses=(200,),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def readiness(
        self,
        *,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Health:
        """Check readiness.

        Returns `200` if the database is reachable, its schema is current and the process is not
        shutting down, otherwise `503`. It is intended for load balancers: each result is reused
        for a second, however many requests ask for it.

        Args:
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return self._transport.get(
            Health._decode,
            Call(
                "GET",
                "/readyz",
                statuses=(200,),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )


class Resources:
    """All operations, by what they concern."""

    def __init__(self, transport: Transport) -> None:
        self.tasks = TasksResource(transport)
        self.history = HistoryResource(transport)
        self.lists = ListsResource(transport)
        self.user = UserResource(transport)
        self.session = SessionResource(transport)
        self.service = ServiceResource(transport)


class AsyncTasksResource:
    """The tasks of one user. No other user can read or change them, or learn that they exist."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        completed: bool | None = None,
        q: str | None = None,
        due_from: date | str | None = None,
        due_to: date | str | None = None,
        overdue_at: datetime | str | None = None,
        available_at: datetime | str | None = None,
        has_due: bool | None = None,
        priority: str | None = None,
        labels_all: str | None = None,
        labels_any: str | None = None,
        labels_none: str | None = None,
        metadata: str | None = None,
        list_id: str | None = None,
        parent_id: str | None = None,
        completed_from: datetime | str | None = None,
        completed_to: datetime | str | None = None,
        sort: TaskSort | None = None,
        limit: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> AsyncPager[Task]:
        r"""List tasks.

        Iterate over the result: the next page is read when it is needed.

        Args:
            completed: `True` for completed tasks only, `False` for open tasks only. Without
                it, the response has both.
            q: Only tasks whose title or description contains this text. Letter case does
                not matter, and `%`, `_` and `\` have no special meaning. Text is compared
                character by character: a letter with an accent matches only if it is encoded in
                the same way, composed or decomposed. If the user has thousands of tasks, a page
                can be short or empty and still have a next page: see `next_cursor`.
            due_from: Only tasks that are due on this day or later, by the date as it is
                written in `due`.
            due_to: Only tasks that are due on this day or earlier, by the date as it is
                written in `due`.
            overdue_at: Only open tasks that are overdue at this time: RFC 3339 with the
                user's offset from UTC. A day is overdue when it is before the date at that
                offset, a local time when it is before the time at that offset, and a time in a
                time zone when its instant is before this one. In a URL, write the `+` of an
                offset as `%2B`.
            available_at: Only open tasks that can be worked on at this time: those without
                `start`, and those whose `start` is not later, by the same rules as
                `overdue_at`.
            has_due: `True` for tasks that have `due` only, `False` for tasks that have none
                only.
            priority: Only tasks with one of these priorities, separated by commas. Spaces
                around them are ignored.
            labels_all: Only tasks that have all of these labels, separated by commas.
                Letter case does not matter.
            labels_any: Only tasks that have one of these labels or more.
            labels_none: Only tasks that have none of these labels.
            metadata: Only tasks whose metadata has this text under this name: `name:text`,
                as in `crm.ticket:4711`.
            list_id: Only tasks in this list, or with `none` only those in no list.
            parent_id: Only subtasks of this task, or with `none` only tasks that are not
                subtasks.
            completed_from: Only tasks that were completed at this time or later.
            completed_to: Only tasks that were completed at this time or earlier.
            sort: The order of the tasks. A leading `-` means descending. Titles are ordered
                by the code points of their characters. `due` orders by the date and the time as
                they are written, whatever the time zone: a day comes before its times, and
                tasks without `due` come last in both directions. `priority` orders from `none`
                to `urgent`, and `position` is the manual order. Tasks without a value (no
                `due`, or the priority `none`) are found among all of the user's tasks, so if
                there are thousands, a page can be short or empty and still have a next page:
                see `next_cursor`.
            limit: The maximum number of tasks on a page.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return AsyncPager(
            lambda cursor: self.list_page(
                completed=completed,
                q=q,
                due_from=due_from,
                due_to=due_to,
                overdue_at=overdue_at,
                available_at=available_at,
                has_due=has_due,
                priority=priority,
                labels_all=labels_all,
                labels_any=labels_any,
                labels_none=labels_none,
                metadata=metadata,
                list_id=list_id,
                parent_id=parent_id,
                completed_from=completed_from,
                completed_to=completed_to,
                sort=sort,
                limit=limit,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
                cursor=cursor,
            ),
        )

    @overload
    async def list_page(
        self,
        *,
        completed: bool | None = None,
        q: str | None = None,
        due_from: date | str | None = None,
        due_to: date | str | None = None,
        overdue_at: datetime | str | None = None,
        available_at: datetime | str | None = None,
        has_due: bool | None = None,
        priority: str | None = None,
        labels_all: str | None = None,
        labels_any: str | None = None,
        labels_none: str | None = None,
        metadata: str | None = None,
        list_id: str | None = None,
        parent_id: str | None = None,
        completed_from: datetime | str | None = None,
        completed_to: datetime | str | None = None,
        sort: TaskSort | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskPage: ...
    @overload
    async def list_page(
        self,
        *,
        if_none_match: str | int | HasETag,
        completed: bool | None = None,
        q: str | None = None,
        due_from: date | str | None = None,
        due_to: date | str | None = None,
        overdue_at: datetime | str | None = None,
        available_at: datetime | str | None = None,
        has_due: bool | None = None,
        priority: str | None = None,
        labels_all: str | None = None,
        labels_any: str | None = None,
        labels_none: str | None = None,
        metadata: str | None = None,
        list_id: str | None = None,
        parent_id: str | None = None,
        completed_from: datetime | str | None = None,
        completed_to: datetime | str | None = None,
        sort: TaskSort | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskPage | None: ...
    async def list_page(
        self,
        *,
        completed: bool | None = None,
        q: str | None = None,
        due_from: date | str | None = None,
        due_to: date | str | None = None,
        overdue_at: datetime | str | None = None,
        available_at: datetime | str | None = None,
        has_due: bool | None = None,
        priority: str | None = None,
        labels_all: str | None = None,
        labels_any: str | None = None,
        labels_none: str | None = None,
        metadata: str | None = None,
        list_id: str | None = None,
        parent_id: str | None = None,
        completed_from: datetime | str | None = None,
        completed_to: datetime | str | None = None,
        sort: TaskSort | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskPage | None:
        r"""List tasks.

        Returns the user's tasks, from all lists, one page at a time. Filters choose among them,
        and `sort` orders them. A task must pass all filters: if they exclude each other, the
        page is empty. Tasks with equal values are ordered by `id`, so pages neither repeat nor
        skip a task while others are created or deleted.

        Args:
            completed: `True` for completed tasks only, `False` for open tasks only. Without
                it, the response has both.
            q: Only tasks whose title or description contains this text. Letter case does
                not matter, and `%`, `_` and `\` have no special meaning. Text is compared
                character by character: a letter with an accent matches only if it is encoded in
                the same way, composed or decomposed. If the user has thousands of tasks, a page
                can be short or empty and still have a next page: see `next_cursor`.
            due_from: Only tasks that are due on this day or later, by the date as it is
                written in `due`.
            due_to: Only tasks that are due on this day or earlier, by the date as it is
                written in `due`.
            overdue_at: Only open tasks that are overdue at this time: RFC 3339 with the
                user's offset from UTC. A day is overdue when it is before the date at that
                offset, a local time when it is before the time at that offset, and a time in a
                time zone when its instant is before this one. In a URL, write the `+` of an
                offset as `%2B`.
            available_at: Only open tasks that can be worked on at this time: those without
                `start`, and those whose `start` is not later, by the same rules as
                `overdue_at`.
            has_due: `True` for tasks that have `due` only, `False` for tasks that have none
                only.
            priority: Only tasks with one of these priorities, separated by commas. Spaces
                around them are ignored.
            labels_all: Only tasks that have all of these labels, separated by commas.
                Letter case does not matter.
            labels_any: Only tasks that have one of these labels or more.
            labels_none: Only tasks that have none of these labels.
            metadata: Only tasks whose metadata has this text under this name: `name:text`,
                as in `crm.ticket:4711`.
            list_id: Only tasks in this list, or with `none` only those in no list.
            parent_id: Only subtasks of this task, or with `none` only tasks that are not
                subtasks.
            completed_from: Only tasks that were completed at this time or later.
            completed_to: Only tasks that were completed at this time or earlier.
            sort: The order of the tasks. A leading `-` means descending. Titles are ordered
                by the code points of their characters. `due` orders by the date and the time as
                they are written, whatever the time zone: a day comes before its times, and
                tasks without `due` come last in both directions. `priority` orders from `none`
                to `urgent`, and `position` is the manual order. Tasks without a value (no
                `due`, or the priority `none`) are found among all of the user's tasks, so if
                there are thousands, a page can be short or empty and still have a next page:
                see `next_cursor`.
            limit: The maximum number of tasks on a page.
            cursor: The `next_cursor` of the previous page. Send it with the same `sort` and
                the same filters.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get_if_changed(
            TaskPage._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/tasks",
                statuses=(200,),
                query={
                    "completed": completed,
                    "q": q,
                    "due_from": day(due_from),
                    "due_to": day(due_to),
                    "overdue_at": overdue_at,
                    "available_at": available_at,
                    "has_due": has_due,
                    "priority": priority,
                    "labels_all": labels_all,
                    "labels_any": labels_any,
                    "labels_none": labels_none,
                    "metadata": metadata,
                    "list_id": list_id,
                    "parent_id": parent_id,
                    "completed_from": completed_from,
                    "completed_to": completed_to,
                    "sort": sort,
                    "limit": limit,
                    "cursor": cursor,
                },
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def create(
        self,
        *,
        title: str,
        id: str | NotGiven = NOT_GIVEN,
        description: str | None | NotGiven = NOT_GIVEN,
        completed: bool | NotGiven = NOT_GIVEN,
        due: str | None | NotGiven = NOT_GIVEN,
        start: str | None | NotGiven = NOT_GIVEN,
        priority: Priority | NotGiven = NOT_GIVEN,
        labels: Sequence[str] | NotGiven = NOT_GIVEN,
        metadata: Mapping[str, str] | NotGiven = NOT_GIVEN,
        list_id: str | None | NotGiven = NOT_GIVEN,
        parent_id: str | None | NotGiven = NOT_GIVEN,
        place: Place | NotGiven = NOT_GIVEN,
        recurrence: RecurrenceSetting | None | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task:
        """Create a task.

        Creates a task. Only `title` is required. With an `id` of your choice, you know the
        task's id before the response, and creating the same task again gets `409` instead of a
        second task. A new task is in the inbox, or with `list_id` in that list; with
        `parent_id` it is a subtask. It comes last in the manual order unless `place` states
        another place.

        Args:
            id: The id of the new task, a UUID of your choice but not the nil or the max
                UUID; the server chooses one when it is absent. It is stored and returned in
                lower case. `409` with the type `id-taken` if you have a task with this id, or
                had one whose deletion is still remembered (for at least 30 days).
            title: The title of the task. White space at its start and end is removed. The
                limits apply to the rest, which must not be empty.
            description: Notes about the task, or `None`.
            completed: Whether the task is completed. `False` when absent.
            due: When the task is due, or `None`: a day (`2026-03-01`), a local time
                (`2026-03-01T09:30`), or a time in a time zone
                (`2026-03-01T09:30[Europe/Berlin]`).
            start: Before this, the task is not to be worked on; or `None`. It has the same
                forms as `due`, and may be later than `due`.
            priority: How important the task is, from `none` to `urgent`.
            labels: The labels of the task, in the order in which they were given. No two of
                them may be equal apart from letter case. A new list of labels replaces the
                previous one.
            metadata: Up to 16 texts of your own, by name: for example the task's id in
                another system. The server does not interpret them. A name has 1 to 40
                characters: lower-case letters `a` to `z`, digits, `_`, `.` and `-`.
            list_id: The list that the task is in, or `None` for the inbox. A subtask is in
                the list of its parent: leave `list_id` out, or send that of the parent. For a
                new task, `None` is the same as leaving it out; in a change of a subtask, `None`
                is `422` unless its parent is in the inbox.
            parent_id: The task that this task is a subtask of, or `None`. A subtask has no
                subtasks of its own. Sending `None` makes it a task of its own, in the same
                list.
            place: Moves the task or list in the manual order: exactly one of the four.
                `before` and `after` name another task (or list) of the user. Tasks of all lists
                have one order: the first place is also the first one of the task's list.
            recurrence: How the task recurs, or `None`. It needs `due`. A subtask, or a
                completed task, cannot recur, nor can a reopened task while another task of its
                series recurs. When absent, `anchor` is `schedule` and `missed` is `skip`; a
                partial update keeps what they were, but always needs `rrule`: send the present
                one to change only `anchor` or `missed`.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            Task._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/tasks",
                statuses=(201,),
                headers={"Idempotency-Key": new_key(idempotency_key)},
                body=given(
                    {
                        "id": id,
                        "title": title,
                        "description": description,
                        "completed": completed,
                        "due": due,
                        "start": start,
                        "priority": priority,
                        "labels": labels,
                        "metadata": metadata,
                        "list_id": list_id,
                        "parent_id": parent_id,
                        "place": place,
                        "recurrence": recurrence,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def delete_completed(
        self,
        *,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> DeletedCount:
        """Delete completed tasks.

        Deletes the user's completed tasks, the oldest first, in all lists. `completed=true` is
        required, so that a mistyped request cannot delete open tasks. A completed task that has
        an open subtask stays, however often the request is sent; completed subtasks are
        deleted.

        With thousands of completed tasks, one request may not be enough: `has_more` is then
        `True`, which means that a repetition deletes more. Repeat the request, without an
        `Idempotency-Key` or with a new one, until it is `False`. Each request is one change,
        which can be undone; the user's other changes can happen between two requests.

        Args:
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            DeletedCount._decode,
            Call(
                "DELETE",
                f"/api/v1/users/{segment(user_id)}/tasks",
                statuses=(200,),
                query={"completed": True},
                headers={"Idempotency-Key": new_key(idempotency_key)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    @overload
    async def get(
        self,
        task_id: str,
        *,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task: ...
    @overload
    async def get(
        self,
        task_id: str,
        *,
        if_none_match: str | int | HasETag,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task | None: ...
    async def get(
        self,
        task_id: str,
        *,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task | None:
        """Get a task.

        Returns one task. With the task's entity tag in `If-None-Match`, the response is `304`
        while the task is unchanged.

        Args:
            task_id: The task's `id`.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get_if_changed(
            Task._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}",
                statuses=(200,),
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def replace(
        self,
        task_id: str,
        *,
        title: str,
        description: str | None,
        completed: bool,
        due: str | None | NotGiven = NOT_GIVEN,
        start: str | None | NotGiven = NOT_GIVEN,
        priority: Priority | NotGiven = NOT_GIVEN,
        labels: Sequence[str] | NotGiven = NOT_GIVEN,
        metadata: Mapping[str, str] | NotGiven = NOT_GIVEN,
        list_id: str | None | NotGiven = NOT_GIVEN,
        parent_id: str | None | NotGiven = NOT_GIVEN,
        place: Place | NotGiven = NOT_GIVEN,
        recurrence: RecurrenceSetting | None | NotGiven = NOT_GIVEN,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task:
        """Replace a task.

        Replaces the content of an existing task. `title`, `description` and `completed` are
        required. Any other writable field keeps its value when it is absent, so a client never
        clears a field that it does not know. The request never creates a task. To change single
        fields, use `PATCH`.

        Args:
            task_id: The task's `id`.
            title: The title of the task. White space at its start and end is removed. The
                limits apply to the rest, which must not be empty.
            description: Notes about the task, or `None`.
            completed: Whether the task is completed.
            due: When the task is due, or `None`: a day (`2026-03-01`), a local time
                (`2026-03-01T09:30`), or a time in a time zone
                (`2026-03-01T09:30[Europe/Berlin]`).
            start: Before this, the task is not to be worked on; or `None`. It has the same
                forms as `due`, and may be later than `due`.
            priority: How important the task is, from `none` to `urgent`.
            labels: The labels of the task, in the order in which they were given. No two of
                them may be equal apart from letter case. A new list of labels replaces the
                previous one.
            metadata: Up to 16 texts of your own, by name: for example the task's id in
                another system. The server does not interpret them. A name has 1 to 40
                characters: lower-case letters `a` to `z`, digits, `_`, `.` and `-`.
            list_id: The list that the task is in, or `None` for the inbox. A subtask is in
                the list of its parent: leave `list_id` out, or send that of the parent. For a
                new task, `None` is the same as leaving it out; in a change of a subtask, `None`
                is `422` unless its parent is in the inbox.
            parent_id: The task that this task is a subtask of, or `None`. A subtask has no
                subtasks of its own. Sending `None` makes it a task of its own, in the same
                list.
            place: Moves the task or list in the manual order: exactly one of the four.
                `before` and `after` name another task (or list) of the user. Tasks of all lists
                have one order: the first place is also the first one of the task's list.
            recurrence: How the task recurs, or `None`. It needs `due`. A subtask, or a
                completed task, cannot recur, nor can a reopened task while another task of its
                series recurs. When absent, `anchor` is `schedule` and `missed` is `skip`; a
                partial update keeps what they were, but always needs `rrule`: send the present
                one to change only `anchor` or `missed`.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            Task._decode,
            Call(
                "PUT",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}",
                statuses=(200,),
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                body=given(
                    {
                        "title": title,
                        "description": description,
                        "completed": completed,
                        "due": due,
                        "start": start,
                        "priority": priority,
                        "labels": labels,
                        "metadata": metadata,
                        "list_id": list_id,
                        "parent_id": parent_id,
                        "place": place,
                        "recurrence": recurrence,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def update(
        self,
        task_id: str,
        *,
        title: str | NotGiven = NOT_GIVEN,
        description: str | None | NotGiven = NOT_GIVEN,
        completed: bool | NotGiven = NOT_GIVEN,
        due: str | None | NotGiven = NOT_GIVEN,
        start: str | None | NotGiven = NOT_GIVEN,
        priority: Priority | NotGiven = NOT_GIVEN,
        labels: Sequence[str] | NotGiven = NOT_GIVEN,
        metadata: Mapping[str, str | None] | NotGiven = NOT_GIVEN,
        list_id: str | None | NotGiven = NOT_GIVEN,
        parent_id: str | None | NotGiven = NOT_GIVEN,
        place: Place | NotGiven = NOT_GIVEN,
        recurrence: RecurrenceSetting | None | NotGiven = NOT_GIVEN,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task:
        """Update a task.

        Changes only the fields in the request (JSON merge patch, RFC 7396). An absent field
        keeps its value, and `None` clears `description`, `due`, `start`, `list_id`, `parent_id`
        or `recurrence`. In `metadata`, absent names keep their values, and `None` removes a
        name. `labels` is replaced as a whole. A `recurrence` always needs its `rrule`; `anchor`
        and `missed` keep their values when they are absent. At least one field is required.

        `place` moves the task in the manual order, and `list_id` to another list. `completed:
        true` completes the task as `completeTask` does, after the other changes, but without
        `completed_on`.

        Args:
            task_id: The task's `id`.
            title: The title of the task. White space at its start and end is removed. The
                limits apply to the rest, which must not be empty.
            description: Notes about the task, or `None`.
            completed: Whether the task is completed.
            due: When the task is due, or `None`: a day (`2026-03-01`), a local time
                (`2026-03-01T09:30`), or a time in a time zone
                (`2026-03-01T09:30[Europe/Berlin]`).
            start: Before this, the task is not to be worked on; or `None`. It has the same
                forms as `due`, and may be later than `due`.
            priority: How important the task is, from `none` to `urgent`.
            labels: The labels of the task, in the order in which they were given. No two of
                them may be equal apart from letter case. A new list of labels replaces the
                previous one.
            metadata: The metadata to change. A text sets the name's value, `None` removes
                the name, and absent names keep their values. Afterwards, the task may have up
                to 16 names.
            list_id: The list that the task is in, or `None` for the inbox. A subtask is in
                the list of its parent: leave `list_id` out, or send that of the parent. For a
                new task, `None` is the same as leaving it out; in a change of a subtask, `None`
                is `422` unless its parent is in the inbox.
            parent_id: The task that this task is a subtask of, or `None`. A subtask has no
                subtasks of its own. Sending `None` makes it a task of its own, in the same
                list.
            place: Moves the task or list in the manual order: exactly one of the four.
                `before` and `after` name another task (or list) of the user. Tasks of all lists
                have one order: the first place is also the first one of the task's list.
            recurrence: How the task recurs, or `None`. It needs `due`. A subtask, or a
                completed task, cannot recur, nor can a reopened task while another task of its
                series recurs. When absent, `anchor` is `schedule` and `missed` is `skip`; a
                partial update keeps what they were, but always needs `rrule`: send the present
                one to change only `anchor` or `missed`.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            Task._decode,
            Call(
                "PATCH",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}",
                statuses=(200,),
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                body=given(
                    {
                        "title": title,
                        "description": description,
                        "completed": completed,
                        "due": due,
                        "start": start,
                        "priority": priority,
                        "labels": labels,
                        "metadata": metadata,
                        "list_id": list_id,
                        "parent_id": parent_id,
                        "place": place,
                        "recurrence": recurrence,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def delete(
        self,
        task_id: str,
        *,
        children: OnDelete | None = None,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> ResponseInfo:
        """Delete a task.

        Deletes the task. `undoChange` and `restoreTask` bring it back under its id, for as long
        as the server keeps the history: 30 days, unless the operator has chosen otherwise. A
        second request gets `404`. A task that has subtasks is deleted only if `children` states
        what happens to them, as in `?children=detach`; otherwise the response is `409` with the
        type `not-empty`. Deleting the task of a series that recurs ends the series.

        Args:
            task_id: The task's `id`.
            children: What happens to the subtasks: `delete` deletes them, too, and `detach`
                makes them tasks of their own.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.send(
            Call(
                "DELETE",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}",
                statuses=(204,),
                query={"children": children},
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def complete(
        self,
        task_id: str,
        completed_on: date | str | NotGiven = NOT_GIVEN,
        *,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task:
        """Complete a task.

        Marks the task as completed. A task that is already completed does not change: it keeps
        its `completed_at` and its version. Its subtasks stay as they are.

        If the task recurs, the same change creates the task of the next occurrence: a copy with
        the next `due`, to which `recurrence` moves. `next_id` is its id, or `None` if the
        series has ended. However often, and from however many clients, the task is completed,
        there is one next task.

        The request needs no body. An empty object is accepted as well, because some
        intermediaries refuse a `PATCH` without a body.

        Args:
            task_id: The task's `id`.
            completed_on: The user's day of completion, for the next occurrence of a
                recurring task. Only `completeTask` and the operation `complete` of a batch have
                it. When it is absent, it is the day in the time zone of `due`, or in UTC if
                `due` has none.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            Task._decode,
            Call(
                "PATCH",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}/complete",
                statuses=(200,),
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                body=given(
                    {
                        "completed_on": day(completed_on),
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    @overload
    async def get_summary(
        self,
        *,
        overdue_at: datetime | str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskSummary: ...
    @overload
    async def get_summary(
        self,
        *,
        if_none_match: str | int | HasETag,
        overdue_at: datetime | str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskSummary | None: ...
    async def get_summary(
        self,
        *,
        overdue_at: datetime | str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskSummary | None:
        """Count tasks.

        Counts the user's tasks, subtasks included: the open ones, the completed ones, and of
        the open ones those that are overdue, those without a due time, those of each priority,
        those with each label and those in each list.

        The server does not know what time it is for the user, so the request contains it:
        `overdue_at` is the time at which tasks are overdue, with the user's offset from UTC. A
        day is overdue when it is before the date of `overdue_at`, a local time when it is
        before the local time of `overdue_at`, and a time in a zone when its instant is before
        `overdue_at`. So a task that is due on a day is not overdue on that day. Completed tasks
        are never overdue.

        The counts are exact for up to 50,000 open and 50,000 completed tasks. If there are
        more, only the latest are counted, and `partial` is `True`: then each count is a
        minimum. If tens of thousands of tasks have many labels each, some of these labels are
        left out, too.

        The response has an entity tag. Send it in `If-None-Match` to get `304` until one of the
        user's tasks changes. A later `overdue_at` is another query, with another tag: to poll,
        round it, for example to the minute.

        A user can have two of these requests in progress at once; a third gets `429`.

        Args:
            overdue_at: The time at which tasks are overdue, with an offset:
                `2026-03-01T09:30:00+01:00`. In a query, `+` is written as `%2B`. Without it,
                `overdue` is `None`.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get_if_changed(
            TaskSummary._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/task-summary",
                statuses=(200,),
                query={"overdue_at": overdue_at},
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def list_labels(
        self,
        *,
        limit: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> AsyncPager[LabelCount]:
        """List labels.

        Iterate over the result: the next page is read when it is needed.

        Args:
            limit: The maximum number of labels on a page.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return AsyncPager(
            lambda cursor: self.list_labels_page(
                limit=limit,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
                cursor=cursor,
            ),
        )

    @overload
    async def list_labels_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> LabelPage: ...
    @overload
    async def list_labels_page(
        self,
        *,
        if_none_match: str | int | HasETag,
        limit: int | None = None,
        cursor: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> LabelPage | None: ...
    async def list_labels_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> LabelPage | None:
        """List labels.

        Lists the labels of the user's tasks, one page at a time, with the number of tasks that
        have each. A label exists while a task has it: it needs no creation.

        Labels that are equal apart from letter case are one label. It is shown in the spelling
        that most tasks have; if several are equally frequent, in the one whose characters have
        the lowest code points. The labels are ordered by the code points of their lower-case
        characters.

        The list is complete for up to 50,000 open and 50,000 completed tasks. If there are
        more, or if tens of thousands of them have many labels each, only the latest are
        counted, and `partial` is `True`: then each count is a minimum, and labels may be
        missing.

        A user can have two of these requests in progress at once; a third gets `429`.

        Args:
            limit: The maximum number of labels on a page.
            cursor: The `next_cursor` of the previous page.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get_if_changed(
            LabelPage._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/labels",
                statuses=(200,),
                query={
                    "limit": limit,
                    "cursor": cursor,
                },
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def rename_label(
        self,
        *,
        label: str,
        new_label: str | None,
        cursor: str | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> LabelRenamed:
        """Rename or remove a label.

        Gives a label another name on all the user's tasks, or removes it from them with
        `new_label: null`. Labels are compared without letter case, so this can also change only
        the letter case of a label. Each task keeps the order of its labels. If a task has both
        labels, they become one: the first of the two keeps its place, and its spelling if it is
        the new label already. If no task has the label, nothing changes, and `changed` is 0.

        Every task that is changed gets a new version and a new `updated_at`, and is in
        `task-changes`. A task that already has the result stays as it is.

        What one request changes becomes visible at once: other requests see all of it, or
        nothing. A request examines the user's tasks, the oldest first, for about half a second,
        which is enough to change thousands of them. If tasks are left to examine, `next_cursor`
        is not `None`: repeat the request with it as `cursor`, without an `Idempotency-Key` or
        with a new one, until it is `None`. The user's other changes can happen in between.

        Args:
            label: A label. White space at its start and end is removed, and its characters
                are composed (Unicode NFC) before its length is checked. It has no comma and no
                control characters. Letter case is compared character by character: `ß` is not
                `ss`, and `İ` is `i`.
            new_label: The new label, or `None` to remove the label from all tasks. It is
                written like the labels of a task.
            cursor: The `next_cursor` of the previous request, with the same labels.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            LabelRenamed._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/label-renames",
                statuses=(200,),
                headers={"Idempotency-Key": new_key(idempotency_key)},
                body=given(
                    {
                        "label": label,
                        "new_label": new_label,
                        "cursor": cursor,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def batch(
        self,
        operations: Sequence[BatchOperation],
        *,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskBatchResult:
        """Change many tasks at once.

        Applies up to 100 operations in the given order: all of them or, if one cannot be
        applied, none. An operation sees the changes that earlier operations have made. With
        `if_version`, an operation applies only if the task or list has that version at that
        point. The time of each operation is one microsecond after that of the previous one, so
        `task-changes`, and tasks sorted by time, keep the order of the request.

        If an operation cannot be applied, the response is `422`, nothing has changed, and
        `errors` identifies the operation by its index: `["body", "operations", 3, "id"]` with
        the type `not_found`, or `["body", "operations", 3, "if_version"]` with the type
        `version_mismatch`. A creation may choose the `id` of the task or list, and later
        operations of the same batch may name it: create a list, then tasks in it, or a task,
        then its subtasks. If the id of a task is taken, the type is `id_taken`, at `["body",
        "operations", 3, "task", "id"]`. `errors` identifies only the first operation that
        cannot be applied. If that is a creation whose id is taken, `errors` identifies all such
        creations of the batch, in order: leave them out to continue an import.

        Args:
            operations: The operations.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            TaskBatchResult._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/task-batches",
                statuses=(200,),
                headers={"Idempotency-Key": new_key(idempotency_key)},
                body=given(
                    {
                        "operations": operations,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def changes(
        self,
        *,
        since: str | None = None,
        limit: int | None = None,
        wait: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> AsyncChanges[TaskChange]:
        """List changes.

        Iterate over the result: the next page is read when it is needed. Then store
        `next_since`.

        Args:
            since: A change token: the `next_since` of an earlier response. Without it, the
                response lists every task and every list.
            limit: The maximum number of changes in a response, or in an event. If their
                tasks are very long, a response has fewer.
            wait: How many seconds to wait for a change if there is none. Without it, or
                with 0, the response comes at once. An event stream waits in any case.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return AsyncChanges(
            lambda since_: self.changes_page(
                since=since_,
                limit=limit,
                wait=wait,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
            since,
        )

    async def changes_page(
        self,
        *,
        since: str | None = None,
        limit: int | None = None,
        wait: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskChanges:
        """List changes.

        Lists what has changed since the change token in `since`, in the order in which the
        changes were committed: tasks and lists that were created or changed, in their current
        state, and the ids of those that were deleted. Without `since`, it lists every task and
        every list.

        A task can come before the list or the parent that it names, if that changed later. The
        references are complete when `has_more` is `False`.

        Repeat the request with `next_since` as `since` while `has_more` is `True`, and keep the
        last `next_since` for the next time. Skip changes whose `type` you do not know, because
        later versions may add types.

        A change token works only for the user that received it. `410` means that the server has
        forgotten deletions that happened after the token, or that the user has deleted
        everything: discard your copy and start again without `since`.

        **Waiting.** With `wait`, a request that finds no change waits for one, and responds as
        soon as there is something, or after that many seconds without anything. Send the next
        request at once: a client in such a loop hears of a change within a moment, and sends
        two requests in a minute as long as nothing changes. Where changes are frequent, a
        stream takes fewer requests.

        **Events.** With `Accept: text/event-stream`, the response is a stream of [server-sent
        events](https://html.spec.whatwg.org/multipage/server-sent-events.html) that stays open.
        It begins with what `since` has missed. Each event named `changes` has one page: its
        `data` is what a response in JSON contains, and its `id` is the page's `next_since`. If
        the stream ends, send the last id in `Last-Event-ID`, which takes the place of `since`,
        and nothing is lost or repeated. Lines that begin with a colon say only that the
        connection is alive; there is one at least every 15 seconds. A stream ends when its
        token expires, when the server restarts, when the user deletes everything, or after an
        hour. Wait a moment at random before you connect again; if there was no event yet, with
        the same `since`. Events are not compressed: read the first pages of a large account in
        JSON. A user can have a hundred requests that wait, streams among them; a further one
        gets `429`. `EventSource` in browsers cannot send a token, so read the stream with
        `fetch`.

        Args:
            since: A change token: the `next_since` of an earlier response. Without it, the
                response lists every task and every list.
            limit: The maximum number of changes in a response, or in an event. If their
                tasks are very long, a response has fewer.
            wait: How many seconds to wait for a change if there is none. Without it, or
                with 0, the response comes at once. An event stream waits in any case.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            TaskChanges._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/task-changes",
                statuses=(200,),
                query={
                    "since": since,
                    "limit": limit,
                    "wait": wait,
                },
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def export(
        self,
        *,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> AsyncExport:
        """Export all tasks.

        Iterate over the result: tasks come as they arrive, and `IncompleteExportError` is
        raised if the export is cut off.

        Args:
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        call = Call(
            "GET",
            f"/api/v1/users/{segment(user_id)}/task-export",
            statuses=(200,),
            extra_headers=extra_headers,
            timeout=timeout,
            max_retries=max_retries,
        )
        return AsyncExport(lambda: self._transport.stream(call))


class AsyncHistoryResource:
    """What was changed, by which client and when, and how to take it back."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def restore_task(
        self,
        task_id: str,
        version: int,
        *,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Task:
        """Restore an earlier version.

        Makes the task what it was in an earlier version: all fields that a client can write,
        and `completed_at`. It gets a new version. A task that was deleted is there again, under
        its id. A version that `listTaskVersions` does not list gets `404`. Restoring the
        present version changes nothing.

        A task that is there keeps its place in the manual order. One that was deleted comes
        back to its former place. If its list no longer exists, it comes to the inbox. If its
        parent no longer exists, is a subtask itself or can have no more subtasks, or if the
        task has subtasks, it becomes or stays a task of its own; a subtask is always in the
        list of its parent. If another task of its series recurs, `recurrence` is not restored.
        A version without `recurrence`, such as a completed occurrence, ends the series of a
        task that recurs, as `recurrence: null` does.

        A precondition is compared with the present version. A deleted task has none: it meets
        `If-None-Match: *` and no `If-Match`.

        Args:
            task_id: The task's `id`.
            version: The `version` of the task to restore.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            Task._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}/restore",
                statuses=(200,),
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                body=given(
                    {
                        "version": version,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def list_task_versions(
        self,
        task_id: str,
        *,
        limit: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> AsyncPager[TaskVersion]:
        """List the versions of a task.

        Iterate over the result: the next page is read when it is needed.

        Args:
            task_id: The task's `id`.
            limit: The maximum number of versions on a page. If they are very long, a page
                has fewer.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return AsyncPager(
            lambda cursor: self.list_task_versions_page(
                task_id=task_id,
                limit=limit,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
                cursor=cursor,
            ),
        )

    @overload
    async def list_task_versions_page(
        self,
        task_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskVersions: ...
    @overload
    async def list_task_versions_page(
        self,
        task_id: str,
        *,
        if_none_match: str | int | HasETag,
        limit: int | None = None,
        cursor: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskVersions | None: ...
    async def list_task_versions_page(
        self,
        task_id: str,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskVersions | None:
        """List the versions of a task.

        Returns the task as it was after each of its changes, the newest first, with the client,
        the operation and the time of the change. A deletion is an item without `task`. The
        versions of a deleted task can be read as well, for as long as the server keeps the
        history.

        The oldest item of the last page may be a version whose change the server has forgotten:
        then `change`, `operation` and `client_id` are `None`, and `at` is the task's
        `updated_at`.

        Args:
            task_id: The task's `id`.
            limit: The maximum number of versions on a page. If they are very long, a page
                has fewer.
            cursor: The `next_cursor` of the previous page.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get_if_changed(
            TaskVersions._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/tasks/{segment(task_id)}/versions",
                statuses=(200,),
                query={
                    "limit": limit,
                    "cursor": cursor,
                },
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    def list_changes(
        self,
        *,
        limit: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> AsyncPager[RecordedChange]:
        """List the history.

        Iterate over the result: the next page is read when it is needed.

        Args:
            limit: The maximum number of changes on a page.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return AsyncPager(
            lambda cursor: self.list_changes_page(
                limit=limit,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
                cursor=cursor,
            ),
        )

    @overload
    async def list_changes_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> RecordedChanges: ...
    @overload
    async def list_changes_page(
        self,
        *,
        if_none_match: str | int | HasETag,
        limit: int | None = None,
        cursor: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> RecordedChanges | None: ...
    async def list_changes_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> RecordedChanges | None:
        """List the history.

        Returns what was changed, the newest first: one item for each request that has changed
        tasks or lists, with the operation, the client, the time, and up to three of the tasks
        and lists in `items`. Each can be undone with `undoChange`, unless something was changed
        later or `undone_by` names an undo. To offer deleted tasks for restoring, show the items
        with the action `deleted`, and use `restoreTask`. To keep a copy of the tasks up to
        date, use `listTaskChanges`.

        Args:
            limit: The maximum number of changes on a page.
            cursor: The `next_cursor` of the previous page.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get_if_changed(
            RecordedChanges._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/changes",
                statuses=(200,),
                query={
                    "limit": limit,
                    "cursor": cursor,
                },
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def undo_change(
        self,
        change: str,
        *,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Undo:
        """Undo a change.

        Reverses everything that one request has changed, in one change of its own: tasks and
        lists that it created are deleted, those that it deleted are there again under their
        ids, and those that it changed are as they were, with their place and `completed_at`.
        Each gets a new version. Either all of it is undone or nothing.

        If one of them was changed later, or if its parent or its list is no longer there, the
        response is `409` with the type `changed-since`. Then `errors` lists up to 100 of them,
        with `tasks` or `lists` and the id in `loc`, and in `msg` by which change it was
        changed: undo the later changes first, the newest first, or use `restoreTask`. A change
        that was undone before gets `409` with the type `already-undone`. An undo can be undone
        in the same way; then the change is in effect again, and can be undone again.

        A change that the server does not know, or no longer knows, gets `404`. After
        `deleteUserData`, ids of changes begin anew, so discard those that you have kept. The
        request has no body.

        Args:
            change: The change's id, from the header `Change` or from `listChanges`.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            Undo._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/changes/{segment(change)}/undo",
                statuses=(200,),
                headers={"Idempotency-Key": new_key(idempotency_key)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )


class AsyncListsResource:
    """The lists that a user's tasks can be in."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        limit: int | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> AsyncPager[TaskList]:
        """List lists.

        Iterate over the result: the next page is read when it is needed.

        Args:
            limit: The maximum number of lists on a page.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return AsyncPager(
            lambda cursor: self.list_page(
                limit=limit,
                user_id=user_id,
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
                cursor=cursor,
            ),
        )

    @overload
    async def list_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskListPage: ...
    @overload
    async def list_page(
        self,
        *,
        if_none_match: str | int | HasETag,
        limit: int | None = None,
        cursor: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskListPage | None: ...
    async def list_page(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskListPage | None:
        """List lists.

        Returns the user's lists in their manual order, one page at a time. The inbox, which has
        the tasks in no list, is not one of them.

        Args:
            limit: The maximum number of lists on a page.
            cursor: The `next_cursor` of the previous page.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get_if_changed(
            TaskListPage._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/lists",
                statuses=(200,),
                query={
                    "limit": limit,
                    "cursor": cursor,
                },
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def create(
        self,
        *,
        name: str,
        id: str | NotGiven = NOT_GIVEN,
        metadata: Mapping[str, str] | NotGiven = NOT_GIVEN,
        place: Place | NotGiven = NOT_GIVEN,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskList:
        """Create a list.

        Creates a list. Only `name` is required. A new list comes last in the manual order
        unless `place` states another place. A user can have 500 lists: creating another one
        gets `403` with the type `quota-exceeded`.

        Args:
            id: The id of the new list, a UUID of your choice but not the nil or the max
                UUID; the server chooses one when it is absent. It is stored and returned in
                lower case. `409` with the type `id-taken` if you have a list with this id, or
                had one whose deletion is still remembered (for at least 30 days).
            name: The name of the list. White space at its start and end is removed. The
                limits apply to the rest, which must not be empty.
            metadata: Up to 16 texts of your own, by name: for example the task's id in
                another system. The server does not interpret them. A name has 1 to 40
                characters: lower-case letters `a` to `z`, digits, `_`, `.` and `-`.
            place: Moves the task or list in the manual order: exactly one of the four.
                `before` and `after` name another task (or list) of the user. Tasks of all lists
                have one order: the first place is also the first one of the task's list.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            TaskList._decode,
            Call(
                "POST",
                f"/api/v1/users/{segment(user_id)}/lists",
                statuses=(201,),
                headers={"Idempotency-Key": new_key(idempotency_key)},
                body=given(
                    {
                        "id": id,
                        "name": name,
                        "metadata": metadata,
                        "place": place,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    @overload
    async def get(
        self,
        list_id: str,
        *,
        if_none_match: None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskList: ...
    @overload
    async def get(
        self,
        list_id: str,
        *,
        if_none_match: str | int | HasETag,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskList | None: ...
    async def get(
        self,
        list_id: str,
        *,
        if_none_match: str | int | HasETag | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskList | None:
        """Get a list.

        Returns one list. With the list's entity tag in `If-None-Match`, the response is `304`
        while the list is unchanged.

        Args:
            list_id: The list's `id`.
            if_none_match: What you have, its version or its entity tag: the result is
                `None` if it has not changed since.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get_if_changed(
            TaskList._decode,
            Call(
                "GET",
                f"/api/v1/users/{segment(user_id)}/lists/{segment(list_id)}",
                statuses=(200,),
                headers={"If-None-Match": etag_of(if_none_match)},
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def update(
        self,
        list_id: str,
        *,
        name: str | NotGiven = NOT_GIVEN,
        metadata: Mapping[str, str | None] | NotGiven = NOT_GIVEN,
        place: Place | NotGiven = NOT_GIVEN,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskList:
        """Update a list.

        Changes only the fields in the request (JSON merge patch, RFC 7396). At least one field
        is required. In `metadata`, absent names keep their values, and `None` removes a name.

        Args:
            list_id: The list's `id`.
            name: The name of the list. White space at its start and end is removed. The
                limits apply to the rest, which must not be empty.
            metadata: The metadata to change. A text sets the name's value, `None` removes
                the name, and absent names keep their values. Afterwards, the task may have up
                to 16 names.
            place: Moves the task or list in the manual order: exactly one of the four.
                `before` and `after` name another task (or list) of the user. Tasks of all lists
                have one order: the first place is also the first one of the task's list.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            TaskList._decode,
            Call(
                "PATCH",
                f"/api/v1/users/{segment(user_id)}/lists/{segment(list_id)}",
                statuses=(200,),
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                body=given(
                    {
                        "name": name,
                        "metadata": metadata,
                        "place": place,
                    }
                ),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def delete(
        self,
        list_id: str,
        *,
        tasks: OnDelete | None = None,
        if_match: str | int | HasETag | None = None,
        idempotency_key: str | None = None,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> TaskListDeletion:
        """Delete a list.

        Deletes the list. If it has tasks, `tasks` must state what happens to them, as in
        `?tasks=detach`: `delete` deletes them, and `detach` moves them to the inbox; otherwise
        the response is `409` with the type `not-empty`.

        With thousands of tasks, one request may not be enough: `has_more` is then `True`, and
        the list is still there with the rest of its tasks. Repeat the request, without an
        `Idempotency-Key` or with a new one, until it is `False`. What one request does becomes
        visible at once.

        Args:
            list_id: The list's `id`.
            tasks: What happens to the tasks in the list: `delete` deletes them, and
                `detach` moves them to the inbox.
            if_match: The task or list as you know it, its version or its entity tag: if it
                has changed since, nothing is written and `PreconditionFailedError` is raised.
            idempotency_key: A key of your own. Without one, each call has a new key, which
                all its attempts share.
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            TaskListDeletion._decode,
            Call(
                "DELETE",
                f"/api/v1/users/{segment(user_id)}/lists/{segment(list_id)}",
                statuses=(200,),
                query={"tasks": tasks},
                headers={
                    "If-Match": etag_of(if_match),
                    "Idempotency-Key": new_key(idempotency_key),
                },
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )


class AsyncUserResource:
    """The operations of `client.user`."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def delete_everything(
        self,
        *,
        user_id: str = "me",
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Erasure:
        """Delete everything.

        Deletes all the user's data: tasks, lists, the history, the records of deleted tasks and
        lists, and the stored results of requests with an `Idempotency-Key`. This cannot be
        undone. The token remains valid, and the user can create tasks and lists again. Earlier
        change tokens get `410`. Discard stored entity tags and ids of changes as well: a task
        or list that is created again with the same id has the version 1 once more, and the ids
        of changes begin anew. Repeating the request is harmless, so it takes no
        `Idempotency-Key`.

        With hundreds of thousands of tasks, one request does not delete everything. The
        response is then `202`, and the server deletes the rest in the background. Repeating the
        request speeds this up; `200` means that nothing is left. Until then, pages,
        `task-changes` and the export are empty. A task that is not deleted yet can still be
        read by its id, but no task and no list can be created or changed: such a request gets
        `409` with the type `erasure-in-progress`.

        Args:
            user_id: Your user id (the `sub` of the token), or `me`.
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            Erasure._decode,
            Call(
                "DELETE",
                f"/api/v1/users/{segment(user_id)}",
                statuses=(200, 202,),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )


class AsyncSessionResource:
    """What the token states about the caller."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def get(
        self,
        *,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Session:
        """Get the session.

        Returns the user that the token names, when the token expires, the client that it was
        issued to, and its scopes. Any valid token can be used, whatever its scopes are.

        Args:
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            Session._decode,
            Call(
                "GET",
                "/api/v1/session",
                statuses=(200,),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )


class AsyncServiceResource:
    """The health of the service, and its contract. These operations need no token."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def liveness(
        self,
        *,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Health:
        """Check liveness.

        Returns `200` while the process can respond at all; it does not use the database. `503`
        means only that too many of these checks are in progress at once.

        Args:
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            Health._decode,
            Call(
                "GET",
                "/healthz",
                statuses=(200,),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )

    async def readiness(
        self,
        *,
        extra_headers: Mapping[str, str] | None = None,
        timeout: Timeout = NOT_GIVEN,
        max_retries: int | None = None,
    ) -> Health:
        """Check readiness.

        Returns `200` if the database is reachable, its schema is current and the process is not
        shutting down, otherwise `503`. It is intended for load balancers: each result is reused
        for a second, however many requests ask for it.

        Args:
            extra_headers: Other header fields of this call.
            timeout: The time-out of this call instead of that of the client.
            max_retries: The number of repetitions instead of that of the client.
        """
        return await self._transport.get(
            Health._decode,
            Call(
                "GET",
                "/readyz",
                statuses=(200,),
                extra_headers=extra_headers,
                timeout=timeout,
                max_retries=max_retries,
            ),
        )


class AsyncResources:
    """All operations, by what they concern."""

    def __init__(self, transport: AsyncTransport) -> None:
        self.tasks = AsyncTasksResource(transport)
        self.history = AsyncHistoryResource(transport)
        self.lists = AsyncListsResource(transport)
        self.user = AsyncUserResource(transport)
        self.session = AsyncSessionResource(transport)
        self.service = AsyncServiceResource(transport)
