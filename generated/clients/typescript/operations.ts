// Generated from openapi.yaml by src/publish/clients/typescript.ts.
import type {
  Call,
  CallOptions,
  Feed,
  IdempotencyKey,
  IfMatch,
  IfNoneMatch,
  Operation,
  Pager,
  TaskExport,
} from '../../../src/client/call.ts';
import type {
  TaskListCreate,
  TaskListUpdate,
  TaskList,
  TaskListPage,
  TaskListDeletion,
  TaskSort,
  TaskCreate,
  TaskReplace,
  TaskUpdate,
  Task,
  TaskPage,
  TaskSummary,
  LabelPage,
  LabelCount,
  LabelRename,
  LabelRenamed,
  TaskBatch,
  OnDelete,
  TaskCompletion,
  TaskBatchResult,
  TaskChanges,
  TaskChange,
  TaskVersion,
  TaskVersions,
  TaskRestore,
  RecordedChange,
  RecordedChanges,
  Undo,
  DeletedCount,
  Erasure,
  Session,
  Health,
} from './types.ts';

/** The parameters of `listTasks`. */
export interface ListTasksQuery {
  /**
   * `true` for completed tasks only, `false` for open tasks only. Without it, the response
   * has both.
   */
  readonly completed?: boolean | undefined;
  /**
   * Only tasks whose title or description contains this text. Letter case does not matter,
   * and `%`, `_` and `\` have no special meaning. Text is compared character by character: a
   * letter with an accent matches only if it is encoded in the same way, composed or
   * decomposed. If the user has thousands of tasks, a page can be short or empty and still
   * have a next page: see `next_cursor`.
   */
  readonly q?: string | undefined;
  /**
   * Only tasks that are due on this day or later, by the date as it is written in `due`.
   */
  readonly due_from?: string | undefined;
  /**
   * Only tasks that are due on this day or earlier, by the date as it is written in `due`.
   */
  readonly due_to?: string | undefined;
  /**
   * Only open tasks that are overdue at this time: RFC 3339 with the user's offset from UTC.
   * A day is overdue when it is before the date at that offset, a local time when it is
   * before the time at that offset, and a time in a time zone when its instant is before
   * this one. In a URL, write the `+` of an offset as `%2B`.
   */
  readonly overdue_at?: string | undefined;
  /**
   * Only open tasks that can be worked on at this time: those without `start`, and those
   * whose `start` is not later, by the same rules as `overdue_at`.
   */
  readonly available_at?: string | undefined;
  /**
   * `true` for tasks that have `due` only, `false` for tasks that have none only.
   */
  readonly has_due?: boolean | undefined;
  /**
   * Only tasks with one of these priorities, separated by commas. Spaces around them are
   * ignored.
   */
  readonly priority?: string | undefined;
  /**
   * Only tasks that have all of these labels, separated by commas. Letter case does not
   * matter.
   */
  readonly labels_all?: string | undefined;
  /**
   * Only tasks that have one of these labels or more.
   */
  readonly labels_any?: string | undefined;
  /**
   * Only tasks that have none of these labels.
   */
  readonly labels_none?: string | undefined;
  /**
   * Only tasks whose metadata has this text under this name: `name:text`, as in
   * `crm.ticket:4711`.
   */
  readonly metadata?: string | undefined;
  /**
   * Only tasks in this list, or with `none` only those in no list.
   */
  readonly list_id?: string | undefined;
  /**
   * Only subtasks of this task, or with `none` only tasks that are not subtasks.
   */
  readonly parent_id?: string | undefined;
  /**
   * Only tasks that were completed at this time or later.
   */
  readonly completed_from?: string | undefined;
  /**
   * Only tasks that were completed at this time or earlier.
   */
  readonly completed_to?: string | undefined;
  /**
   * The order of the tasks. A leading `-` means descending. Titles are ordered by the code
   * points of their characters. `due` orders by the date and the time as they are written,
   * whatever the time zone: a day comes before its times, and tasks without `due` come last
   * in both directions. `priority` orders from `none` to `urgent`, and `position` is the
   * manual order. Tasks without a value (no `due`, or the priority `none`) are found among
   * all of the user's tasks, so if there are thousands, a page can be short or empty and
   * still have a next page: see `next_cursor`.
   */
  readonly sort?: TaskSort | undefined;
  /**
   * The maximum number of tasks on a page.
   */
  readonly limit?: number | undefined;
  /**
   * The `next_cursor` of the previous page. Send it with the same `sort` and the same
   * filters.
   */
  readonly cursor?: string | undefined;
}

/** The parameters of `deleteTask`. */
export interface DeleteTaskQuery {
  /**
   * What happens to the subtasks: `delete` deletes them, too, and `detach` makes them tasks
   * of their own.
   */
  readonly children?: OnDelete | undefined;
}

/** The parameters of `listTaskVersions`. */
export interface ListTaskVersionsQuery {
  /**
   * The maximum number of versions on a page. If they are very long, a page has fewer.
   */
  readonly limit?: number | undefined;
  /**
   * The `next_cursor` of the previous page.
   */
  readonly cursor?: string | undefined;
}

