// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A task.
 *
 * @param task A task.
 */
public record ExportedTask(
        Task task) implements ExportLine {
    static ExportedTask from(JsonNode json) {
        return new ExportedTask(
                Json.field(json, "task", false, Task::from));
    }
}
