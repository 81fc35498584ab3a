// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.Map;

/** The query parameters of {@link TasksClient#listTaskVersions}. They do not change: each method returns new ones. */
public final class ListTaskVersionsParams {
    private final Map<String, Object> values;

    private ListTaskVersionsParams(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns parameters that set nothing. */
    public static ListTaskVersionsParams create() {
        return new ListTaskVersionsParams(Map.of());
    }

    private ListTaskVersionsParams with(String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(values);
        more.put(name, value);
        return new ListTaskVersionsParams(more);
    }

    /**
     * The maximum number of versions on a page. If they are very long, a page has fewer.
     */
    public ListTaskVersionsParams limit(long limit) {
        return with("limit", limit);
    }

    /**
     * The {@code next_cursor} of the previous page.
     */
    public ListTaskVersionsParams cursor(String cursor) {
        return with("cursor", cursor);
    }

    Map<String, Object> values() {
        return values;
    }
}
