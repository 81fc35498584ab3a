// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.Map;

/** The query parameters of {@link TasksClient#listChanges}. They do not change: each method returns new ones. */
public final class ListChangesParams {
    private final Map<String, Object> values;

    private ListChangesParams(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns parameters that set nothing. */
    public static ListChangesParams create() {
        return new ListChangesParams(Map.of());
    }

    private ListChangesParams with(String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(values);
        more.put(name, value);
        return new ListChangesParams(more);
    }

    /**
     * The maximum number of changes on a page.
     */
    public ListChangesParams limit(long limit) {
        return with("limit", limit);
    }

    /**
     * The {@code next_cursor} of the previous page.
     */
    public ListChangesParams cursor(String cursor) {
        return with("cursor", cursor);
    }

    Map<String, Object> values() {
        return values;
    }
}
