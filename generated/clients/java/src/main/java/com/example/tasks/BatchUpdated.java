// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A task was changed.
 *
 * @param task A task.
 */
public record BatchUpdated(
        Task task) implements BatchResult {
    static BatchUpdated from(JsonNode json) {
        return new BatchUpdated(
                Json.field(json, "task", false, Task::from));
    }
}
