// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.Map;
import java.util.UUID;

/**
 * The fields of a new list.
 */
public final class TaskListCreate extends JsonBody {
    /**
     * Creates it with what is required.
     *
     * @param name The name of the list. White space at its start and end is removed. The limits apply to the
     *     rest, which must not be empty.
     */
    public TaskListCreate(String name) {
        put("name", name);
    }

    /**
     * The id of the new list, a UUID of your choice but not the nil or the max UUID; the server chooses one
     * when it is absent. It is stored and returned in lower case. {@code 409} with the type {@code id-taken}
     * if you have a list with this id, or had one whose deletion is still remembered (for at least 30 days).
     */
    public TaskListCreate id(UUID id) {
        put("id", textOf(id));
        return this;
    }

    /**
     * Up to 16 texts of your own, by name: for example the task's id in another system. The server does not
     * interpret them. A name has 1 to 40 characters: lower-case letters {@code a} to {@code z}, digits,
     * {@code _}, {@code .} and {@code -}.
     */
    public TaskListCreate metadata(Map<String, String> metadata) {
        put("metadata", metadata);
        return this;
    }

    /**
     * Moves the task or list in the manual order: exactly one of the four. {@code before} and {@code after}
     * name another task (or list) of the user. Tasks of all lists have one order: the first place is also
     * the first one of the task's list.
     */
    public TaskListCreate place(Place place) {
        put("place", fieldsOf(place));
        return this;
    }
}
