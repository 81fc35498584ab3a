// Generated from openapi.yaml by src/publish/clients/typescript.ts.

/**
 * The title of the task. White space at its start and end is removed. The limits apply to the
 * rest, which must not be empty.
 * @minLength 1
 * @maxLength 200
 * @pattern ^\s*[^\s\x00][^\x00]*$
 */
export type Title = string;

/**
 * Notes about the task, or `null`.
 */
export type Description = string | null;

/**
 * When the task is due, or `null`: a day (`2026-03-01`), a local time (`2026-03-01T09:30`), or
 * a time in a time zone (`2026-03-01T09:30[Europe/Berlin]`).
 */
export type Due = string | null;

/**
 * Before this, the task is not to be worked on; or `null`. It has the same forms as `due`, and
 * may be later than `due`.
 */
export type Start = string | null;

/**
 * How important the task is, from `none` to `urgent`.
 */
export type Priority = "none" | "low" | "medium" | "high" | "urgent";

export const Priority = {
    none: "none",
    low: "low",
    medium: "medium",
    high: "high",
    urgent: "urgent"
} as const;

/**
 * A label. White space at its start and end is removed, and its characters are composed
 * (Unicode NFC) before its length is checked. It has no comma and no control characters.
 * Letter case is compared character by character: `ß` is not `ss`, and `İ` is `i`.
 * @minLength 1
 * @maxLength 50
 * @pattern ^\s*[^\s,\x00-\x1F\x7F-\x9F][^,\x00-\x1F\x7F-\x9F]*$
 */
export type Label = string;

/**
 * At most 20 labels separated by commas, in any letter case.
 * @maxLength 1100
 * @pattern ^\s*[^\s,\x00-\x1F\x7F-\x9F](?:[^,\x00-\x1F\x7F-\x9F]{0,48}[^\s,\x00-\x1F\x7F-\x9F])?[^\S\x00-\x1F]*(?:,\s*[^\s,\x00-\x1F\x7F-\x9F](?:[^,\x00-\x1F\x7F-\x9F]{0,48}[^\s,\x00-\x1F\x7F-\x9F])?[^\S\x00-\x1F]*){0,19}$
 */
export type LabelList = string;

/**
 * The labels of the task, in the order in which they were given. No two of them may be equal
 * apart from letter case. A new list of labels replaces the previous one.
 * @maxItems 20
 */
export type Labels = Label[];

/**
 * A text of your own.
 * @maxLength 500
 * @pattern ^[^\x00]*$
 */
export type MetadataValue = string;

/**
 * Up to 16 texts of your own, by name: for example the task's id in another system. The server
 * does not interpret them. A name has 1 to 40 characters: lower-case letters `a` to `z`,
 * digits, `_`, `.` and `-`.
 */
export type Metadata = Record<string, MetadataValue>;

/**
 * The metadata to change. A text sets the name's value, `null` removes the name, and absent
 * names keep their values. Afterwards, the task may have up to 16 names.
 */
export type MetadataPatch = Record<string, string | null>;

/**
 * An id, or `none`.
 * @maxLength 36
 * @pattern ^(?:none|[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})$
 */
export type IdOrNone = string;

/**
 * The list that the task is in, or `null` for the inbox. A subtask is in the list of its
 * parent: leave `list_id` out, or send that of the parent. For a new task, `null` is the same
 * as leaving it out; in a change of a subtask, `null` is `422` unless its parent is in the
 * inbox.
 */
export type ListId = string | null;

/**
 * The task that this task is a subtask of, or `null`. A subtask has no subtasks of its own.
 * Sending `null` makes it a task of its own, in the same list.
 */
export type ParentId = string | null;

/**
 * The place of the task or list in the manual order, for `sort=position`. The server makes it:
 * to move a task or list, send `place`. Compare positions by the code points of their
 * characters, and do not interpret them.
 * @minLength 1
 * @maxLength 255
 * @pattern ^[A-Za-z][0-9A-Za-z]*$
 */
export type Position = string;

/**
 * Moves the task or list in the manual order: exactly one of the four. `before` and `after`
 * name another task (or list) of the user. Tasks of all lists have one order: the first place
 * is also the first one of the task's list.
 */
