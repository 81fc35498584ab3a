// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * A client of the Tasks API, for the user of its token. It is safe for use by several threads; make one and share it.
 */
public final class TasksClient {
    /** The version of the contract that this client is generated from. */
    public static final String VERSION = "0.2.0";

    private final Transport transport;

    TasksClient(Transport transport) {
        this.transport = transport;
    }

    /** Returns the settings of a client of the server at {@code baseUrl}. */
    public static TasksClientBuilder builder(String baseUrl) {
        return new TasksClientBuilder(baseUrl);
    }

    @Override
    public String toString() {
        return "TasksClient of " + transport;
    }

    /**
     * Returns the user's tasks, one page at a time. Filters narrow the list, and {@code sort} orders it. A
     * task must pass all filters: if they exclude each other, the list is empty. Tasks with equal values are
     * ordered by {@code id}, so pages neither repeat nor skip a task while others are created or deleted.
     *
     * <p>It follows all pages.
     */
    public Pages<Task> listTasks(ListTasksParams params) {
        return listTasks(params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public Pages<Task> listTasks() {
        return listTasks(ListTasksParams.create());
    }

    /** The same, with options. */
    public Pages<Task> listTasks(ListTasksParams params, RequestOptions options) {
        Objects.requireNonNull(params, "params must not be null");
        Pages<TaskPage> pages = Pages.of(
                cursor -> listTasksPage(cursor == null ? params : params.cursor(cursor), options),
                TaskPage::nextCursor);
        return pages.items(TaskPage::items);
    }

    /**
     * Returns one page of what {@code listTasks} returns.
     */
    public TaskPage listTasksPage(ListTasksParams params) {
        return listTasksPage(params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public TaskPage listTasksPage() {
        return listTasksPage(ListTasksParams.create());
    }

    /** The same, with options. */
    public TaskPage listTasksPage(ListTasksParams params, RequestOptions options) {
        Call call = new Call("GET", "/api/v1/users/%s/tasks", transport.user)
                .query(Objects.requireNonNull(params, "params must not be null").values())
                .secured()
                .success(200)
                .takes("If-None-Match");
        return transport.send(call, options, TaskPage::from);
    }

    /**
     * Creates a task. Only {@code title} is required. With an {@code id} of your choice, you know the task's
     * id before the response, and creating the same task again gets {@code 409} instead of a second task.
     */
    public Task createTask(TaskCreate body) {
        return createTask(body, RequestOptions.create());
    }

    /** The same, with options. */
    public Task createTask(TaskCreate body, RequestOptions options) {
        Call call = new Call("POST", "/api/v1/users/%s/tasks", transport.user)
                .body(Objects.requireNonNull(body, "body must not be null"))
                .keyed()
                .secured()
                .success(201)
                .takes("Idempotency-Key");
        return transport.send(call, options, Task::from);
    }

    /**
     * Deletes the user's completed tasks, the oldest first. {@code completed=true} is required, so that a
     * mistyped request cannot delete open tasks.
     *
     * <p>With tens of thousands of completed tasks, one request may not delete them all: {@code has_more} is
     * then {@code true}. Repeat the request, without an {@code Idempotency-Key} or with a new one, until it
     * is {@code false}. The user's other changes can happen in between.
     */
    public DeletedCount deleteCompletedTasks() {
        return deleteCompletedTasks(RequestOptions.create());
    }

    /** The same, with options. */
    public DeletedCount deleteCompletedTasks(RequestOptions options) {
        Call call = new Call("DELETE", "/api/v1/users/%s/tasks", transport.user)
                .query(Map.of("completed", "true"))
                .keyed()
                .secured()
                .success(200)
                .takes("Idempotency-Key");
        return transport.send(call, options, DeletedCount::from);
    }

    /**
     * Returns one task. With the task's entity tag in {@code If-None-Match}, the response is {@code 304}
     * while the task is unchanged.
     */
    public Task getTask(UUID taskId) {
        return getTask(taskId, RequestOptions.create());
    }

    /** The same, with options. */
    public Task getTask(UUID taskId, RequestOptions options) {
        Call call = new Call("GET", "/api/v1/users/%s/tasks/%s", transport.user, Objects.requireNonNull(taskId, "taskId must not be null"))
                .secured()
                .success(200)
                .takes("If-Match", "If-None-Match");
        return transport.send(call, options, Task::from);
    }

    /**
     * Replaces the content of an existing task. {@code title}, {@code description} and {@code completed} are
     * required. Any other writable field keeps its value when it is absent, so a client never clears a field
     * that it does not know. The request never creates a task. To change single fields, use {@code PATCH}.
     */
    public Task replaceTask(UUID taskId, TaskReplace body) {
        return replaceTask(taskId, body, RequestOptions.create());
    }

    /** The same, with options. */
    public Task replaceTask(UUID taskId, TaskReplace body, RequestOptions options) {
        Call call = new Call("PUT", "/api/v1/users/%s/tasks/%s", transport.user, Objects.requireNonNull(taskId, "taskId must not be null"))
                .body(Objects.requireNonNull(body, "body must not be null"))
                .keyed()
                .secured()
                .success(200)
                .takes("If-Match", "If-None-Match", "Idempotency-Key");
        return transport.send(call, options, Task::from);
    }

    /**
     * Changes only the fields in the request (JSON merge patch, RFC 7396). An absent field keeps its value,
     * and {@code null} clears {@code description}, {@code due} or {@code start}. In {@code metadata}, absent
     * names keep their values, and {@code null} removes a name. {@code labels} is replaced as a whole. At
     * least one field is required.
     */
    public Task updateTask(UUID taskId, TaskUpdate body) {
        return updateTask(taskId, body, RequestOptions.create());
    }

    /** The same, with options. */
    public Task updateTask(UUID taskId, TaskUpdate body, RequestOptions options) {
        Call call = new Call("PATCH", "/api/v1/users/%s/tasks/%s", transport.user, Objects.requireNonNull(taskId, "taskId must not be null"))
                .body(Objects.requireNonNull(body, "body must not be null"))
                .keyed()
                .secured()
                .success(200)
                .takes("If-Match", "If-None-Match", "Idempotency-Key");
        return transport.send(call, options, Task::from);
    }

    /**
     * Deletes the task permanently. A second request gets {@code 404}.
     */
    public void deleteTask(UUID taskId) {
        deleteTask(taskId, RequestOptions.create());
    }

    /** The same, with options. */
    public void deleteTask(UUID taskId, RequestOptions options) {
        Call call = new Call("DELETE", "/api/v1/users/%s/tasks/%s", transport.user, Objects.requireNonNull(taskId, "taskId must not be null"))
                .keyed()
                .secured()
                .success(204)
                .takes("If-Match", "If-None-Match", "Idempotency-Key");
        transport.send(call, options, null);
    }

    /**
     * Marks the task as completed. A task that is already completed does not change: it keeps its {@code
     * completed_at} and its version. The request needs no body. An empty object is accepted as well, because
     * some intermediaries refuse a {@code PATCH} without a body.
     */
    public Task completeTask(UUID taskId) {
        return completeTask(taskId, RequestOptions.create());
    }

    /** The same, with options. */
    public Task completeTask(UUID taskId, RequestOptions options) {
        Call call = new Call("PATCH", "/api/v1/users/%s/tasks/%s/complete", transport.user, Objects.requireNonNull(taskId, "taskId must not be null"))
                .keyed()
                .secured()
                .success(200)
                .takes("If-Match", "If-None-Match", "Idempotency-Key");
        return transport.send(call, options, Task::from);
    }

    /**
     * Counts the user's tasks: the open ones, the completed ones, and of the open ones those that are
     * overdue, those without a due time, those of each priority and those with each label.
     *
     * <p>The server does not know what time it is for the user, so the request contains it: {@code
     * overdue_at} is the time at which tasks are overdue, with the user's offset from UTC. A day is overdue
     * when it is before the date of {@code overdue_at}, a local time when it is before the local time of
     * {@code overdue_at}, and a time in a zone when its instant is before {@code overdue_at}. So a task that
     * is due on a day is not overdue on that day. Completed tasks are never overdue.
     *
     * <p>The counts are exact for up to 50,000 open and 50,000 completed tasks. If there are more, only the
     * latest are counted, and {@code partial} is {@code true}: then each count is a minimum. If tens of
     * thousands of tasks have many labels each, some of these labels are left out, too.
     *
     * <p>The response has an entity tag. Send it in {@code If-None-Match} to get {@code 304} until one of
     * the user's tasks changes. A later {@code overdue_at} is another query, with another tag: to poll,
     * round it, for example to the minute.
     *
     * <p>A user can have two of these requests in progress at once; a third gets {@code 429}.
     */
    public TaskSummary getTaskSummary(GetTaskSummaryParams params) {
        return getTaskSummary(params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public TaskSummary getTaskSummary() {
        return getTaskSummary(GetTaskSummaryParams.create());
    }

    /** The same, with options. */
    public TaskSummary getTaskSummary(GetTaskSummaryParams params, RequestOptions options) {
        Call call = new Call("GET", "/api/v1/users/%s/task-summary", transport.user)
                .query(Objects.requireNonNull(params, "params must not be null").values())
                .secured()
                .success(200)
                .takes("If-None-Match");
        return transport.send(call, options, TaskSummary::from);
    }

    /**
     * Lists the labels of the user's tasks, one page at a time, with the number of tasks that have each. A
     * label exists while a task has it: it needs no creation.
     *
     * <p>Labels that are equal apart from letter case are one label. It is shown in the spelling that most
     * tasks have; if several are equally frequent, in the one whose characters have the lowest code points.
     * The labels are ordered by the code points of their lower-case characters.
     *
     * <p>The list is complete for up to 50,000 open and 50,000 completed tasks. If there are more, or if
     * tens of thousands of them have many labels each, only the latest are counted, and {@code partial} is
     * {@code true}: then each count is a minimum, and labels may be missing.
     *
     * <p>A user can have two of these requests in progress at once; a third gets {@code 429}.
     *
     * <p>It follows all pages.
     */
    public Pages<LabelCount> listLabels(ListLabelsParams params) {
        return listLabels(params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public Pages<LabelCount> listLabels() {
        return listLabels(ListLabelsParams.create());
    }

    /** The same, with options. */
    public Pages<LabelCount> listLabels(ListLabelsParams params, RequestOptions options) {
        Objects.requireNonNull(params, "params must not be null");
        Pages<LabelPage> pages = Pages.of(
                cursor -> listLabelsPage(cursor == null ? params : params.cursor(cursor), options),
                LabelPage::nextCursor);
        return pages.items(LabelPage::items);
    }

    /**
     * Returns one page of what {@code listLabels} returns.
     */
    public LabelPage listLabelsPage(ListLabelsParams params) {
        return listLabelsPage(params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public LabelPage listLabelsPage() {
        return listLabelsPage(ListLabelsParams.create());
    }

    /** The same, with options. */
    public LabelPage listLabelsPage(ListLabelsParams params, RequestOptions options) {
        Call call = new Call("GET", "/api/v1/users/%s/labels", transport.user)
                .query(Objects.requireNonNull(params, "params must not be null").values())
                .secured()
                .success(200)
                .takes("If-None-Match");
        return transport.send(call, options, LabelPage::from);
    }

    /**
     * Gives a label another name on all the user's tasks, or removes it from them with {@code new_label:
     * null}. Labels are compared without letter case, so this can also change only the letter case of a
     * label. Each task keeps the order of its labels. If a task has both labels, they become one: the first
     * of the two keeps its place, and its spelling if it is the new label already. If no task has the label,
     * nothing changes, and {@code changed} is 0.
     *
     * <p>Every task that is changed gets a new version and a new {@code updated_at}, and is in {@code
     * task-changes}. A task that already has the result stays as it is.
     *
     * <p>What one request changes becomes visible at once: other requests see all of it, or nothing. A
     * request examines the user's tasks, the oldest first, for about half a second, which is enough to
     * change thousands of them. If tasks are left to examine, {@code next_cursor} is not {@code null}:
     * repeat the request with it as {@code cursor}, without an {@code Idempotency-Key} or with a new one,
     * until it is {@code null}. The user's other changes can happen in between.
     */
    public LabelRenamed renameLabel(LabelRename body) {
        return renameLabel(body, RequestOptions.create());
    }

    /** The same, with options. */
    public LabelRenamed renameLabel(LabelRename body, RequestOptions options) {
        Call call = new Call("POST", "/api/v1/users/%s/label-renames", transport.user)
                .body(Objects.requireNonNull(body, "body must not be null"))
                .keyed()
                .secured()
                .success(200)
                .takes("Idempotency-Key");
        return transport.send(call, options, LabelRenamed::from);
    }

    /**
     * Applies up to 100 operations in the given order: all of them or, if one cannot be applied, none. An
     * operation sees the changes that earlier operations have made. With {@code if_version}, an update or a
     * deletion applies only if the task has that version at that point. The time of each operation is one
     * microsecond after that of the previous one, so {@code task-changes}, and lists sorted by time, keep
     * the order of the request.
     *
     * <p>If an operation cannot be applied, the response is {@code 422}, nothing has changed, and {@code
     * errors} identifies the operation by its index: {@code ["body", "operations", 3, "id"]} with the type
     * {@code not_found}, or {@code ["body", "operations", 3, "if_version"]} with the type {@code
     * version_mismatch}. A creation may choose the task's {@code id}, and later operations of the same batch
     * may name it. If the id is taken, the type is {@code id_taken}, at {@code ["body", "operations", 3,
     * "task", "id"]}. {@code errors} identifies only the first operation that cannot be applied. If that is
     * a creation whose id is taken, {@code errors} identifies all such creations of the batch, in order:
     * leave them out to continue an import.
     */
    public TaskBatchResult applyTaskBatch(TaskBatch body) {
        return applyTaskBatch(body, RequestOptions.create());
    }

    /** The same, with options. */
    public TaskBatchResult applyTaskBatch(TaskBatch body, RequestOptions options) {
        Call call = new Call("POST", "/api/v1/users/%s/task-batches", transport.user)
                .body(Objects.requireNonNull(body, "body must not be null"))
                .keyed()
                .secured()
                .success(200)
                .takes("Idempotency-Key");
        return transport.send(call, options, TaskBatchResult::from);
    }

    /**
     * Lists what has changed since the change token in {@code since}, in the order in which the changes were
     * committed: tasks that were created or changed, in their current state, and the ids of tasks that were
     * deleted. Without {@code since}, it lists every task.
     *
     * <p>Repeat the request with {@code next_since} as {@code since} while {@code has_more} is {@code true},
     * and keep the last {@code next_since} for the next time. Skip changes whose {@code type} you do not
     * know, because later versions may add types.
     *
     * <p>A change token works only for the user that received it. {@code 410} means that the server has
     * forgotten deletions that happened after the token, or that the user has deleted everything: discard
     * your copy and start again without {@code since}.
     *
     * <p>It follows all pages. After each, store its {@code nextSince} with what it has changed: it is the
     * {@code since} to continue from, now or the next time.
     */
    public Pages<TaskChanges> listTaskChanges(ListTaskChangesParams params) {
        return listTaskChanges(params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public Pages<TaskChanges> listTaskChanges() {
        return listTaskChanges(ListTaskChangesParams.create());
    }

    /** The same, with options. */
    public Pages<TaskChanges> listTaskChanges(ListTaskChangesParams params, RequestOptions options) {
        Objects.requireNonNull(params, "params must not be null");
        return Pages.of(
                since -> listTaskChangesPage(since == null ? params : params.since(since), options),
                page -> page.hasMore() ? page.nextSince() : null);
    }

    /**
     * Returns one page of what {@code listTaskChanges} returns.
     */
    public TaskChanges listTaskChangesPage(ListTaskChangesParams params) {
        return listTaskChangesPage(params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public TaskChanges listTaskChangesPage() {
        return listTaskChangesPage(ListTaskChangesParams.create());
    }

    /** The same, with options. */
    public TaskChanges listTaskChangesPage(ListTaskChangesParams params, RequestOptions options) {
        Call call = new Call("GET", "/api/v1/users/%s/task-changes", transport.user)
                .query(Objects.requireNonNull(params, "params must not be null").values())
                .secured()
                .success(200);
        return transport.send(call, options, TaskChanges::from);
    }

    /**
     * Streams all the user's tasks as newline-delimited JSON: each line is an object, and its {@code type}
     * is the kind of line. Tasks are ordered by id, and none comes twice. A task that changes during the
     * export is in its old or its new state. Skip lines whose {@code type} you do not know, because later
     * versions may add types.
     *
     * <p>The last line has the type {@code end} and the number of tasks. An export without that line is
     * incomplete, even if the response appears to have ended normally: the server resets the connection of
     * an export that it cannot finish, but a proxy in between can hide this.
     *
     * <p>A user can have two exports in progress at once; a third gets {@code 429}.
     *
     * <p>The tasks come one by one as they arrive. Close the export if you do not read it to its end.
     */
    public TaskExport exportTasks() {
        return exportTasks(RequestOptions.create());
    }

    /** The same, with options. */
    public TaskExport exportTasks(RequestOptions options) {
        Call call = new Call("GET", "/api/v1/users/%s/task-export", transport.user)
                .secured()
                .success(200);
        return transport.export(call, options);
    }

    /**
     * Deletes all the user's data: tasks, the records of deleted tasks, and the stored results of requests
     * with an {@code Idempotency-Key}. This cannot be undone. The token remains valid, and the user can
     * create tasks again. Earlier change tokens get {@code 410}. Repeating the request is harmless, so it
     * takes no {@code Idempotency-Key}.
     *
     * <p>With hundreds of thousands of tasks, one request does not delete everything. The response is then
     * {@code 202}, and the server deletes the rest in the background. Repeating the request speeds this up;
     * {@code 200} means that nothing is left. Until then, lists, {@code task-changes} and the export are
     * empty. A task that is not deleted yet can still be read by its id, but no task can be created or
     * changed: such a request gets {@code 409} with the type {@code erasure-in-progress}.
     */
    public Erasure deleteUserData() {
        return deleteUserData(RequestOptions.create());
    }

    /** The same, with options. */
    public Erasure deleteUserData(RequestOptions options) {
        Call call = new Call("DELETE", "/api/v1/users/%s", transport.user)
                .secured()
                .success(200, 202);
        return transport.send(call, options, Erasure::from);
    }

    /**
     * Returns the user that the token names, and when the token expires.
     */
    public Session getSession() {
        return getSession(RequestOptions.create());
    }

    /** The same, with options. */
    public Session getSession(RequestOptions options) {
        Call call = new Call("GET", "/api/v1/session")
                .secured()
                .success(200);
        return transport.send(call, options, Session::from);
    }

    /**
     * Returns {@code 200} while the process can respond at all; it does not use the database. {@code 503}
     * means only that too many of these checks are in progress at once.
     */
    public Health getLiveness() {
        return getLiveness(RequestOptions.create());
    }

    /** The same, with options. */
    public Health getLiveness(RequestOptions options) {
        Call call = new Call("GET", "/healthz")
                .success(200);
        return transport.send(call, options, Health::from);
    }

    /**
     * Returns {@code 200} if the database is reachable, its schema is current and the process is not
     * shutting down, otherwise {@code 503}. It is intended for load balancers: each result is reused for a
     * second, however many requests ask for it.
     */
    public Health getReadiness() {
        return getReadiness(RequestOptions.create());
    }

    /** The same, with options. */
    public Health getReadiness(RequestOptions options) {
        Call call = new Call("GET", "/readyz")
                .success(200);
        return transport.send(call, options, Health::from);
    }
}
