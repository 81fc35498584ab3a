// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.Map;

/** The query parameters of {@link TasksClient#listLabels}. They do not change: each method returns new ones. */
public final class ListLabelsParams {
    private final Map<String, Object> values;

    private ListLabelsParams(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns parameters that set nothing. */
    public static ListLabelsParams create() {
        return new ListLabelsParams(Map.of());
    }

    private ListLabelsParams with(String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(values);
        more.put(name, value);
        return new ListLabelsParams(more);
    }

    /**
     * The maximum number of labels on a page.
     */
    public ListLabelsParams limit(long limit) {
        return with("limit", limit);
    }

    /**
     * The {@code next_cursor} of the previous page.
     */
    public ListLabelsParams cursor(String cursor) {
        return with("cursor", cursor);
    }

    Map<String, Object> values() {
        return values;
    }
}
