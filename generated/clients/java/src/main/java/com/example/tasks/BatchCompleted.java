// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A task was completed. If it recurs, {@code next} is the task of the next occurrence, which this operation
 * has created.
 *
 * @param task A task.
 * @param next A task.
 */
public record BatchCompleted(
        Task task,
        Task next) implements BatchResult {
    static BatchCompleted from(JsonNode json) {
        return new BatchCompleted(
                Json.field(json, "task", false, Task::from),
                Json.field(json, "next", true, Task::from));
    }
}
