// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the next occurrence counts from: {@code schedule}, the dates of the rule since {@code due}, or {@code
 * completion}, the day on which the task is completed.
 */
public enum RecurrenceAnchor {
    /** {@code schedule}. */
    SCHEDULE("schedule"),

    /** {@code completion}. */
    COMPLETION("completion");

    private final String value;

    RecurrenceAnchor(String value) {
        this.value = value;
    }

    /** Returns the value as it is sent. */
    @Override
    public String toString() {
        return value;
    }

    /** Returns null for a value that this version does not know. */
    static RecurrenceAnchor from(JsonNode json) {
        for (RecurrenceAnchor one : values()) {
            if (one.value.equals(json.asText())) return one;
        }
        return null;
    }
}
