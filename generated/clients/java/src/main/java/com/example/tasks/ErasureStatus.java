// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * {@code complete} if nothing is left ({@code 200}), {@code in_progress} while the server deletes the rest
 * ({@code 202}).
 */
public enum ErasureStatus {
    /** {@code complete}. */
    COMPLETE("complete"),

    /** {@code in_progress}. */
    IN_PROGRESS("in_progress");

    private final String value;

    ErasureStatus(String value) {
        this.value = value;
    }

    /** Returns the value as it is sent. */
    @Override
    public String toString() {
        return value;
    }

    /** Returns null for a value that this version does not know. */
    static ErasureStatus from(JsonNode json) {
        for (ErasureStatus one : values()) {
            if (one.value.equals(json.asText())) return one;
        }
        return null;
    }
}
