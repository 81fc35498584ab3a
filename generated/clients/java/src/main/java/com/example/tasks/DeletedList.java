// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;

/**
 * The record of a deleted list.
 *
 * @param id The id of the deleted list.
 * @param deletedAt When the list was deleted.
 */
public record DeletedList(
        UUID id,
        Instant deletedAt) implements TaskChange {
    static DeletedList from(JsonNode json) {
        return new DeletedList(
                Json.field(json, "id", false, Json::uuid),
                Json.field(json, "deleted_at", false, Json::instant));
    }
}
