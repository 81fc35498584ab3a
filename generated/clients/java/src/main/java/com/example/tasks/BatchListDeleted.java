// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/**
 * A list was deleted.
 *
 * @param id The id of the deleted list.
 */
public record BatchListDeleted(
        UUID id) implements BatchResult {
    static BatchListDeleted from(JsonNode json) {
        return new BatchListDeleted(
                Json.field(json, "id", false, Json::uuid));
    }
}