/** The parameters of `listLists`. */
export interface ListListsQuery {
  /**
   * The maximum number of lists on a page.
   */
  readonly limit?: number | undefined;
  /**
   * The `next_cursor` of the previous page.
   */
  readonly cursor?: string | undefined;
}

/** The parameters of `deleteList`. */
export interface DeleteListQuery {
  /**
   * What happens to the tasks in the list: `delete` deletes them, and `detach` moves them to
   * the inbox.
   */
  readonly tasks?: OnDelete | undefined;
}

/** The parameters of `getTaskSummary`. */
export interface GetTaskSummaryQuery {
  /**
   * The time at which tasks are overdue, with an offset: `2026-03-01T09:30:00+01:00`. In a
   * query, `+` is written as `%2B`. Without it, `overdue` is `null`.
   */
  readonly overdue_at?: string | undefined;
}

/** The parameters of `listLabels`. */
export interface ListLabelsQuery {
  /**
   * The maximum number of labels on a page.
   */
  readonly limit?: number | undefined;
  /**
   * The `next_cursor` of the previous page.
   */
  readonly cursor?: string | undefined;
}

/** The parameters of `listChanges`. */
export interface ListChangesQuery {
  /**
   * The maximum number of changes on a page.
   */
  readonly limit?: number | undefined;
  /**
   * The `next_cursor` of the previous page.
   */
  readonly cursor?: string | undefined;
}

/** The parameters of `listTaskChanges`. */
export interface ListTaskChangesQuery {
  /**
   * A change token: the `next_since` of an earlier response. Without it, the response lists
   * every task and every list.
   */
  readonly since?: string | undefined;
  /**
   * The maximum number of changes in a response, or in an event. If their tasks are very
   * long, a response has fewer.
   */
  readonly limit?: number | undefined;
  /**
   * How many seconds to wait for a change if there is none. Without it, or with 0, the
   * response comes at once. An event stream waits in any case.
   */
  readonly wait?: number | undefined;
}

/** A client of the Tasks API, with a method for each operation. */
export interface TasksClient {
  /**
   * List tasks.
   *
   * Returns the user's tasks, from all lists, one page at a time. Filters choose among them, and
   * `sort` orders them. A task must pass all filters: if they exclude each other, the page is
   * empty.
   * Tasks with equal values are ordered by `id`, so pages neither repeat nor skip a task while
   * others are created or deleted.
   */
  listTasks(query?: ListTasksQuery, options?: CallOptions & { readonly ifNoneMatch?: undefined }): Pager<Task, TaskPage>;
  /**
   * List tasks.
   *
   * Returns the user's tasks, from all lists, one page at a time. Filters choose among them, and
   * `sort` orders them. A task must pass all filters: if they exclude each other, the page is
   * empty.
   * Tasks with equal values are ordered by `id`, so pages neither repeat nor skip a task while
   * others are created or deleted.
   *
   * With `ifNoneMatch`, the result is undefined if nothing has changed.
   */
  listTasks(query: ListTasksQuery | undefined, options: CallOptions & IfNoneMatch): Call<TaskPage | undefined>;

  /**
   * Create a task.
   *
   * Creates a task. Only `title` is required. With an `id` of your choice, you know the task's
   * id before the response, and creating the same task again gets `409` instead of a second
   * task. A new task is in the inbox, or with `list_id` in that list; with `parent_id` it is a
   * subtask. It comes last in the manual order unless `place` states another place.
   */
  createTask(body: TaskCreate, options?: CallOptions & IdempotencyKey): Call<Task>;

  /**
   * Delete completed tasks.
   *
   * Deletes the user's completed tasks, the oldest first, in all lists. `completed=true` is
   * required, so that a mistyped request cannot delete open tasks. A completed task that has an
   * open subtask stays, however often the request is sent; completed subtasks are deleted.
   *
   * With thousands of completed tasks, one request may not be enough: `has_more` is then
   * `true`, which means that a repetition deletes more. Repeat the request, without an
   * `Idempotency-Key` or with a new one, until it is `false`. Each request is one change, which
   * can be undone; the user's other changes can happen between two requests.
   */
  deleteCompletedTasks(options?: CallOptions & IdempotencyKey): Call<DeletedCount>;

  /**
   * Get a task.
   *
   * Returns one task. With the task's entity tag in `If-None-Match`, the response is `304` while
   * the task is unchanged.
   */
  getTask(taskId: string, options?: CallOptions & IfMatch & { readonly ifNoneMatch?: undefined }): Call<Task>;
  /**
   * Get a task.
   *
   * Returns one task. With the task's entity tag in `If-None-Match`, the response is `304` while
   * the task is unchanged.
   *
   * With `ifNoneMatch`, the result is undefined if nothing has changed.
   */
  getTask(taskId: string, options: CallOptions & IfMatch & IfNoneMatch): Call<Task | undefined>;

  /**
   * Replace a task.
   *
   * Replaces the content of an existing task. `title`, `description` and `completed` are
   * required. Any other writable field keeps its value when it is absent, so a client never
   * clears a field that it does not know. The request never creates a task. To change single
   * fields, use `PATCH`.
   */
  replaceTask(taskId: string, body: TaskReplace, options?: CallOptions & IfMatch & IfNoneMatch & IdempotencyKey): Call<Task>;

