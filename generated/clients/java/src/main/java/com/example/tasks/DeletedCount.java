// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The result of deleting completed tasks.
 *
 * @param deleted The number of tasks that this request deleted.
 * @param hasMore Whether a repetition of the request deletes more. Completed tasks that have open subtasks
 *     stay, and do not count.
 */
public record DeletedCount(
        long deleted,
        boolean hasMore) {
    static DeletedCount from(JsonNode json) {
        return new DeletedCount(
                Json.field(json, "deleted", false, Json::integer),
                Json.field(json, "has_more", false, Json::bool));
    }
}
