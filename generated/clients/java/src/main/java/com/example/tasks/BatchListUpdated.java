// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A list was changed.
 *
 * @param list A list of tasks.
 */
public record BatchListUpdated(
        TaskList list) implements BatchResult {
    static BatchListUpdated from(JsonNode json) {
        return new BatchListUpdated(
                Json.field(json, "list", false, TaskList::from));
    }
}