  /**
   * Update a task.
   *
   * Changes only the fields in the request (JSON merge patch, RFC 7396). An absent field keeps
   * its value, and `null` clears `description`, `due`, `start`, `list_id`, `parent_id` or
   * `recurrence`. In `metadata`, absent names keep their values, and `null` removes a name.
   * `labels` is replaced as a whole. A `recurrence` always needs its `rrule`; `anchor` and
   * `missed` keep their values when they are absent. At least one field is required.
   *
   * `place` moves the task in the manual order, and `list_id` to another list. `completed: true`
   * completes the task as `completeTask` does, after the other changes, but without
   * `completed_on`.
   */
  updateTask(taskId: string, body: TaskUpdate, options?: CallOptions & IfMatch & IfNoneMatch & IdempotencyKey): Call<Task>;

  /**
   * Delete a task.
   *
   * Deletes the task. `undoChange` and `restoreTask` bring it back under its id, for as long as
   * the server keeps the history: 30 days, unless the operator has chosen otherwise. A second
   * request gets `404`. A task that has subtasks is deleted only if `children` states what
   * happens to them, as in `?children=detach`; otherwise the response is `409` with the type
   * `not-empty`. Deleting the task of a series that recurs ends the series.
   */
  deleteTask(taskId: string, query?: DeleteTaskQuery, options?: CallOptions & IfMatch & IfNoneMatch & IdempotencyKey): Call<void>;

  /**
   * Complete a task.
   *
   * Marks the task as completed. A task that is already completed does not change: it keeps its
   * `completed_at` and its version. Its subtasks stay as they are.
   *
   * If the task recurs, the same change creates the task of the next occurrence: a copy with the
   * next `due`, to which `recurrence` moves. `next_id` is its id, or `null` if the series has
   * ended. However often, and from however many clients, the task is completed, there is one
   * next task.
   *
   * The request needs no body. An empty object is accepted as well, because some intermediaries
   * refuse a `PATCH` without a body.
   */
  completeTask(taskId: string, body?: TaskCompletion, options?: CallOptions & IfMatch & IfNoneMatch & IdempotencyKey): Call<Task>;

  /**
   * Restore an earlier version.
   *
   * Makes the task what it was in an earlier version: all fields that a client can write, and
   * `completed_at`. It gets a new version. A task that was deleted is there again, under its id.
   * A version that `listTaskVersions` does not list gets `404`. Restoring the present version
   * changes nothing.
   *
   * A task that is there keeps its place in the manual order. One that was deleted comes back to
   * its former place. If its list no longer exists, it comes to the inbox. If its parent no
   * longer exists, is a subtask itself or can have no more subtasks, or if the task has
   * subtasks, it becomes or stays a task of its own; a subtask is always in the list of its
   * parent. If another task of its series recurs, `recurrence` is not restored. A version
   * without `recurrence`, such as a completed occurrence, ends the series of a task that recurs,
   * as `recurrence: null` does.
   *
   * A precondition is compared with the present version. A deleted task has none: it meets
   * `If-None-Match: *` and no `If-Match`.
   */
  restoreTask(taskId: string, body: TaskRestore, options?: CallOptions & IfMatch & IfNoneMatch & IdempotencyKey): Call<Task>;

  /**
   * List the versions of a task.
   *
   * Returns the task as it was after each of its changes, the newest first, with the client, the
   * operation and the time of the change. A deletion is an item without `task`. The versions of
   * a deleted task can be read as well, for as long as the server keeps the history.
   *
   * The oldest item of the last page may be a version whose change the server has forgotten:
   * then `change`, `operation` and `client_id` are `null`, and `at` is the task's `updated_at`.
   */
  listTaskVersions(taskId: string, query?: ListTaskVersionsQuery, options?: CallOptions & { readonly ifNoneMatch?: undefined }): Pager<TaskVersion, TaskVersions>;
  /**
   * List the versions of a task.
   *
   * Returns the task as it was after each of its changes, the newest first, with the client, the
   * operation and the time of the change. A deletion is an item without `task`. The versions of
   * a deleted task can be read as well, for as long as the server keeps the history.
   *
   * The oldest item of the last page may be a version whose change the server has forgotten:
   * then `change`, `operation` and `client_id` are `null`, and `at` is the task's `updated_at`.
   *
   * With `ifNoneMatch`, the result is undefined if nothing has changed.
   */
  listTaskVersions(taskId: string, query: ListTaskVersionsQuery | undefined, options: CallOptions & IfNoneMatch): Call<TaskVersions | undefined>;

  /**
   * List lists.
   *
   * Returns the user's lists in their manual order, one page at a time. The inbox, which has the
   * tasks in no list, is not one of them.
   */
  listLists(query?: ListListsQuery, options?: CallOptions & { readonly ifNoneMatch?: undefined }): Pager<TaskList, TaskListPage>;
  /**
   * List lists.
   *
   * Returns the user's lists in their manual order, one page at a time. The inbox, which has the
   * tasks in no list, is not one of them.
   *
   * With `ifNoneMatch`, the result is undefined if nothing has changed.
   */
  listLists(query: ListListsQuery | undefined, options: CallOptions & IfNoneMatch): Call<TaskListPage | undefined>;

