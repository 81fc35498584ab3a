// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.Map;

/** The query parameters of {@link TasksClient#deleteTask}. They do not change: each method returns new ones. */
public final class DeleteTaskParams {
    private final Map<String, Object> values;

    private DeleteTaskParams(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns parameters that set nothing. */
    public static DeleteTaskParams create() {
        return new DeleteTaskParams(Map.of());
    }

    private DeleteTaskParams with(String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(values);
        more.put(name, value);
        return new DeleteTaskParams(more);
    }

    /**
     * What happens to the subtasks: {@code delete} deletes them, too, and {@code detach} makes them tasks of
     * their own.
     */
    public DeleteTaskParams children(OnDelete children) {
        return with("children", children);
    }

    Map<String, Object> values() {
        return values;
    }
}
