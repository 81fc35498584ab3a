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
     * Returns the user's tasks, from all lists, one page at a time. Filters choose among them, and {@code
     * sort} orders them. A task must pass all filters: if they exclude each other, the page is empty. Tasks
     * with equal values are ordered by {@code id}, so pages neither repeat nor skip a task while others are
     * created or deleted.
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

    /** The same, without query parameters, with options. */
    public Pages<Task> listTasks(RequestOptions options) {
        return listTasks(ListTasksParams.create(), options);
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

    /** The same, without query parameters, with options. */
    public TaskPage listTasksPage(RequestOptions options) {
        return listTasksPage(ListTasksParams.create(), options);
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
     * id before the response, and creating the same task again gets {@code 409} instead of a second task. A
     * new task is in the inbox, or with {@code list_id} in that list; with {@code parent_id} it is a
     * subtask. It comes last in the manual order unless {@code place} states another place.
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
     * Deletes the user's completed tasks, the oldest first, in all lists. {@code completed=true} is
     * required, so that a mistyped request cannot delete open tasks. A completed task that has an open
     * subtask stays, however often the request is sent; completed subtasks are deleted.
     *
     * <p>With thousands of completed tasks, one request may not be enough: {@code has_more} is then {@code
     * true}, which means that a repetition deletes more. Repeat the request, without an {@code
     * Idempotency-Key} or with a new one, until it is {@code false}. Each request is one change, which can
     * be undone; the user's other changes can happen between two requests.
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
     * and {@code null} clears {@code description}, {@code due}, {@code start}, {@code list_id}, {@code
     * parent_id} or {@code recurrence}. In {@code metadata}, absent names keep their values, and {@code
     * null} removes a name. {@code labels} is replaced as a whole. A {@code recurrence} always needs its
     * {@code rrule}; {@code anchor} and {@code missed} keep their values when they are absent. At least one
     * field is required.
     *
     * <p>{@code place} moves the task in the manual order, and {@code list_id} to another list. {@code
     * completed: true} completes the task as {@code completeTask} does, after the other changes, but without
     * {@code completed_on}.
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
     * Deletes the task. {@code undoChange} and {@code restoreTask} bring it back under its id, for as long
     * as the server keeps the history: 30 days, unless the operator has chosen otherwise. A second request
     * gets {@code 404}. A task that has subtasks is deleted only if {@code children} states what happens to
     * them, as in {@code ?children=detach}; otherwise the response is {@code 409} with the type {@code
     * not-empty}. Deleting the task of a series that recurs ends the series.
     */
    public void deleteTask(UUID taskId, DeleteTaskParams params) {
        deleteTask(taskId, params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public void deleteTask(UUID taskId) {
        deleteTask(taskId, DeleteTaskParams.create());
    }

    /** The same, without query parameters, with options. */
    public void deleteTask(UUID taskId, RequestOptions options) {
        deleteTask(taskId, DeleteTaskParams.create(), options);
    }

    /** The same, with options. */
    public void deleteTask(UUID taskId, DeleteTaskParams params, RequestOptions options) {
        Call call = new Call("DELETE", "/api/v1/users/%s/tasks/%s", transport.user, Objects.requireNonNull(taskId, "taskId must not be null"))
                .query(Objects.requireNonNull(params, "params must not be null").values())
                .keyed()
                .secured()
                .success(204)
                .takes("If-Match", "If-None-Match", "Idempotency-Key");
        transport.send(call, options, null);
    }

    /**
     * Marks the task as completed. A task that is already completed does not change: it keeps its {@code
     * completed_at} and its version. Its subtasks stay as they are.
     *
     * <p>If the task recurs, the same change creates the task of the next occurrence: a copy with the next
     * {@code due}, to which {@code recurrence} moves. {@code next_id} is its id, or {@code null} if the
     * series has ended. However often, and from however many clients, the task is completed, there is one
     * next task.
     *
     * <p>The request needs no body. An empty object is accepted as well, because some intermediaries refuse
     * a {@code PATCH} without a body.
     */
    public Task completeTask(UUID taskId, TaskCompletion body) {
        return completeTask(taskId, body, RequestOptions.create());
    }

    /** The same, without a body. */
    public Task completeTask(UUID taskId) {
        return completeTask(taskId, new TaskCompletion());
    }

    /** The same, without a body, with options. */
    public Task completeTask(UUID taskId, RequestOptions options) {
        return completeTask(taskId, new TaskCompletion(), options);
    }

    /** The same, with options. */
    public Task completeTask(UUID taskId, TaskCompletion body, RequestOptions options) {
        Call call = new Call("PATCH", "/api/v1/users/%s/tasks/%s/complete", transport.user, Objects.requireNonNull(taskId, "taskId must not be null"))
                .body(Objects.requireNonNull(body, "body must not be null"))
                .keyed()
                .secured()
                .success(200)
                .takes("If-Match", "If-None-Match", "Idempotency-Key");
        return transport.send(call, options, Task::from);
    }

    /**
     * Makes the task what it was in an earlier version: all fields that a client can write, and {@code
     * completed_at}. It gets a new version. A task that was deleted is there again, under its id. A version
     * that {@code listTaskVersions} does not list gets {@code 404}. Restoring the present version changes
     * nothing.
     *
     * <p>A task that is there keeps its place in the manual order. One that was deleted comes back to its
     * former place. If its list no longer exists, it comes to the inbox. If its parent no longer exists, is
     * a subtask itself or can have no more subtasks, or if the task has subtasks, it becomes or stays a task
     * of its own; a subtask is always in the list of its parent. If another task of its series recurs,
     * {@code recurrence} is not restored. A version without {@code recurrence}, such as a completed
     * occurrence, ends the series of a task that recurs, as {@code recurrence: null} does.
     *
     * <p>A precondition is compared with the present version. A deleted task has none: it meets {@code
     * If-None-Match: *} and no {@code If-Match}.
     */
    public Task restoreTask(UUID taskId, TaskRestore body) {
        return restoreTask(taskId, body, RequestOptions.create());
    }

    /** The same, with options. */
    public Task restoreTask(UUID taskId, TaskRestore body, RequestOptions options) {
        Call call = new Call("POST", "/api/v1/users/%s/tasks/%s/restore", transport.user, Objects.requireNonNull(taskId, "taskId must not be null"))
                .body(Objects.requireNonNull(body, "body must not be null"))
                .keyed()
                .secured()
                .success(200)
                .takes("If-Match", "If-None-Match", "Idempotency-Key");
        return transport.send(call, options, Task::from);
    }

    /**
     * Returns the task as it was after each of its changes, the newest first, with the client, the operation
     * and the time of the change. A deletion is an item without {@code task}. The versions of a deleted task
     * can be read as well, for as long as the server keeps the history.
     *
     * <p>The oldest item of the last page may be a version whose change the server has forgotten: then
     * {@code change}, {@code operation} and {@code client_id} are {@code null}, and {@code at} is the task's
     * {@code updated_at}.
     *
     * <p>It follows all pages.
     */
    public Pages<TaskVersion> listTaskVersions(UUID taskId, ListTaskVersionsParams params) {
        return listTaskVersions(taskId, params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public Pages<TaskVersion> listTaskVersions(UUID taskId) {
        return listTaskVersions(taskId, ListTaskVersionsParams.create());
    }

    /** The same, without query parameters, with options. */
    public Pages<TaskVersion> listTaskVersions(UUID taskId, RequestOptions options) {
        return listTaskVersions(taskId, ListTaskVersionsParams.create(), options);
    }

    /** The same, with options. */
    public Pages<TaskVersion> listTaskVersions(UUID taskId, ListTaskVersionsParams params, RequestOptions options) {
        Objects.requireNonNull(params, "params must not be null");
        Pages<TaskVersions> pages = Pages.of(
                cursor -> listTaskVersionsPage(taskId, cursor == null ? params : params.cursor(cursor), options),
                TaskVersions::nextCursor);
        return pages.items(TaskVersions::items);
    }

    /**
     * Returns one page of what {@code listTaskVersions} returns.
     */
    public TaskVersions listTaskVersionsPage(UUID taskId, ListTaskVersionsParams params) {
        return listTaskVersionsPage(taskId, params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public TaskVersions listTaskVersionsPage(UUID taskId) {
        return listTaskVersionsPage(taskId, ListTaskVersionsParams.create());
    }

    /** The same, without query parameters, with options. */
    public TaskVersions listTaskVersionsPage(UUID taskId, RequestOptions options) {
        return listTaskVersionsPage(taskId, ListTaskVersionsParams.create(), options);
    }

    /** The same, with options. */
    public TaskVersions listTaskVersionsPage(UUID taskId, ListTaskVersionsParams params, RequestOptions options) {
        Call call = new Call("GET", "/api/v1/users/%s/tasks/%s/versions", transport.user, Objects.requireNonNull(taskId, "taskId must not be null"))
                .query(Objects.requireNonNull(params, "params must not be null").values())
                .secured()
                .success(200)
                .takes("If-None-Match");
        return transport.send(call, options, TaskVersions::from);
    }

    /**
     * Returns the user's lists in their manual order, one page at a time. The inbox, which has the tasks in
     * no list, is not one of them.
     *
     * <p>It follows all pages.
     */
    public Pages<TaskList> listLists(ListListsParams params) {
        return listLists(params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public Pages<TaskList> listLists() {
        return listLists(ListListsParams.create());
    }

    /** The same, without query parameters, with options. */
    public Pages<TaskList> listLists(RequestOptions options) {
        return listLists(ListListsParams.create(), options);
    }

    /** The same, with options. */
    public Pages<TaskList> listLists(ListListsParams params, RequestOptions options) {
        Objects.requireNonNull(params, "params must not be null");
        Pages<TaskListPage> pages = Pages.of(
                cursor -> listListsPage(cursor == null ? params : params.cursor(cursor), options),
                TaskListPage::nextCursor);
        return pages.items(TaskListPage::items);
    }

    /**
     * Returns one page of what {@code listLists} returns.
     */
    public TaskListPage listListsPage(ListListsParams params) {
        return listListsPage(params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public TaskListPage listListsPage() {
        return listListsPage(ListListsParams.create());
    }

    /** The same, without query parameters, with options. */
    public TaskListPage listListsPage(RequestOptions options) {
        return listListsPage(ListListsParams.create(), options);
    }

    /** The same, with options. */
    public TaskListPage listListsPage(ListListsParams params, RequestOptions options) {
        Call call = new Call("GET", "/api/v1/users/%s/lists", transport.user)
                .query(Objects.requireNonNull(params, "params must not be null").values())
                .secured()
                .success(200)
                .takes("If-None-Match");
        return transport.send(call, options, TaskListPage::from);
    }

    /**
     * Creates a list. Only {@code name} is required. A new list comes last in the manual order unless {@code
     * place} states another place. A user can have 500 lists: creating another one gets {@code 403} with the
     * type {@code quota-exceeded}.
     */
    public TaskList createList(TaskListCreate body) {
        return createList(body, RequestOptions.create());
    }

    /** The same, with options. */
    public TaskList createList(TaskListCreate body, RequestOptions options) {
        Call call = new Call("POST", "/api/v1/users/%s/lists", transport.user)
                .body(Objects.requireNonNull(body, "body must not be null"))
                .keyed()
                .secured()
                .success(201)
                .takes("Idempotency-Key");
        return transport.send(call, options, TaskList::from);
    }

    /**
     * Returns one list. With the list's entity tag in {@code If-None-Match}, the response is {@code 304}
     * while the list is unchanged.
     */
    public TaskList getList(UUID listId) {
        return getList(listId, RequestOptions.create());
    }

    /** The same, with options. */
    public TaskList getList(UUID listId, RequestOptions options) {
        Call call = new Call("GET", "/api/v1/users/%s/lists/%s", transport.user, Objects.requireNonNull(listId, "listId must not be null"))
                .secured()
                .success(200)
                .takes("If-Match", "If-None-Match");
        return transport.send(call, options, TaskList::from);
    }

    /**
     * Changes only the fields in the request (JSON merge patch, RFC 7396). At least one field is required.
     * In {@code metadata}, absent names keep their values, and {@code null} removes a name.
     */
    public TaskList updateList(UUID listId, TaskListUpdate body) {
        return updateList(listId, body, RequestOptions.create());
    }

    /** The same, with options. */
    public TaskList updateList(UUID listId, TaskListUpdate body, RequestOptions options) {
        Call call = new Call("PATCH", "/api/v1/users/%s/lists/%s", transport.user, Objects.requireNonNull(listId, "listId must not be null"))
                .body(Objects.requireNonNull(body, "body must not be null"))
                .keyed()
                .secured()
                .success(200)
                .takes("If-Match", "If-None-Match", "Idempotency-Key");
        return transport.send(call, options, TaskList::from);
    }

    /**
     * Deletes the list. If it has tasks, {@code tasks} must state what happens to them, as in {@code
     * ?tasks=detach}: {@code delete} deletes them, and {@code detach} moves them to the inbox; otherwise the
     * response is {@code 409} with the type {@code not-empty}.
     *
     * <p>With thousands of tasks, one request may not be enough: {@code has_more} is then {@code true}, and
     * the list is still there with the rest of its tasks. Repeat the request, without an {@code
     * Idempotency-Key} or with a new one, until it is {@code false}. What one request does becomes visible
     * at once.
     */
    public TaskListDeletion deleteList(UUID listId, DeleteListParams params) {
        return deleteList(listId, params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public TaskListDeletion deleteList(UUID listId) {
        return deleteList(listId, DeleteListParams.create());
    }

    /** The same, without query parameters, with options. */
    public TaskListDeletion deleteList(UUID listId, RequestOptions options) {
        return deleteList(listId, DeleteListParams.create(), options);
    }

    /** The same, with options. */
    public TaskListDeletion deleteList(UUID listId, DeleteListParams params, RequestOptions options) {
        Call call = new Call("DELETE", "/api/v1/users/%s/lists/%s", transport.user, Objects.requireNonNull(listId, "listId must not be null"))
                .query(Objects.requireNonNull(params, "params must not be null").values())
                .keyed()
                .secured()
                .success(200)
                .takes("If-Match", "If-None-Match", "Idempotency-Key");
        return transport.send(call, options, TaskListDeletion::from);
    }

    /**
     * Counts the user's tasks, subtasks included: the open ones, the completed ones, and of the open ones
     * those that are overdue, those without a due time, those of each priority, those with each label and
     * those in each list.
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

    /** The same, without query parameters, with options. */
    public TaskSummary getTaskSummary(RequestOptions options) {
        return getTaskSummary(GetTaskSummaryParams.create(), options);
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

    /** The same, without query parameters, with options. */
    public Pages<LabelCount> listLabels(RequestOptions options) {
        return listLabels(ListLabelsParams.create(), options);
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

    /** The same, without query parameters, with options. */
    public LabelPage listLabelsPage(RequestOptions options) {
        return listLabelsPage(ListLabelsParams.create(), options);
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
     * operation sees the changes that earlier operations have made. With {@code if_version}, an operation
     * applies only if the task or list has that version at that point. The time of each operation is one
     * microsecond after that of the previous one, so {@code task-changes}, and tasks sorted by time, keep
     * the order of the request.
     *
     * <p>If an operation cannot be applied, the response is {@code 422}, nothing has changed, and {@code
     * errors} identifies the operation by its index: {@code ["body", "operations", 3, "id"]} with the type
     * {@code not_found}, or {@code ["body", "operations", 3, "if_version"]} with the type {@code
     * version_mismatch}. A creation may choose the {@code id} of the task or list, and later operations of
     * the same batch may name it: create a list, then tasks in it, or a task, then its subtasks. If the id
     * of a task is taken, the type is {@code id_taken}, at {@code ["body", "operations", 3, "task", "id"]}.
     * {@code errors} identifies only the first operation that cannot be applied. If that is a creation whose
     * id is taken, {@code errors} identifies all such creations of the batch, in order: leave them out to
     * continue an import.
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
     * Returns what was changed, the newest first: one item for each request that has changed tasks or lists,
     * with the operation, the client, the time, and up to three of the tasks and lists in {@code items}.
     * Each can be undone with {@code undoChange}, unless something was changed later or {@code undone_by}
     * names an undo. To offer deleted tasks for restoring, show the items with the action {@code deleted},
     * and use {@code restoreTask}. To keep a copy of the tasks up to date, use {@code listTaskChanges}.
     *
     * <p>It follows all pages.
     */
    public Pages<RecordedChange> listChanges(ListChangesParams params) {
        return listChanges(params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public Pages<RecordedChange> listChanges() {
        return listChanges(ListChangesParams.create());
    }

    /** The same, without query parameters, with options. */
    public Pages<RecordedChange> listChanges(RequestOptions options) {
        return listChanges(ListChangesParams.create(), options);
    }

    /** The same, with options. */
    public Pages<RecordedChange> listChanges(ListChangesParams params, RequestOptions options) {
        Objects.requireNonNull(params, "params must not be null");
        Pages<RecordedChanges> pages = Pages.of(
                cursor -> listChangesPage(cursor == null ? params : params.cursor(cursor), options),
                RecordedChanges::nextCursor);
        return pages.items(RecordedChanges::items);
    }

    /**
     * Returns one page of what {@code listChanges} returns.
     */
    public RecordedChanges listChangesPage(ListChangesParams params) {
        return listChangesPage(params, RequestOptions.create());
    }

    /** The same, without query parameters. */
    public RecordedChanges listChangesPage() {
        return listChangesPage(ListChangesParams.create());
    }

    /** The same, without query parameters, with options. */
    public RecordedChanges listChangesPage(RequestOptions options) {
        return listChangesPage(ListChangesParams.create(), options);
    }

    /** The same, with options. */
    public RecordedChanges listChangesPage(ListChangesParams params, RequestOptions options) {
        Call call = new Call("GET", "/api/v1/users/%s/changes", transport.user)
                .query(Objects.requireNonNull(params, "params must not be null").values())
                .secured()
                .success(200)
                .takes("If-None-Match");
        return transport.send(call, options, RecordedChanges::from);
    }

    /**
     * Reverses everything that one request has changed, in one change of its own: tasks and lists that it
     * created are deleted, those that it deleted are there again under their ids, and those that it changed
     * are as they were, with their place and {@code completed_at}. Each gets a new version. Either all of it
     * is undone or nothing.
     *
     * <p>If one of them was changed later, or if its parent or its list is no longer there, the response is
     * {@code 409} with the type {@code changed-since}. Then {@code errors} lists up to 100 of them, with
     * {@code tasks} or {@code lists} and the id in {@code loc}, and in {@code msg} by which change it was
     * changed: undo the later changes first, the newest first, or use {@code restoreTask}. A change that was
     * undone before gets {@code 409} with the type {@code already-undone}. An undo can be undone in the same
     * way; then the change is in effect again, and can be undone again.
     *
     * <p>A change that the server does not know, or no longer knows, gets {@code 404}. After {@code
     * deleteUserData}, ids of changes begin anew, so discard those that you have kept. The request has no
     * body.
     */
    public Undo undoChange(String change) {
        return undoChange(change, RequestOptions.create());
    }

    /** The same, with options. */
    public Undo undoChange(String change, RequestOptions options) {
        Call call = new Call("POST", "/api/v1/users/%s/changes/%s/undo", transport.user, Objects.requireNonNull(change, "change must not be null"))
                .keyed()
                .secured()
                .success(200)
                .takes("Idempotency-Key");
        return transport.send(call, options, Undo::from);
    }

    /**
     * Lists what has changed since the change token in {@code since}, in the order in which the changes were
     * committed: tasks and lists that were created or changed, in their current state, and the ids of those
     * that were deleted. Without {@code since}, it lists every task and every list.
     *
     * <p>A task can come before the list or the parent that it names, if that changed later. The references
     * are complete when {@code has_more} is {@code false}.
     *
     * <p>Repeat the request with {@code next_since} as {@code since} while {@code has_more} is {@code true},
     * and keep the last {@code next_since} for the next time. Skip changes whose {@code type} you do not
     * know, because later versions may add types.
     *
     * <p>A change token works only for the user that received it. {@code 410} means that the server has
     * forgotten deletions that happened after the token, or that the user has deleted everything: discard
     * your copy and start again without {@code since}.
     *
     * <p>**Waiting.** With {@code wait}, a request that finds no change waits for one, and responds as soon
     * as there is something, or after that many seconds without anything. Send the next request at once: a
     * client in such a loop hears of a change within a moment, and sends two requests in a minute as long as
     * nothing changes. Where changes are frequent, a stream takes fewer requests.
     *
     * <p>**Events.** With {@code Accept: text/event-stream}, the response is a stream of [server-sent
     * events](https://html.spec.whatwg.org/multipage/server-sent-events.html) that stays open. It begins
     * with what {@code since} has missed. Each event named {@code changes} has one page: its {@code data} is
     * what a response in JSON contains, and its {@code id} is the page's {@code next_since}. If the stream
     * ends, send the last id in {@code Last-Event-ID}, which takes the place of {@code since}, and nothing
     * is lost or repeated. Lines that begin with a colon say only that the connection is alive; there is one
     * at least every 15 seconds. A stream ends when its token expires, when the server restarts, when the
     * user deletes everything, or after an hour. Wait a moment at random before you connect again; if there
     * was no event yet, with the same {@code since}. Events are not compressed: read the first pages of a
     * large account in JSON. A user can have a hundred requests that wait, streams among them; a further one
     * gets {@code 429}. {@code EventSource} in browsers cannot send a token, so read the stream with {@code
     * fetch}.
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

    /** The same, without query parameters, with options. */
    public Pages<TaskChanges> listTaskChanges(RequestOptions options) {
        return listTaskChanges(ListTaskChangesParams.create(), options);
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

    /** The same, without query parameters, with options. */
    public TaskChanges listTaskChangesPage(RequestOptions options) {
        return listTaskChangesPage(ListTaskChangesParams.create(), options);
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
     * Streams all the user's lists and tasks as newline-delimited JSON: each line is an object, and its
     * {@code type} is the kind of line. Lists come first, then tasks, each ordered by id, and none comes
     * twice. What changes during the export is in its old or its new state. Skip lines whose {@code type}
     * you do not know, because later versions may add types.
     *
     * <p>A subtask can come before its parent. After changes during the export, a task can also name a list
     * or a parent that the export does not have. An import into tables with foreign keys checks them at its
     * end, and sets what is still missing to {@code null}.
     *
     * <p>With {@code history=true}, lines of the type {@code change} follow: what each change has written,
     * with what it was before.
     *
     * <p>The last line has the type {@code end} and the number of lists and tasks, and with {@code
     * history=true} that of the lines of the type {@code change} in {@code changes}. An export without that
     * line is incomplete, even if the response appears to have ended normally: the server resets the
     * connection of an export that it cannot finish, but a proxy in between can hide this.
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
     * Deletes all the user's data: tasks, lists, the history, the records of deleted tasks and lists, and
     * the stored results of requests with an {@code Idempotency-Key}. This cannot be undone. The token
     * remains valid, and the user can create tasks and lists again. Earlier change tokens get {@code 410}.
     * Discard stored entity tags and ids of changes as well: a task or list that is created again with the
     * same id has the version 1 once more, and the ids of changes begin anew. Repeating the request is
     * harmless, so it takes no {@code Idempotency-Key}.
     *
     * <p>With hundreds of thousands of tasks, one request does not delete everything. The response is then
     * {@code 202}, and the server deletes the rest in the background. Repeating the request speeds this up;
     * {@code 200} means that nothing is left. Until then, pages, {@code task-changes} and the export are
     * empty. A task that is not deleted yet can still be read by its id, but no task and no list can be
     * created or changed: such a request gets {@code 409} with the type {@code erasure-in-progress}.
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
     * Returns the user that the token names, when the token expires, the client that it was issued to, and
     * its scopes. Any valid token can be used, whatever its scopes are.
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
