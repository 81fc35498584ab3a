// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What happens to the subtasks of a deleted task, or to the tasks of a deleted list: {@code delete} deletes
 * them, too, and {@code detach} makes the subtasks tasks of their own, or moves the tasks to the inbox.
 * Without it, a task that has subtasks, or a list that has tasks, is not deleted.
 */
public enum OnDelete {
    /** {@code delete}. */
    DELETE("delete"),

    /** {@code detach}. */
    DETACH("detach");

    private final String value;

    OnDelete(String value) {
        this.value = value;
    }

    /** Returns the value as it is sent. */
    @Override
    public String toString() {
        return value;
    }

    /** Returns null for a value that this version does not know. */
    static OnDelete from(JsonNode json) {
        for (OnDelete one : values()) {
            if (one.value.equals(json.asText())) return one;
        }
        return null;
    }
}
