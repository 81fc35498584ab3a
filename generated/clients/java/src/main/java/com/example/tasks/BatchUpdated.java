// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A task was changed. If that completed an occurrence of a series, {@code next} is the task of the next
 * occurrence, which this operation has created.
 *
 * @param task A task.
 * @param next A task.
 */
public record BatchUpdated(
        Task task,
        Task next) implements BatchResult {
    static BatchUpdated from(JsonNode json) {
        return new BatchUpdated(
                Json.field(json, "task", false, Task::from),
                Json.field(json, "next", true, Task::from));
    }
}
