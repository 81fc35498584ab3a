// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What it is.
 */
public enum RecordedItemType {
    /** {@code task}. */
    TASK("task"),

    /** {@code list}. */
    LIST("list");

    private final String value;

    RecordedItemType(String value) {
        this.value = value;
    }

    /** Returns the value as it is sent. */
    @Override
    public String toString() {
        return value;
    }

    /** Returns null for a value that this version does not know. */
    static RecordedItemType from(JsonNode json) {
        for (RecordedItemType one : values()) {
            if (one.value.equals(json.asText())) return one;
        }
        return null;
    }
}
