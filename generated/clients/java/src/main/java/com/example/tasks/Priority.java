// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How important the task is, from {@code none} to {@code urgent}.
 */
public enum Priority {
    /** {@code none}. */
    NONE("none"),

    /** {@code low}. */
    LOW("low"),

    /** {@code medium}. */
    MEDIUM("medium"),

    /** {@code high}. */
    HIGH("high"),

    /** {@code urgent}. */
    URGENT("urgent");

    private final String value;

    Priority(String value) {
        this.value = value;
    }

    /** Returns the value as it is sent. */
    @Override
    public String toString() {
        return value;
    }

    /** Returns null for a value that this version does not know. */
    static Priority from(JsonNode json) {
        for (Priority one : values()) {
            if (one.value.equals(json.asText())) return one;
        }
        return null;
    }
}