export interface Place {
    /**
     * Before all others.
     */
    first?: boolean | undefined;
    /**
     * After all others.
     */
    last?: boolean | undefined;
    /**
     * Directly before the one with this id.
     * @format uuid
     */
    before?: string | undefined;
    /**
     * Directly after the one with this id.
     * @format uuid
     */
    after?: string | undefined;
}

/**
 * What the next occurrence counts from: `schedule`, the dates of the rule since `due`, or
 * `completion`, the day on which the task is completed.
 */
export type RecurrenceAnchor = "schedule" | "completion";

export const RecurrenceAnchor = {
    schedule: "schedule",
    completion: "completion"
} as const;

/**
 * What happens to occurrences that have passed when a task is completed late, with the anchor
 * `schedule`. `skip`: the next task is due after the day of completion. `keep`: the next task
 * is due on the next date after `due`, although it may have passed. It has no effect with the
 * anchor `completion`.
 */
export type RecurrenceMissed = "skip" | "keep";

export const RecurrenceMissed = {
    skip: "skip",
    keep: "keep"
} as const;

/**
 * A rule of RFC 5545 (section 3.3.10): `FREQ` from `DAILY` to `YEARLY`, with `INTERVAL`,
 * `BYDAY`, `BYMONTHDAY`, `BYMONTH`, `BYSETPOS`, `WKST`, and `COUNT` or `UNTIL`. `UNTIL` is the
 * last day, such as `20261231`. Parts may be in any order and letter case, and `RRULE:` may
 * precede them. Every other part, and a rule without a date in the 100 years after `due`, is
 * refused. The response has the rule in its canonical spelling, with the days and months that
 * it takes from `due`.
 * @minLength 1
 * @maxLength 500
 * @pattern ^[\x20-\x7E]*$
 */
export type RecurrenceRule = string;

/**
 * How the task recurs, or `null`. It needs `due`. A subtask, or a completed task, cannot
 * recur, nor can a reopened task while another task of its series recurs. When absent,
 * `anchor` is `schedule` and `missed` is `skip`; a partial update keeps what they were, but
 * always needs `rrule`: send the present one to change only `anchor` or `missed`.
 */
export interface RecurrenceSetting {
    rrule: RecurrenceRule;
    anchor?: RecurrenceAnchor | undefined;
    missed?: RecurrenceMissed | undefined;
}

/**
 * How the task recurs, or `null`. Completing the task moves it to the task of the next
 * occurrence.
 */
export interface Recurrence {
    rrule: RecurrenceRule;
    anchor: RecurrenceAnchor;
    missed: RecurrenceMissed;
}

/**
 * Which occurrence of its series this task is, or `null` if it is in no series.
 */
export interface Occurrence {
    /**
     * The day from which the rule counts: the date of `due` when the series, or another rule,
     * began.
     * @format date
     */
    start: string;
    /**
     * The day for which the series has this task. It stays when `due` is changed.
     * @format date
     */
    date: string;
    /**
     * The number of the occurrence, from 1. `COUNT` in the rule limits it.
     * @minimum 1
     * @maximum 2147483647
     */
    number: number;
}

/**
 * The name of the list. White space at its start and end is removed. The limits apply to the
 * rest, which must not be empty.
 * @minLength 1
 * @maxLength 200
 * @pattern ^\s*[^\s\x00][^\x00]*$
 */
export type ListName = string;

/**
 * The fields of a new list.
 */
export interface TaskListCreate {
    /**
     * The id of the new list, a UUID of your choice but not the nil or the max UUID; the
     * server chooses one when it is absent. It is stored and returned in lower case. `409`
     * with the type `id-taken` if you have a list with this id, or had one whose deletion is
     * still remembered (for at least 30 days).
     * @format uuid
     */
    id?: string | undefined;
    name: ListName;
    metadata?: Metadata | undefined;
    place?: Place | undefined;
}

/**
 * The fields to change, at least one.
 */
export interface TaskListUpdate {
    name?: ListName | undefined;
    metadata?: MetadataPatch | undefined;
    place?: Place | undefined;
}

/**
 * A list of tasks.
 */
