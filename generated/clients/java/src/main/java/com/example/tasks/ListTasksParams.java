// Generated from the contract. Do not edit.
package com.example.tasks;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Map;

/** The query parameters of {@link TasksClient#listTasks}. They do not change: each method returns new ones. */
public final class ListTasksParams {
    private final Map<String, Object> values;

    private ListTasksParams(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns parameters that set nothing. */
    public static ListTasksParams create() {
        return new ListTasksParams(Map.of());
    }

    private ListTasksParams with(String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(values);
        more.put(name, value);
        return new ListTasksParams(more);
    }

    /**
     * {@code true} for completed tasks only, {@code false} for open tasks only. Without it, the response has
     * both.
     */
    public ListTasksParams completed(boolean completed) {
        return with("completed", completed);
    }

    /**
     * Only tasks whose title or description contains this text. Letter case does not matter, and {@code %},
     * {@code _} and {@code \} have no special meaning. Text is compared character by character: a letter
     * with an accent matches only if it is encoded in the same way, composed or decomposed. If the user has
     * thousands of tasks, a page can be short or empty and still have a next page: see {@code next_cursor}.
     */
    public ListTasksParams q(String q) {
        return with("q", q);
    }

    /**
     * Only tasks that are due on this day or later, by the date as it is written in {@code due}.
     */
    public ListTasksParams dueFrom(LocalDate dueFrom) {
        return with("due_from", dueFrom);
    }

    /**
     * Only tasks that are due on this day or earlier, by the date as it is written in {@code due}.
     */
    public ListTasksParams dueTo(LocalDate dueTo) {
        return with("due_to", dueTo);
    }

    /**
     * Only open tasks that are overdue at this time: RFC 3339 with the user's offset from UTC. A day is
     * overdue when it is before the date at that offset, a local time when it is before the time at that
     * offset, and a time in a time zone when its instant is before this one. In a URL, write the {@code +}
     * of an offset as {@code %2B}.
     */
    public ListTasksParams overdueAt(OffsetDateTime overdueAt) {
        return with("overdue_at", overdueAt);
    }

    /**
     * Only open tasks that can be worked on at this time: those without {@code start}, and those whose
     * {@code start} is not later, by the same rules as {@code overdue_at}.
     */
    public ListTasksParams availableAt(OffsetDateTime availableAt) {
        return with("available_at", availableAt);
    }

    /**
     * {@code true} for tasks that have {@code due} only, {@code false} for tasks that have none only.
     */
    public ListTasksParams hasDue(boolean hasDue) {
        return with("has_due", hasDue);
    }

    /**
     * Only tasks with one of these priorities, separated by commas. Spaces around them are ignored.
     */
    public ListTasksParams priority(String priority) {
        return with("priority", priority);
    }

    /**
     * Only tasks that have all of these labels, separated by commas. Letter case does not matter.
     */
    public ListTasksParams labelsAll(String labelsAll) {
        return with("labels_all", labelsAll);
    }

    /**
     * Only tasks that have one of these labels or more.
     */
    public ListTasksParams labelsAny(String labelsAny) {
        return with("labels_any", labelsAny);
    }

    /**
     * Only tasks that have none of these labels.
     */
    public ListTasksParams labelsNone(String labelsNone) {
        return with("labels_none", labelsNone);
    }

    /**
     * Only tasks whose metadata has this text under this name: {@code name:text}, as in {@code
     * crm.ticket:4711}.
     */
    public ListTasksParams metadata(String metadata) {
        return with("metadata", metadata);
    }

    /**
     * Only tasks in this list, or with {@code none} only those in no list.
     */
    public ListTasksParams listId(String listId) {
        return with("list_id", listId);
    }

    /**
     * Only subtasks of this task, or with {@code none} only tasks that are not subtasks.
     */
    public ListTasksParams parentId(String parentId) {
        return with("parent_id", parentId);
    }

    /**
     * Only tasks that were completed at this time or later.
     */
    public ListTasksParams completedFrom(OffsetDateTime completedFrom) {
        return with("completed_from", completedFrom);
    }

    /**
     * Only tasks that were completed at this time or earlier.
     */
    public ListTasksParams completedTo(OffsetDateTime completedTo) {
        return with("completed_to", completedTo);
    }

    /**
     * The order of the tasks. A leading {@code -} means descending. Titles are ordered by the code points of
     * their characters. {@code due} orders by the date and the time as they are written, whatever the time
     * zone: a day comes before its times, and tasks without {@code due} come last in both directions. {@code
     * priority} orders from {@code none} to {@code urgent}, and {@code position} is the manual order. Tasks
     * without a value (no {@code due}, or the priority {@code none}) are found among all of the user's
     * tasks, so if there are thousands, a page can be short or empty and still have a next page: see {@code
     * next_cursor}.
     */
    public ListTasksParams sort(TaskSort sort) {
        return with("sort", sort);
    }

    /**
     * The maximum number of tasks on a page.
     */
    public ListTasksParams limit(long limit) {
        return with("limit", limit);
    }

    /**
     * The {@code next_cursor} of the previous page. Send it with the same {@code sort} and the same filters.
     */
    public ListTasksParams cursor(String cursor) {
        return with("cursor", cursor);
    }

    Map<String, Object> values() {
        return values;
    }
}
