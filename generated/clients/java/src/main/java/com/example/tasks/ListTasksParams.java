// Generated from the contract. Do not edit.
package com.example.tasks;

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
     * {@code true} for completed tasks only, {@code false} for open tasks only. Without it, the list has
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
     * The field to sort by. A leading {@code -} means descending.
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
     * The {@code next_cursor} of the previous page. Send it with the same {@code sort}, {@code completed}
     * and {@code q}.
     */
    public ListTasksParams cursor(String cursor) {
        return with("cursor", cursor);
    }

    Map<String, Object> values() {
        return values;
    }
}