export interface TaskList {
    /**
     * The list's id, a random UUID unless the client has chosen it.
     * @format uuid
     */
    id: string;
    /**
     * The id of the user who owns the list.
     * @minLength 1
     * @maxLength 255
     */
    owner_id: string;
    /**
     * The name of the list.
     * @minLength 1
     * @maxLength 200
     */
    name: string;
    metadata: Metadata;
    position: Position;
    /**
     * When the list was created.
     * @format date-time
     */
    created_at: string;
    /**
     * When the list last changed. Changes of its tasks do not count.
     * @format date-time
     */
    updated_at: string;
    /**
     * The version of the list: 1 when it is created, and one more with each change. In double
     * quotes, it is the entity tag.
     * @minimum 1
     */
    version: number;
}

/**
 * One page of the lists.
 */
export interface TaskListPage {
    /**
     * The lists, in their manual order.
     * @maxItems 100
     */
    items: TaskList[];
    /**
     * The `cursor` of the next page, or `null` on the last page.
     */
    next_cursor: string | null;
}

/**
 * The result of deleting a list.
 */
export interface TaskListDeletion {
    /**
     * The number of tasks that this request deleted or detached.
     * @minimum 0
     */
    tasks: number;
    /**
     * Whether the list has tasks left, and so is still there. Repeat the request to delete
     * it.
     */
    has_more: boolean;
}

/**
 * Entity tags separated by commas, or `*` (RFC 9110, sections 13.1.1 and 13.1.2).
 * @pattern ^(?:\*|[ \t,]*(?:W/)?"[!#-~\x80-\xFF]*"(?:[ \t]*,[ \t,]*(?:W/)?"[!#-~\x80-\xFF]*")*[ \t,]*)$
 */
export type EntityTags = string;

/**
 * The field to sort by. A leading `-` means descending.
 */
export type TaskSort = "created_at" | "-created_at" | "updated_at" | "-updated_at" | "title" | "-title" | "due" | "-due" | "priority" | "-priority" | "position" | "-position";

/**
 * The fields of a new task.
 */
export interface TaskCreate {
    /**
     * The id of the new task, a UUID of your choice but not the nil or the max UUID; the
     * server chooses one when it is absent. It is stored and returned in lower case.
     * `409` with the type `id-taken` if you have a task with this id, or had one whose
     * deletion is still remembered (for at least 30 days).
     * @format uuid
     */
    id?: string | undefined;
    title: Title;
    description?: Description | undefined;
    /**
     * Whether the task is completed. `false` when absent.
     */
    completed?: boolean | undefined;
    due?: Due | undefined;
    start?: Start | undefined;
    priority?: Priority | undefined;
    labels?: Labels | undefined;
    metadata?: Metadata | undefined;
    list_id?: ListId | undefined;
    parent_id?: ParentId | undefined;
    place?: Place | undefined;
    recurrence?: RecurrenceSetting | null | undefined;
}

/**
 * The content of a task. Any writable field that is not required keeps its value when it is
 * absent.
 */
export interface TaskReplace {
    title: Title;
    description: Description;
    /**
     * Whether the task is completed.
     */
    completed: boolean;
    due?: Due | undefined;
    start?: Start | undefined;
    priority?: Priority | undefined;
    labels?: Labels | undefined;
    metadata?: Metadata | undefined;
    list_id?: ListId | undefined;
    parent_id?: ParentId | undefined;
    place?: Place | undefined;
    recurrence?: RecurrenceSetting | null | undefined;
}

/**
 * The fields to change, at least one.
 */
export interface TaskUpdate {
    title?: Title | undefined;
    description?: Description | undefined;
    /**
     * Whether the task is completed.
     */
    completed?: boolean | undefined;
    due?: Due | undefined;
    start?: Start | undefined;
    priority?: Priority | undefined;
    labels?: Labels | undefined;
    metadata?: MetadataPatch | undefined;
    list_id?: ListId | undefined;
    parent_id?: ParentId | undefined;
    place?: Place | undefined;
    recurrence?: RecurrenceSetting | null | undefined;
}

/**
 * A task.
 */
