// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.Map;

/**
 * The fields to change, at least one.
 */
public final class TaskListUpdate extends JsonBody {
    /**
     * Creates it with what is required.
     */
    public TaskListUpdate() {
    }

    /**
     * The name of the list. White space at its start and end is removed. The limits apply to the rest, which
     * must not be empty.
     */
    public TaskListUpdate name(String name) {
        put("name", name);
        return this;
    }

    /**
     * The metadata to change. A text sets the name's value, {@code null} removes the name, and absent names
     * keep their values. Afterwards, the task may have up to 16 names.
     */
    public TaskListUpdate metadata(Map<String, String> metadata) {
        put("metadata", metadata);
        return this;
    }

    /**
     * Moves the task or list in the manual order: exactly one of the four. {@code before} and {@code after}
     * name another task (or list) of the user. Tasks of all lists have one order: the first place is also
     * the first one of the task's list.
     */
    public TaskListUpdate place(Place place) {
        put("place", fieldsOf(place));
        return this;
    }
}
