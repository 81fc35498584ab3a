// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the change did to it.
 */
public enum ExportedChangeAction {
    /** {@code created}. */
    CREATED("created"),

    /** {@code updated}. */
    UPDATED("updated"),

    /** {@code deleted}. */
    DELETED("deleted");

    private final String value;

    ExportedChangeAction(String value) {
        this.value = value;
    }

    /** Returns the value as it is sent. */
    @Override
    public String toString() {
        return value;
    }

    /** Returns null for a value that this version does not know. */
    static ExportedChangeAction from(JsonNode json) {
        for (ExportedChangeAction one : values()) {
            if (one.value.equals(json.asText())) return one;
        }
        return null;
    }
}
