// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;

/**
 * The record of a deleted task.
 *
 * @param id The id of the deleted task.
 * @param deletedAt When the task was deleted.
 */
public record DeletedTask(
        UUID id,
        Instant deletedAt) implements TaskChange {
    static DeletedTask from(JsonNode json) {
        return new DeletedTask(
                Json.field(json, "id", false, Json::uuid),
                Json.field(json, "deleted_at", false, Json::instant));
    }
}
