// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the request did. {@code created} also means that it was brought back.
 */
public enum RecordedItemAction {
    /** {@code created}. */
    CREATED("created"),

    /** {@code updated}. */
    UPDATED("updated"),

    /** {@code deleted}. */
    DELETED("deleted");

    private final String value;

    RecordedItemAction(String value) {
        this.value = value;
    }

    /** Returns the value as it is sent. */
    @Override
    public String toString() {
        return value;
    }

    /** Returns null for a value that this version does not know. */
    static RecordedItemAction from(JsonNode json) {
        for (RecordedItemAction one : values()) {
            if (one.value.equals(json.asText())) return one;
        }
        return null;
    }
}
