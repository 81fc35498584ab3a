// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The field to sort by. A leading {@code -} means descending.
 */
public enum TaskSort {
    /** {@code created_at}. */
    CREATED_AT("created_at"),

    /** {@code -created_at}. */
    CREATED_AT_DESC("-created_at"),

    /** {@code updated_at}. */
    UPDATED_AT("updated_at"),

    /** {@code -updated_at}. */
    UPDATED_AT_DESC("-updated_at"),

    /** {@code title}. */
    TITLE("title"),

    /** {@code -title}. */
    TITLE_DESC("-title"),

    /** {@code due}. */
    DUE("due"),

    /** {@code -due}. */
    DUE_DESC("-due"),

    /** {@code priority}. */
    PRIORITY("priority"),

    /** {@code -priority}. */
    PRIORITY_DESC("-priority"),

    /** {@code position}. */
    POSITION("position"),

    /** {@code -position}. */
    POSITION_DESC("-position");

    private final String value;

    TaskSort(String value) {
        this.value = value;
    }

    /** Returns the value as it is sent. */
    @Override
    public String toString() {
        return value;
    }

    /** Returns null for a value that this version does not know. */
    static TaskSort from(JsonNode json) {
        for (TaskSort one : values()) {
            if (one.value.equals(json.asText())) return one;
        }
        return null;
    }
}
