// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A task was created.
 *
 * @param task A task.
 */
public record BatchCreated(
        Task task) implements BatchResult {
    static BatchCreated from(JsonNode json) {
        return new BatchCreated(
                Json.field(json, "task", false, Task::from));
    }
}
