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
 * Entity tags separated by commas, or `*` (RFC 9110, sections 13.1.1 and 13.1.2).
 * @pattern ^(?:\*|[ \t,]*(?:W/)?"[!#-~\x80-\xFF]*"(?:[ \t]*,[ \t,]*(?:W/)?"[!#-~\x80-\xFF]*")*[ \t,]*)$
 */
export type EntityTags = string;

/**
 * The field to sort by. A leading `-` means descending.
 */
export type TaskSort = "created_at" | "-created_at" | "updated_at" | "-updated_at" | "title" | "-title" | "due" | "-due" | "priority" | "-priority";

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
 * One page of a list of tasks.
 */
export interface TaskPage {
    /**
     * The tasks, in the requested order. A page of a filtered list can have fewer than `limit`
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
export type BatchOperation = BatchCreate | BatchUpdate | BatchDelete;

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
 * Delete a task.
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
    if_version?: IfVersion | undefined;
}

/**
 * Apply the operation only if the task has this version at that point.
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
export type BatchResult = BatchCreated | BatchUpdated | BatchDeleted;

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
 * A task was changed.
 */
export interface BatchUpdated {
    /**
     * The kind of operation.
     */
    op: "update";
    task: Task;
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
export type TaskChange = ChangedTask | DeletedTask;

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
 * One line of an export; `type` is its kind.
 */
export type ExportLine = ExportedTask | ExportEnd;

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
 * The last line of a complete export.
 */
export interface ExportEnd {
    /**
     * The kind of line.
     */
    type: "end";
    /**
     * The number of tasks in the export.
     * @minimum 0
     */
    tasks: number;
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
     * Whether completed tasks are left. Repeat the request to delete them.
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
 * The user that the token names.
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
     * The faults of the request, up to 100. Present with status 422, and only then.
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
     * items of lists. Names of more than 100 characters are shortened.
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
