// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/**
 * A task was deleted.
 *
 * @param id The id of the deleted task.
 */
public record BatchDeleted(
        UUID id) implements BatchResult {
    static BatchDeleted from(JsonNode json) {
        return new BatchDeleted(
                Json.field(json, "id", false, Json::uuid));
    }
}