export interface Task {
    /**
     * The task's id, a random UUID unless the client has chosen it.
     * @format uuid
     */
    id: string;
    /**
     * The id of the user who owns the task.
     * @minLength 1
     * @maxLength 255
     */
    owner_id: string;
    /**
     * The title of the task.
     * @minLength 1
     * @maxLength 200
     */
    title: string;
    /**
     * Notes about the task, or `null`.
     */
    description: string | null;
    /**
     * Whether the task is completed.
     */
    completed: boolean;
    /**
     * When the task was completed, or `null` if it is open.
     */
    completed_at: string | null;
    due: Due;
    start: Start;
    priority: Priority;
    labels: Labels;
    metadata: Metadata;
    list_id: ListId;
    parent_id: ParentId;
    position: Position;
    recurrence: Recurrence | null;
    /**
     * The series of recurring tasks that this task is part of, or `null`: the id of its first
     * task.
     */
    series_id: string | null;
    occurrence: Occurrence | null;
    /**
     * The task that was created when this occurrence of a series was completed, or `null`. It
     * stays when that task is deleted, and until this one gets a `recurrence` again.
     */
    next_id: string | null;
    /**
     * When the task was created.
     * @format date-time
     */
    created_at: string;
    /**
     * When the task last changed.
     * @format date-time
     */
    updated_at: string;
    /**
     * The version of the task: 1 when it is created, and one more with each change. In double
     * quotes, it is the entity tag.
     * @minimum 1
     */
    version: number;
}

/**
 * One page of tasks.
 */
export interface TaskPage {
    /**
     * The tasks, in the requested order. With a filter, a page can have fewer than `limit`
     * tasks, or none, and still have a next page.
     * @maxItems 100
     */
    items: Task[];
    /**
     * The `cursor` of the next page, or `null` on the last page. Nothing else marks the last
     * page.
     */
    next_cursor: string | null;
}

/**
 * Counts of the user's tasks.
 */
export interface TaskSummary {
    /**
     * The number of open tasks.
     * @minimum 0
     */
    open: number;
    /**
     * The number of completed tasks.
     * @minimum 0
     */
    completed: number;
    /**
     * The number of open tasks that are overdue at `overdue_at`, or `null` without it.
     */
    overdue: number | null;
    /**
     * The number of open tasks whose `due` is `null`.
     * @minimum 0
     */
    without_due: number;
    by_priority: PriorityCounts;
    /**
     * The labels of open tasks, the most frequent first: the 100 most frequent, if there are
     * more. Labels that are equal apart from letter case are one, in the spelling that most
     * open tasks have. `listLabels` has all labels.
     * @maxItems 100
     */
    by_label: OpenLabelCount[];
    /**
     * The lists that have open tasks, in their manual order, and first the inbox if it has
     * any. Subtasks count as tasks of the list of their parent.
     * @maxItems 501
     */
    by_list: OpenListCount[];
    /**
     * Whether the user has more tasks than are counted. Then each count is a minimum.
     */
    partial: boolean;
}

/**
 * The number of open tasks of each priority.
 */
export interface PriorityCounts {
    none: TaskCount;
    low: TaskCount;
    medium: TaskCount;
    high: TaskCount;
    urgent: TaskCount;
}

/**
 * A number of tasks.
 * @minimum 0
 */
export type TaskCount = number;

/**
 * A label, and how many open tasks have it.
 */
export interface OpenLabelCount {
    label: Label;
    /**
     * The number of open tasks with the label.
     * @minimum 1
     */
    open: number;
}

/**
 * A list, and how many open tasks are in it.
 */
export interface OpenListCount {
    list_id: ListId;
    /**
     * The number of open tasks in the list.
     * @minimum 1
     */
    open: number;
}

/**
 * One page of the labels.
 */
export interface LabelPage {
    /**
     * The labels.
     * @maxItems 500
     */
    items: LabelCount[];
    /**
     * Whether the user has more tasks than are counted. Then each count is a minimum, and
     * labels may be missing.
     */
    partial: boolean;
    /**
     * The `cursor` of the next page, or `null` on the last page.
     */
    next_cursor: string | null;
}

/**
 * A label, and how many tasks have it.
 */
export interface LabelCount {
    label: Label;
    /**
     * The number of open tasks with the label.
     * @minimum 0
     */
    open: number;
    /**
     * The number of tasks with the label, open and completed.
     * @minimum 1
     */
    total: number;
}

/**
 * The new name of a label.
 */
