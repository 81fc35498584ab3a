// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The result of deleting a list.
 *
 * @param tasks The number of tasks that this request deleted or detached.
 * @param hasMore Whether the list has tasks left, and so is still there. Repeat the request to delete it.
 */
public record TaskListDeletion(
        long tasks,
        boolean hasMore) {
    static TaskListDeletion from(JsonNode json) {
        return new TaskListDeletion(
                Json.field(json, "tasks", false, Json::integer),
                Json.field(json, "has_more", false, Json::bool));
    }
}
