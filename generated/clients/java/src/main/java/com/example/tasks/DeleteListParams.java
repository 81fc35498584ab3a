// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.Map;

/** The query parameters of {@link TasksClient#deleteList}. They do not change: each method returns new ones. */
public final class DeleteListParams {
    private final Map<String, Object> values;

    private DeleteListParams(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns parameters that set nothing. */
    public static DeleteListParams create() {
        return new DeleteListParams(Map.of());
    }

    private DeleteListParams with(String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(values);
        more.put(name, value);
        return new DeleteListParams(more);
    }

    /**
     * What happens to the tasks in the list: {@code delete} deletes them, and {@code detach} moves them to
     * the inbox.
     */
    public DeleteListParams tasks(OnDelete tasks) {
        return with("tasks", tasks);
    }

    Map<String, Object> values() {
        return values;
    }
}
