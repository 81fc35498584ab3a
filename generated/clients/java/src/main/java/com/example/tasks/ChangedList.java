// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A list that was created or changed.
 *
 * @param list A list of tasks.
 */
public record ChangedList(
        TaskList list) implements TaskChange {
    static ChangedList from(JsonNode json) {
        return new ChangedList(
                Json.field(json, "list", false, TaskList::from));
    }
}
