// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A task that was created or changed.
 *
 * @param task A task.
 */
public record ChangedTask(
        Task task) implements TaskChange {
    static ChangedTask from(JsonNode json) {
        return new ChangedTask(
                Json.field(json, "task", false, Task::from));
    }
}
