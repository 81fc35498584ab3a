// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What happens to occurrences that have passed when a task is completed late, with the anchor {@code
 * schedule}. {@code skip}: the next task is due after the day of completion. {@code keep}: the next task is
 * due on the next date after {@code due}, although it may have passed. It has no effect with the anchor
 * {@code completion}.
 */
public enum RecurrenceMissed {
    /** {@code skip}. */
    SKIP("skip"),

    /** {@code keep}. */
    KEEP("keep");

    private final String value;

    RecurrenceMissed(String value) {
        this.value = value;
    }

    /** Returns the value as it is sent. */
    @Override
    public String toString() {
        return value;
    }

    /** Returns null for a value that this version does not know. */
    static RecurrenceMissed from(JsonNode json) {
        for (RecurrenceMissed one : values()) {
            if (one.value.equals(json.asText())) return one;
        }
        return null;
    }
}
