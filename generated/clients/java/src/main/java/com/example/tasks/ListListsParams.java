// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.Map;

/** The query parameters of {@link TasksClient#listLists}. They do not change: each method returns new ones. */
public final class ListListsParams {
    private final Map<String, Object> values;

    private ListListsParams(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns parameters that set nothing. */
    public static ListListsParams create() {
        return new ListListsParams(Map.of());
    }

    private ListListsParams with(String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(values);
        more.put(name, value);
        return new ListListsParams(more);
    }

    /**
     * The maximum number of lists on a page.
     */
    public ListListsParams limit(long limit) {
        return with("limit", limit);
    }

    /**
     * The {@code next_cursor} of the previous page.
     */
    public ListListsParams cursor(String cursor) {
        return with("cursor", cursor);
    }

    Map<String, Object> values() {
        return values;
    }
}