export interface LabelRename {
    label: Label;
    /**
     * The new label, or `null` to remove the label from all tasks. It is written like the
     * labels of a task.
     */
    new_label: string | null;
    /**
     * The `next_cursor` of the previous request, with the same labels.
     * @minLength 1
     * @maxLength 2048
     */
    cursor?: string | undefined;
}

/**
 * The result of renaming a label.
 */
export interface LabelRenamed {
    /**
     * The number of tasks that this request changed.
     * @minimum 0
     */
    changed: number;
    /**
     * The `cursor` of the next request, or `null` if every task has been examined.
     */
    next_cursor: string | null;
}

/**
 * Operations to apply in order, all of them or none.
 */
export interface TaskBatch {
    /**
     * The operations.
     * @minItems 1
     * @maxItems 100
     */
    operations: BatchOperation[];
}

/**
 * One operation of a batch; `op` is its kind.
 */
export type BatchOperation = BatchCreate | BatchUpdate | BatchComplete | BatchDelete | BatchCreateList | BatchUpdateList | BatchDeleteList;

/**
 * Create a task.
 */
export interface BatchCreate {
    /**
     * The kind of operation.
     */
    op: "create";
    task: TaskCreate;
}

/**
 * Change single fields of a task, as `updateTask` does.
 */
export interface BatchUpdate {
    /**
     * The kind of operation.
     */
    op: "update";
    /**
     * The task's id.
     * @format uuid
     */
    id: string;
    changes: TaskUpdate;
    if_version?: IfVersion | undefined;
}

/**
 * Complete a task, as `completeTask` does.
 */
export interface BatchComplete {
    /**
     * The kind of operation.
     */
    op: "complete";
    /**
     * The task's id.
     * @format uuid
     */
    id: string;
    completed_on?: CompletedOn | undefined;
    if_version?: IfVersion | undefined;
}

/**
 * Delete a task, as `deleteTask` does.
 */
export interface BatchDelete {
    /**
     * The kind of operation.
     */
    op: "delete";
    /**
     * The task's id.
     * @format uuid
     */
    id: string;
    children?: OnDelete | undefined;
    if_version?: IfVersion | undefined;
}

/**
 * Create a list.
 */
export interface BatchCreateList {
    /**
     * The kind of operation.
     */
    op: "create_list";
    list: TaskListCreate;
}

/**
 * Change single fields of a list, as `updateList` does.
 */
export interface BatchUpdateList {
    /**
     * The kind of operation.
     */
    op: "update_list";
    /**
     * The list's id.
     * @format uuid
     */
    id: string;
    changes: TaskListUpdate;
    if_version?: IfVersion | undefined;
}

/**
 * Delete a list in which no tasks are, at that point: earlier operations can move or delete
 * them. To delete a list with all its tasks, use `deleteList`.
 */
export interface BatchDeleteList {
    /**
     * The kind of operation.
     */
    op: "delete_list";
    /**
     * The list's id.
     * @format uuid
     */
    id: string;
    if_version?: IfVersion | undefined;
}

/**
 * What happens to the subtasks of a deleted task, or to the tasks of a deleted list: `delete`
 * deletes them, too, and `detach` makes the subtasks tasks of their own, or moves the tasks to
 * the inbox. Without it, a task that has subtasks, or a list that has tasks, is not deleted.
 */
export type OnDelete = "delete" | "detach";

export const OnDelete = {
    delete: "delete",
    detach: "detach"
} as const;

/**
 * The user's day of completion, for the next occurrence of a recurring task. Only
 * `completeTask` and the operation `complete` of a batch have it. When it is absent, it is the
 * day in the time zone of `due`, or in UTC if `due` has none.
 * @format date
 */
export type CompletedOn = string;

/**
 * The completion of a task.
 */
export interface TaskCompletion {
    completed_on?: CompletedOn | undefined;
}

/**
 * Apply the operation only if the task or list has this version at that point.
 * @minimum 1
 * @maximum 2147483647
 */
export type IfVersion = number;

/**
 * The results of a batch.
 */
export interface TaskBatchResult {
    /**
     * One result for each operation, in the same order.
     * @minItems 1
     * @maxItems 100
     */
    results: BatchResult[];
}

