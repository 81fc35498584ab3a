// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A list was created.
 *
 * @param list A list of tasks.
 */
public record BatchListCreated(
        TaskList list) implements BatchResult {
    static BatchListCreated from(JsonNode json) {
        return new BatchListCreated(
                Json.field(json, "list", false, TaskList::from));
    }
}