  /**
   * Create a list.
   *
   * Creates a list. Only `name` is required. A new list comes last in the manual order unless
   * `place` states another place. A user can have 500 lists: creating another one gets `403`
   * with the type `quota-exceeded`.
   */
  createList(body: TaskListCreate, options?: CallOptions & IdempotencyKey): Call<TaskList>;

  /**
   * Get a list.
   *
   * Returns one list. With the list's entity tag in `If-None-Match`, the response is `304` while
   * the list is unchanged.
   */
  getList(listId: string, options?: CallOptions & IfMatch & { readonly ifNoneMatch?: undefined }): Call<TaskList>;
  /**
   * Get a list.
   *
   * Returns one list. With the list's entity tag in `If-None-Match`, the response is `304` while
   * the list is unchanged.
   *
   * With `ifNoneMatch`, the result is undefined if nothing has changed.
   */
  getList(listId: string, options: CallOptions & IfMatch & IfNoneMatch): Call<TaskList | undefined>;

  /**
   * Update a list.
   *
   * Changes only the fields in the request (JSON merge patch, RFC 7396). At least one field is
   * required. In `metadata`, absent names keep their values, and `null` removes a name.
   */
  updateList(listId: string, body: TaskListUpdate, options?: CallOptions & IfMatch & IfNoneMatch & IdempotencyKey): Call<TaskList>;

  /**
   * Delete a list.
   *
   * Deletes the list. If it has tasks, `tasks` must state what happens to them, as in
   * `?tasks=detach`: `delete` deletes them, and `detach` moves them to the inbox; otherwise the
   * response is `409` with the type `not-empty`.
   *
   * With thousands of tasks, one request may not be enough: `has_more` is then `true`,
   * and the list is still there with the rest of its tasks. Repeat the request, without an
   * `Idempotency-Key` or with a new one, until it is `false`. What one request does becomes
   * visible at once.
   */
  deleteList(listId: string, query?: DeleteListQuery, options?: CallOptions & IfMatch & IfNoneMatch & IdempotencyKey): Call<TaskListDeletion>;

  /**
   * Count tasks.
   *
   * Counts the user's tasks, subtasks included: the open ones, the completed ones, and of the
   * open ones those that are overdue, those without a due time, those of each priority, those
   * with each label and those in each list.
   *
   * The server does not know what time it is for the user, so the request contains it:
   * `overdue_at` is the time at which tasks are overdue, with the user's offset from UTC. A day
   * is overdue when it is before the date of `overdue_at`, a local time when it is before the
   * local time of `overdue_at`, and a time in a zone when its instant is before `overdue_at`. So
   * a task that is due on a day is not overdue on that day. Completed tasks are never overdue.
   *
   * The counts are exact for up to 50,000 open and 50,000 completed tasks. If there are more,
   * only the latest are counted, and `partial` is `true`: then each count is a minimum. If tens
   * of thousands of tasks have many labels each, some of these labels are left out, too.
   *
   * The response has an entity tag. Send it in `If-None-Match` to get `304` until one of the
   * user's tasks changes. A later `overdue_at` is another query, with another tag: to poll,
   * round it, for example to the minute.
   *
   * A user can have two of these requests in progress at once; a third gets `429`.
   */
  getTaskSummary(query?: GetTaskSummaryQuery, options?: CallOptions & { readonly ifNoneMatch?: undefined }): Call<TaskSummary>;
  /**
   * Count tasks.
   *
   * Counts the user's tasks, subtasks included: the open ones, the completed ones, and of the
   * open ones those that are overdue, those without a due time, those of each priority, those
   * with each label and those in each list.
   *
   * The server does not know what time it is for the user, so the request contains it:
   * `overdue_at` is the time at which tasks are overdue, with the user's offset from UTC. A day
   * is overdue when it is before the date of `overdue_at`, a local time when it is before the
   * local time of `overdue_at`, and a time in a zone when its instant is before `overdue_at`. So
   * a task that is due on a day is not overdue on that day. Completed tasks are never overdue.
   *
   * The counts are exact for up to 50,000 open and 50,000 completed tasks. If there are more,
   * only the latest are counted, and `partial` is `true`: then each count is a minimum. If tens
   * of thousands of tasks have many labels each, some of these labels are left out, too.
   *
   * The response has an entity tag. Send it in `If-None-Match` to get `304` until one of the
   * user's tasks changes. A later `overdue_at` is another query, with another tag: to poll,
   * round it, for example to the minute.
   *
   * A user can have two of these requests in progress at once; a third gets `429`.
   *
   * With `ifNoneMatch`, the result is undefined if nothing has changed.
   */
  getTaskSummary(query: GetTaskSummaryQuery | undefined, options: CallOptions & IfNoneMatch): Call<TaskSummary | undefined>;