/**
 * The result of one operation; `op` is its kind.
 */
export type BatchResult = BatchCreated | BatchUpdated | BatchCompleted | BatchDeleted | BatchListCreated | BatchListUpdated | BatchListDeleted;

/**
 * A task was created.
 */
export interface BatchCreated {
    /**
     * The kind of operation.
     */
    op: "create";
    task: Task;
}

/**
 * A task was changed. If that completed an occurrence of a series, `next` is the task of the
 * next occurrence, which this operation has created.
 */
export interface BatchUpdated {
    /**
     * The kind of operation.
     */
    op: "update";
    task: Task;
    next?: Task | undefined;
}

/**
 * A task was completed. If it recurs, `next` is the task of the next occurrence, which this
 * operation has created.
 */
export interface BatchCompleted {
    /**
     * The kind of operation.
     */
    op: "complete";
    task: Task;
    next?: Task | undefined;
}

/**
 * A task was deleted.
 */
export interface BatchDeleted {
    /**
     * The kind of operation.
     */
    op: "delete";
    /**
     * The id of the deleted task.
     * @format uuid
     */
    id: string;
}

/**
 * A list was created.
 */
export interface BatchListCreated {
    /**
     * The kind of operation.
     */
    op: "create_list";
    list: TaskList;
}

/**
 * A list was changed.
 */
export interface BatchListUpdated {
    /**
     * The kind of operation.
     */
    op: "update_list";
    list: TaskList;
}

/**
 * A list was deleted.
 */
export interface BatchListDeleted {
    /**
     * The kind of operation.
     */
    op: "delete_list";
    /**
     * The id of the deleted list.
     * @format uuid
     */
    id: string;
}

/**
 * Changes since a change token.
 */
export interface TaskChanges {
    /**
     * The changes, the oldest first.
     * @maxItems 500
     */
    items: TaskChange[];
    /**
     * The change token to send as `since` to get the changes after these. It is opaque, and
     * works only for this user.
     */
    next_since: string;
    /**
     * Whether there are more changes now. Get them with `next_since`.
     */
    has_more: boolean;
}

/**
 * One change; `type` is its kind.
 */
export type TaskChange = ChangedTask | DeletedTask | ChangedList | DeletedList;

/**
 * A task that was created or changed.
 */
export interface ChangedTask {
    /**
     * The kind of change.
     */
    type: "task";
    task: Task;
}

/**
 * The record of a deleted task.
 */
export interface DeletedTask {
    /**
     * The kind of change.
     */
    type: "deleted";
    /**
     * The id of the deleted task.
     * @format uuid
     */
    id: string;
    /**
     * When the task was deleted.
     * @format date-time
     */
    deleted_at: string;
}

/**
 * A list that was created or changed.
 */
export interface ChangedList {
    /**
     * The kind of change.
     */
    type: "list";
    list: TaskList;
}

/**
 * The record of a deleted list.
 */
export interface DeletedList {
    /**
     * The kind of change.
     */
    type: "list_deleted";
    /**
     * The id of the deleted list.
     * @format uuid
     */
    id: string;
    /**
     * When the list was deleted.
     * @format date-time
     */
    deleted_at: string;
}

/**
 * One line of an export; `type` is its kind.
 */
export type ExportLine = ExportedList | ExportedTask | ExportedChange | ExportEnd;

/**
 * A list.
 */
export interface ExportedList {
    /**
     * The kind of line.
     */
    type: "list";
    list: TaskList;
}

/**
 * A task.
 */
export interface ExportedTask {
    /**
     * The kind of line.
     */
    type: "task";
    task: Task;
}

/**
 * What a change did to a task or a list. `task` or `list` is what it was before, and absent if
 * the change created it.
 */
export interface ExportedChange {
    /**
     * The kind of line.
     */
    type: "change";
    change: ChangeId;
    /**
     * When the change was made.
     * @format date-time
     */
    at: string;
    operation: ChangeOperation;
    client_id: ClientId;
    /**
     * The change that this one undid, or `null`.
     */
    undoes: string | null;
    /**
     * Whether it is a task or a list.
     */
    kind: "task" | "list";
    /**
     * The id of the task or list.
     * @format uuid
     */
    id: string;
    /**
     * What the change did to it.
     */
    action: "created" | "updated" | "deleted";
    task?: Task | undefined;
    list?: TaskList | undefined;
}

