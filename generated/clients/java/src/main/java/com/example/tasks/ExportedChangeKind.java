// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Whether it is a task or a list.
 */
public enum ExportedChangeKind {
    /** {@code task}. */
    TASK("task"),

    /** {@code list}. */
    LIST("list");

    private final String value;

    ExportedChangeKind(String value) {
        this.value = value;
    }

    /** Returns the value as it is sent. */
    @Override
    public String toString() {
        return value;
    }

    /** Returns null for a value that this version does not know. */
    static ExportedChangeKind from(JsonNode json) {
        for (ExportedChangeKind one : values()) {
            if (one.value.equals(json.asText())) return one;
        }
        return null;
    }
}