  /**
   * List labels.
   *
   * Lists the labels of the user's tasks, one page at a time, with the number of tasks that have
   * each. A label exists while a task has it: it needs no creation.
   *
   * Labels that are equal apart from letter case are one label. It is shown in the spelling that
   * most tasks have; if several are equally frequent, in the one whose characters have the
   * lowest code points. The labels are ordered by the code points of their lower-case
   * characters.
   *
   * The list is complete for up to 50,000 open and 50,000 completed tasks. If there are more, or
   * if tens of thousands of them have many labels each, only the latest are counted, and
   * `partial` is `true`: then each count is a minimum, and labels may be missing.
   *
   * A user can have two of these requests in progress at once; a third gets `429`.
   */
  listLabels(query?: ListLabelsQuery, options?: CallOptions & { readonly ifNoneMatch?: undefined }): Pager<LabelCount, LabelPage>;
  /**
   * List labels.
   *
   * Lists the labels of the user's tasks, one page at a time, with the number of tasks that have
   * each. A label exists while a task has it: it needs no creation.
   *
   * Labels that are equal apart from letter case are one label. It is shown in the spelling that
   * most tasks have; if several are equally frequent, in the one whose characters have the
   * lowest code points. The labels are ordered by the code points of their lower-case
   * characters.
   *
   * The list is complete for up to 50,000 open and 50,000 completed tasks. If there are more, or
   * if tens of thousands of them have many labels each, only the latest are counted, and
   * `partial` is `true`: then each count is a minimum, and labels may be missing.
   *
   * A user can have two of these requests in progress at once; a third gets `429`.
   *
   * With `ifNoneMatch`, the result is undefined if nothing has changed.
   */
  listLabels(query: ListLabelsQuery | undefined, options: CallOptions & IfNoneMatch): Call<LabelPage | undefined>;

  /**
   * Rename or remove a label.
   *
   * Gives a label another name on all the user's tasks, or removes it from them with
   * `new_label: null`. Labels are compared without letter case, so this can also change only the
   * letter case of a label. Each task keeps the order of its labels. If a task has both labels,
   * they become one: the first of the two keeps its place, and its spelling if it is the new
   * label already. If no task has the label, nothing changes, and `changed` is 0.
   *
   * Every task that is changed gets a new version and a new `updated_at`, and is in
   * `task-changes`. A task that already has the result stays as it is.
   *
   * What one request changes becomes visible at once: other requests see all of it, or nothing.
   * A request examines the user's tasks, the oldest first, for about half a second, which is
   * enough to change thousands of them. If tasks are left to examine, `next_cursor` is not
   * `null`: repeat the request with it as `cursor`, without an `Idempotency-Key` or with a new
   * one, until it is `null`. The user's other changes can happen in between.
   */
  renameLabel(body: LabelRename, options?: CallOptions & IdempotencyKey): Call<LabelRenamed>;

  /**
   * Change many tasks at once.
   *
   * Applies up to 100 operations in the given order: all of them or, if one cannot be applied,
   * none. An operation sees the changes that earlier operations have made. With `if_version`, an
   * operation applies only if the task or list has that version at that point. The time of each
   * operation is one microsecond after that of the previous one, so `task-changes`, and tasks
   * sorted by time, keep the order of the request.
   *
   * If an operation cannot be applied, the response is `422`, nothing has changed, and `errors`
   * identifies the operation by its index: `["body", "operations", 3, "id"]` with the type
   * `not_found`, or `["body", "operations", 3, "if_version"]` with the type `version_mismatch`.
   * A creation may choose the `id` of the task or list, and later operations of the same batch
   * may name it: create a list, then tasks in it, or a task, then its subtasks. If the id of a
   * task is taken, the type is `id_taken`, at `["body", "operations", 3, "task", "id"]`.
   * `errors` identifies only the first operation that cannot be applied. If that is a creation
   * whose id is taken, `errors` identifies all such creations of the batch, in order: leave them
   * out to continue an import.
   */
  applyTaskBatch(body: TaskBatch, options?: CallOptions & IdempotencyKey): Call<TaskBatchResult>;

  /**
   * List the history.
   *
   * Returns what was changed, the newest first: one item for each request that has changed
   * tasks or lists, with the operation, the client, the time, and up to three of the tasks and
   * lists in `items`. Each can be undone with `undoChange`, unless something was changed later
   * or `undone_by` names an undo. To offer deleted tasks for restoring, show the items with the
   * action `deleted`, and use `restoreTask`. To keep a copy of the tasks up to date, use
   * `listTaskChanges`.
   */
  listChanges(query?: ListChangesQuery, options?: CallOptions & { readonly ifNoneMatch?: undefined }): Pager<RecordedChange, RecordedChanges>;
  /**
   * List the history.
   *
   * Returns what was changed, the newest first: one item for each request that has changed
   * tasks or lists, with the operation, the client, the time, and up to three of the tasks and
   * lists in `items`. Each can be undone with `undoChange`, unless something was changed later
   * or `undone_by` names an undo. To offer deleted tasks for restoring, show the items with the
   * action `deleted`, and use `restoreTask`. To keep a copy of the tasks up to date, use
   * `listTaskChanges`.
   *
   * With `ifNoneMatch`, the result is undefined if nothing has changed.
   */
  listChanges(query: ListChangesQuery | undefined, options: CallOptions & IfNoneMatch): Call<RecordedChanges | undefined>;