/**
 * The last line of a complete export.
 */
export interface ExportEnd {
    /**
     * The kind of line.
     */
    type: "end";
    /**
     * The number of lists in the export.
     * @minimum 0
     */
    lists: number;
    /**
     * The number of tasks in the export.
     * @minimum 0
     */
    tasks: number;
    /**
     * The number of lines of the type `change`. Absent in an export without the history.
     * @minimum 0
     */
    changes?: number | undefined;
}

/**
 * The id of a change. Keep it as it is. When a user has deleted everything, ids begin anew.
 * @minLength 1
 * @maxLength 16
 * @pattern ^[1-9][0-9]*$
 */
export type ChangeId = string;

/**
 * The client that made the change: `client_id` or `azp` of its token, or `null` if the token
 * has neither, or if it is not known any more.
 */
export type ClientId = string | null;

/**
 * The operation that made the change, by its `operationId`, or `null` if it is not known any
 * more. `renewPositions` is the server's own: see "Lists, subtasks and order".
 */
export type ChangeOperation = string | null;

/**
 * A task as it was after a change; without `task` if the change deleted it.
 */
export interface TaskVersion {
    /**
     * The id of the change, or `null` if the server has forgotten it.
     */
    change: string | null;
    /**
     * When the change was made.
     * @format date-time
     */
    at: string;
    operation: ChangeOperation;
    client_id: ClientId;
    /**
     * Whether the change deleted the task.
     */
    deleted: boolean;
    task?: Task | undefined;
}

/**
 * A page of the versions of a task.
 */
export interface TaskVersions {
    /**
     * The versions, the newest first.
     */
    items: TaskVersion[];
    /**
     * The `cursor` of the next page, or `null` on the last page.
     */
    next_cursor: string | null;
}

/**
 * Which version to restore.
 */
export interface TaskRestore {
    /**
     * The `version` of the task to restore.
     * @minimum 1
     * @maximum 2147483647
     */
    version: number;
}

/**
 * What one request has changed.
 */
export interface RecordedChange {
    /**
     * The id of the change. When a user has deleted everything, ids begin anew.
     * @minLength 1
     * @maxLength 16
     * @pattern ^[1-9][0-9]*$
     */
    change: string;
    /**
     * When the change was made.
     * @format date-time
     */
    at: string;
    /**
     * The operation that made the change, by its `operationId`, or `null` if it is not known
     * any more. `renewPositions` is the server's own: see "Lists, subtasks and order".
     */
    operation: string | null;
    /**
     * The client that made the change: `client_id` or `azp` of its token, or `null` if the
     * token has neither, or if it is not known any more.
     */
    client_id: string | null;
    /**
     * How many tasks and lists the request created, changed or deleted.
     * @minimum 1
     */
    count: number;
    /**
     * Up to three of these tasks and lists, to show what was changed. A list that was deleted
     * with its tasks comes first.
     * @maxItems 3
     */
    items: RecordedItem[];
    /**
     * The change that this one undid, or `null`.
     */
    undoes: string | null;
    /**
     * The change that undid this one, or `null` if it is in effect, also because its undo was
     * undone. Of a chain of undos of undos, the first hundred count.
     */
    undone_by: string | null;
}

/**
 * A task or list that a request has changed.
 */
export interface RecordedItem {
    /**
     * What it is.
     */
    type: "task" | "list";
    /**
     * The id of the task or list.
     * @format uuid
     */
    id: string;
    /**
     * The title of the task or the name of the list, as it was before the change. If the
     * change created it, its present one, or `null` if it is no longer there.
     */
    title: string | null;
    /**
     * What the request did. `created` also means that it was brought back.
     */
    action: "created" | "updated" | "deleted";
}

/**
 * A page of the history.
 */
export interface RecordedChanges {
    /**
     * The changes, the newest first.
     */
    items: RecordedChange[];
    /**
     * The `cursor` of the next page, or `null` on the last page.
     */
    next_cursor: string | null;
}

/**
 * What an undo has changed.
 */
