// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.Map;

/** The query parameters of {@link TasksClient#listTaskChanges}. They do not change: each method returns new ones. */
public final class ListTaskChangesParams {
    private final Map<String, Object> values;

    private ListTaskChangesParams(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns parameters that set nothing. */
    public static ListTaskChangesParams create() {
        return new ListTaskChangesParams(Map.of());
    }

    private ListTaskChangesParams with(String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(values);
        more.put(name, value);
        return new ListTaskChangesParams(more);
    }

    /**
     * A change token: the {@code next_since} of an earlier response. Without it, the response lists every
     * task and every list.
     */
    public ListTaskChangesParams since(String since) {
        return with("since", since);
    }

    /**
     * The maximum number of changes in a response, or in an event. If their tasks are very long, a response
     * has fewer.
     */
    public ListTaskChangesParams limit(long limit) {
        return with("limit", limit);
    }

    /**
     * How many seconds to wait for a change if there is none. Without it, or with 0, the response comes at
     * once. An event stream waits in any case.
     */
    public ListTaskChangesParams wait_(long wait_) {
        return with("wait", wait_);
    }

    Map<String, Object> values() {
        return values;
    }
}