  /**
   * Undo a change.
   *
   * Reverses everything that one request has changed, in one change of its own: tasks and lists
   * that it created are deleted, those that it deleted are there again under their ids, and
   * those that it changed are as they were, with their place and `completed_at`. Each gets a new
   * version. Either all of it is undone or nothing.
   *
   * If one of them was changed later, or if its parent or its list is no longer there, the
   * response is `409` with the type `changed-since`. Then `errors` lists up to 100 of them, with
   * `tasks` or `lists` and the id in `loc`, and in `msg` by which change it was changed: undo
   * the later changes first, the newest first, or use `restoreTask`.
   * A change that was undone before gets `409` with the type `already-undone`. An undo can be
   * undone in the same way; then the change is in effect again, and can be undone again.
   *
   * A change that the server does not know, or no longer knows, gets `404`. After
   * `deleteUserData`, ids of changes begin anew, so discard those that you have kept. The
   * request has no body.
   */
  undoChange(change: string, options?: CallOptions & IdempotencyKey): Call<Undo>;

  /**
   * List changes.
   *
   * Lists what has changed since the change token in `since`, in the order in which the changes
   * were committed: tasks and lists that were created or changed, in their current state, and
   * the ids of those that were deleted. Without `since`, it lists every task and every list.
   *
   * A task can come before the list or the parent that it names, if that changed later. The
   * references are complete when `has_more` is `false`.
   *
   * Repeat the request with `next_since` as `since` while `has_more` is `true`, and keep the
   * last `next_since` for the next time. Skip changes whose `type` you do not know, because
   * later versions may add types.
   *
   * A change token works only for the user that received it. `410` means that the server has
   * forgotten deletions that happened after the token, or that the user has deleted everything:
   * discard your copy and start again without `since`.
   *
   * **Waiting.** With `wait`, a request that finds no change waits for one, and responds as soon
   * as there is something, or after that many seconds without anything. Send the next request at
   * once: a client in such a loop hears of a change within a moment, and sends two requests in a
   * minute as long as nothing changes. Where changes are frequent, a stream takes fewer requests.
   *
   * **Events.** With `Accept: text/event-stream`, the response is a stream of
   * [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html) that
   * stays open. It begins with what `since` has missed. Each event named `changes` has one page:
   * its `data` is what a response in JSON contains, and its `id` is the page's `next_since`. If
   * the stream ends, send the last id in `Last-Event-ID`, which takes the place of `since`, and
   * nothing is lost or repeated. Lines that begin with a colon say only that the connection is
   * alive; there is one at least every 15 seconds. A stream ends when its token expires, when
   * the server restarts, when the user deletes everything, or after an hour. Wait a moment at
   * random before you connect again; if there was no event yet, with the same `since`. Events are
   * not compressed: read the first pages of a large account in JSON. A user can have a hundred
   * requests that wait, streams among them; a further one gets `429`.
   * `EventSource` in browsers cannot send a token, so read the stream with `fetch`.
   */
  listTaskChanges(query?: ListTaskChangesQuery, options?: CallOptions): Feed<TaskChange, TaskChanges>;

  /**
   * Export all tasks.
   *
   * Streams all the user's lists and tasks as newline-delimited JSON: each line is an object,
   * and its `type` is the kind of line. Lists come first, then tasks, each ordered by id, and
   * none comes twice. What changes during the export is in its old or its new state. Skip lines
   * whose `type` you do not know, because later versions may add types.
   *
   * A subtask can come before its parent. After changes during the export, a task can also name
   * a list or a parent that the export does not have. An import into tables with foreign keys
   * checks them at its end, and sets what is still missing to `null`.
   *
   * With `history=true`, lines of the type `change` follow: what each change has written, with
   * what it was before.
   *
   * The last line has the type `end` and the number of lists and tasks, and with `history=true`
   * that of the lines of the type `change` in `changes`. An export without that line is
   * incomplete, even if the response appears to have ended normally: the server resets the
   * connection of an export that it cannot finish, but a proxy in between can hide this.
   *
   * A user can have two exports in progress at once; a third gets `429`.
   */
  exportTasks(options?: CallOptions): TaskExport;

  /**
   * Delete everything.
   *
   * Deletes all the user's data: tasks, lists, the history, the records of deleted tasks and
   * lists, and the stored results of requests with an `Idempotency-Key`. This cannot be undone.
   * The token remains valid, and the user can create tasks and lists again. Earlier change
   * tokens get `410`. Discard stored entity tags and ids of changes as well: a task or list that
   * is created again with the same id has the version 1 once more, and the ids of changes begin
   * anew. Repeating the request is harmless, so it takes no `Idempotency-Key`.
   *
   * With hundreds of thousands of tasks, one request does not delete everything. The response is
   * then `202`, and the server deletes the rest in the background. Repeating the request speeds
   * this up; `200` means that nothing is left. Until then, pages, `task-changes` and the export
   * are empty. A task that is not deleted yet can still be read by its id, but no task and no
   * list can be created or changed: such a request gets `409` with the type
   * `erasure-in-progress`.
   */
  deleteUserData(options?: CallOptions): Call<Erasure>;