export interface Undo {
    change: ChangeId;
    /**
     * The change that was undone.
     * @minLength 1
     * @maxLength 16
     * @pattern ^[1-9][0-9]*$
     */
    undoes: string;
    /**
     * How many tasks and lists the undo has changed.
     * @minimum 0
     */
    count: number;
    /**
     * Up to 100 of them, as they are now, in the form of the change feed.
     * @maxItems 100
     */
    items: TaskChange[];
    /**
     * Whether there are more than 100. The change feed has all of them.
     */
    has_more: boolean;
}

/**
 * The result of deleting completed tasks.
 */
export interface DeletedCount {
    /**
     * The number of tasks that this request deleted.
     * @minimum 0
     */
    deleted: number;
    /**
     * Whether a repetition of the request deletes more. Completed tasks that have open
     * subtasks stay, and do not count.
     */
    has_more: boolean;
}

/**
 * The progress of deleting everything.
 */
export interface Erasure {
    /**
     * `complete` if nothing is left (`200`), `in_progress` while the server deletes the rest
     * (`202`).
     */
    status: "complete" | "in_progress";
}

/**
 * What the token states about its user and its client.
 */
export interface Session {
    /**
     * The `sub` of the token. Use it, or `me`, as `user_id` in paths.
     * @minLength 1
     * @maxLength 255
     */
    user_id: string;
    /**
     * When the token expires.
     * @format date-time
     */
    expires_at: string;
    /**
     * The client that the token was issued to: its `client_id` or else its `azp`. `null` if
     * the token names none.
     */
    client_id: string | null;
    /**
     * The scopes of this API that the token has: `tasks:read`, `tasks:write`, `tasks:erase`.
     * Later versions can add others. A token without a claim about scopes has all of them,
     * unless the operator requires the claim: then it has none.
     * @maxItems 20
     * @uniqueItems
     */
    scopes: string[];
}

/**
 * The metadata of a protected resource (RFC 9728, section 2).
 */
export interface ResourceMetadata {
    /**
     * The resource's identifier: ask for tokens with it as `resource` (RFC 8707). Its metadata is
     * at this address, with `/.well-known/oauth-protected-resource` before its path.
     * @format uri
     */
    resource: string;
    /**
     * The issuers whose tokens the server accepts.
     * @minItems 1
     * @maxItems 100
     */
    authorization_servers: string[];
    /**
     * The scopes of the resource.
     * @maxItems 20
     */
    scopes_supported: string[];
    /**
     * How a token can be sent: always `header`.
     * @maxItems 3
     */
    bearer_methods_supported: string[];
    /**
     * The name of the service.
     * @minLength 1
     * @maxLength 200
     */
    resource_name: string;
    /**
     * The address of the documentation.
     * @format uri
     */
    resource_documentation: string;
}

/**
 * The state of the service.
 */
export interface Health {
    /**
     * Always `ok`. Any other state is a problem document.
     */
    status: "ok";
}

/**
 * A problem document (RFC 9457). With status 422, it always has `errors`.
 */
export interface Problem {
    /**
     * The kind of problem: a path that ends in its name, which never changes. If clients reach
     * the server below a path prefix, the path begins with it.
     * @format uri-reference
     */
    type: string;
    /**
     * The name of the kind of problem, in words.
     */
    title: string;
    /**
     * The HTTP status.
     * @minimum 400
     * @maximum 599
     */
    status: number;
    /**
     * What went wrong with this request, for people to read.
     */
    detail: string;
    /**
     * The request id as a URN.
     * @format uri
     */
    instance: string;
    /**
     * The faults of the request, up to 100, with status 422; with `changed-since`, what was
     * changed.
     * @minItems 1
     * @maxItems 100
     */
    errors?: Fault[] | undefined;
}

/**
 * One fault of a request.
 */
export interface Fault {
    /**
     * The place: `body`, `query`, `path` or `header`, then the field, with indexes for the
     * items of lists. Names of more than 100 characters are shortened. With `changed-since`:
     * `tasks` or `lists`, then the id.
     * @minItems 1
     */
    loc: (string | number)[];
    /**
     * What is wrong there.
     */
    msg: string;
    /**
     * The violated rule: a keyword of JSON Schema, or a name of this API such as `not_found`.
     */
    type: string;
}