  /**
   * Get the session.
   *
   * Returns the user that the token names, when the token expires, the client that it was issued
   * to, and its scopes. Any valid token can be used, whatever its scopes are.
   */
  getSession(options?: CallOptions): Call<Session>;

  /**
   * Check liveness.
   *
   * Returns `200` while the process can respond at all; it does not use the database. `503`
   * means only that too many of these checks are in progress at once.
   */
  getLiveness(options?: CallOptions): Call<Health>;

  /**
   * Check readiness.
   *
   * Returns `200` if the database is reachable, its schema is current and the process is not
   * shutting down, otherwise `503`. It is intended for load balancers: each result is reused for
   * a second, however many requests ask for it.
   */
  getReadiness(options?: CallOptions): Call<Health>;
}

/** The version of the contract, which is that of the package. */
export const version = '0.2.0';

/** What a call of each operation sends. */
export const operations = {
  listTasks: {"method":"GET","path":"/api/v1/users/{user_id}/tasks","secured":true,"params":[],"hasBody":false,"hasQuery":true,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["items","next_cursor"],"lists":["items"]},"isExport":false,"paging":{"by":"cursor","next":"next_cursor"}},
  createTask: {"method":"POST","path":"/api/v1/users/{user_id}/tasks","secured":true,"params":[],"hasBody":true,"hasQuery":false,"fixed":{},"isKeyed":true,"statuses":[201],"result":{"required":["id","owner_id","title","description","completed","completed_at","due","start","priority","labels","metadata","list_id","parent_id","position","recurrence","series_id","occurrence","next_id","created_at","updated_at","version"],"lists":["labels"]},"isExport":false},
  deleteCompletedTasks: {"method":"DELETE","path":"/api/v1/users/{user_id}/tasks","secured":true,"params":[],"hasBody":false,"hasQuery":false,"fixed":{"completed":"true"},"isKeyed":true,"statuses":[200],"result":{"required":["deleted","has_more"],"lists":[]},"isExport":false},
  getTask: {"method":"GET","path":"/api/v1/users/{user_id}/tasks/{task_id}","secured":true,"params":["task_id"],"hasBody":false,"hasQuery":false,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["id","owner_id","title","description","completed","completed_at","due","start","priority","labels","metadata","list_id","parent_id","position","recurrence","series_id","occurrence","next_id","created_at","updated_at","version"],"lists":["labels"]},"isExport":false},
  replaceTask: {"method":"PUT","path":"/api/v1/users/{user_id}/tasks/{task_id}","secured":true,"params":["task_id"],"hasBody":true,"hasQuery":false,"fixed":{},"isKeyed":true,"statuses":[200],"result":{"required":["id","owner_id","title","description","completed","completed_at","due","start","priority","labels","metadata","list_id","parent_id","position","recurrence","series_id","occurrence","next_id","created_at","updated_at","version"],"lists":["labels"]},"isExport":false},
  updateTask: {"method":"PATCH","path":"/api/v1/users/{user_id}/tasks/{task_id}","secured":true,"params":["task_id"],"hasBody":true,"hasQuery":false,"fixed":{},"isKeyed":true,"statuses":[200],"result":{"required":["id","owner_id","title","description","completed","completed_at","due","start","priority","labels","metadata","list_id","parent_id","position","recurrence","series_id","occurrence","next_id","created_at","updated_at","version"],"lists":["labels"]},"isExport":false},
  deleteTask: {"method":"DELETE","path":"/api/v1/users/{user_id}/tasks/{task_id}","secured":true,"params":["task_id"],"hasBody":false,"hasQuery":true,"fixed":{},"isKeyed":true,"statuses":[204],"isExport":false},
  completeTask: {"method":"PATCH","path":"/api/v1/users/{user_id}/tasks/{task_id}/complete","secured":true,"params":["task_id"],"hasBody":true,"hasQuery":false,"fixed":{},"isKeyed":true,"statuses":[200],"result":{"required":["id","owner_id","title","description","completed","completed_at","due","start","priority","labels","metadata","list_id","parent_id","position","recurrence","series_id","occurrence","next_id","created_at","updated_at","version"],"lists":["labels"]},"isExport":false},
  restoreTask: {"method":"POST","path":"/api/v1/users/{user_id}/tasks/{task_id}/restore","secured":true,"params":["task_id"],"hasBody":true,"hasQuery":false,"fixed":{},"isKeyed":true,"statuses":[200],"result":{"required":["id","owner_id","title","description","completed","completed_at","due","start","priority","labels","metadata","list_id","parent_id","position","recurrence","series_id","occurrence","next_id","created_at","updated_at","version"],"lists":["labels"]},"isExport":false},
  listTaskVersions: {"method":"GET","path":"/api/v1/users/{user_id}/tasks/{task_id}/versions","secured":true,"params":["task_id"],"hasBody":false,"hasQuery":true,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["items","next_cursor"],"lists":["items"]},"isExport":false,"paging":{"by":"cursor","next":"next_cursor"}},
  listLists: {"method":"GET","path":"/api/v1/users/{user_id}/lists","secured":true,"params":[],"hasBody":false,"hasQuery":true,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["items","next_cursor"],"lists":["items"]},"isExport":false,"paging":{"by":"cursor","next":"next_cursor"}},
  createList: {"method":"POST","path":"/api/v1/users/{user_id}/lists","secured":true,"params":[],"hasBody":true,"hasQuery":false,"fixed":{},"isKeyed":true,"statuses":[201],"result":{"required":["id","owner_id","name","metadata","position","created_at","updated_at","version"],"lists":[]},"isExport":false},
  getList: {"method":"GET","path":"/api/v1/users/{user_id}/lists/{list_id}","secured":true,"params":["list_id"],"hasBody":false,"hasQuery":false,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["id","owner_id","name","metadata","position","created_at","updated_at","version"],"lists":[]},"isExport":false},
  updateList: {"method":"PATCH","path":"/api/v1/users/{user_id}/lists/{list_id}","secured":true,"params":["list_id"],"hasBody":true,"hasQuery":false,"fixed":{},"isKeyed":true,"statuses":[200],"result":{"required":["id","owner_id","name","metadata","position","created_at","updated_at","version"],"lists":[]},"isExport":false},
  deleteList: {"method":"DELETE","path":"/api/v1/users/{user_id}/lists/{list_id}","secured":true,"params":["list_id"],"hasBody":false,"hasQuery":true,"fixed":{},"isKeyed":true,"statuses":[200],"result":{"required":["tasks","has_more"],"lists":[]},"isExport":false},
  getTaskSummary: {"method":"GET","path":"/api/v1/users/{user_id}/task-summary","secured":true,"params":[],"hasBody":false,"hasQuery":true,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["open","completed","overdue","without_due","by_priority","by_label","by_list","partial"],"lists":["by_label","by_list"]},"isExport":false},
  listLabels: {"method":"GET","path":"/api/v1/users/{user_id}/labels","secured":true,"params":[],"hasBody":false,"hasQuery":true,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["items","partial","next_cursor"],"lists":["items"]},"isExport":false,"paging":{"by":"cursor","next":"next_cursor"}},
  renameLabel: {"method":"POST","path":"/api/v1/users/{user_id}/label-renames","secured":true,"params":[],"hasBody":true,"hasQuery":false,"fixed":{},"isKeyed":true,"statuses":[200],"result":{"required":["changed","next_cursor"],"lists":[]},"isExport":false},
  applyTaskBatch: {"method":"POST","path":"/api/v1/users/{user_id}/task-batches","secured":true,"params":[],"hasBody":true,"hasQuery":false,"fixed":{},"isKeyed":true,"statuses":[200],"result":{"required":["results"],"lists":["results"]},"isExport":false},
  listChanges: {"method":"GET","path":"/api/v1/users/{user_id}/changes","secured":true,"params":[],"hasBody":false,"hasQuery":true,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["items","next_cursor"],"lists":["items"]},"isExport":false,"paging":{"by":"cursor","next":"next_cursor"}},
  undoChange: {"method":"POST","path":"/api/v1/users/{user_id}/changes/{change}/undo","secured":true,"params":["change"],"hasBody":false,"hasQuery":false,"fixed":{},"isKeyed":true,"statuses":[200],"result":{"required":["change","undoes","count","items","has_more"],"lists":["items"]},"isExport":false},
  listTaskChanges: {"method":"GET","path":"/api/v1/users/{user_id}/task-changes","secured":true,"params":[],"hasBody":false,"hasQuery":true,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["items","next_since","has_more"],"lists":["items"]},"isExport":false,"paging":{"by":"since","next":"next_since","more":"has_more","isLive":true,"known":{"field":"type","values":["task","deleted","list","list_deleted"]}}},
  exportTasks: {"method":"GET","path":"/api/v1/users/{user_id}/task-export","secured":true,"params":[],"hasBody":false,"hasQuery":false,"fixed":{},"isKeyed":false,"statuses":[200],"isExport":true},
  deleteUserData: {"method":"DELETE","path":"/api/v1/users/{user_id}","secured":true,"params":[],"hasBody":false,"hasQuery":false,"fixed":{},"isKeyed":false,"statuses":[200,202],"result":{"required":["status"],"lists":[]},"isExport":false},
  getSession: {"method":"GET","path":"/api/v1/session","secured":true,"params":[],"hasBody":false,"hasQuery":false,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["user_id","expires_at","client_id","scopes"],"lists":["scopes"]},"isExport":false},
  getLiveness: {"method":"GET","path":"/healthz","secured":false,"params":[],"hasBody":false,"hasQuery":false,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["status"],"lists":[]},"isExport":false},
  getReadiness: {"method":"GET","path":"/readyz","secured":false,"params":[],"hasBody":false,"hasQuery":false,"fixed":{},"isKeyed":false,"statuses":[200],"result":{"required":["status"],"lists":[]},"isExport":false},
} as const satisfies Readonly<Record<keyof TasksClient, Operation>>;
