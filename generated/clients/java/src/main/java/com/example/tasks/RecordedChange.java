// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;

/**
 * What one request has changed.
 *
 * @param change The id of the change. When a user has deleted everything, ids begin anew.
 * @param at When the change was made.
 * @param operation The operation that made the change, by its {@code operationId}, or {@code null} if it is
 *     not known any more. {@code renewPositions} is the server's own: see "Lists, subtasks and order".
 * @param clientId The client that made the change: {@code client_id} or {@code azp} of its token, or {@code
 *     null} if the token has neither, or if it is not known any more.
 * @param count How many tasks and lists the request created, changed or deleted.
 * @param items Up to three of these tasks and lists, to show what was changed. A list that was deleted with
 *     its tasks comes first.
 * @param undoes The change that this one undid, or {@code null}.
 * @param undoneBy The change that undid this one, or {@code null} if it is in effect, also because its undo
 *     was undone. Of a chain of undos of undos, the first hundred count.
 */
public record RecordedChange(
        String change,
        Instant at,
        String operation,
        String clientId,
        long count,
        List<RecordedItem> items,
        String undoes,
        String undoneBy) {
    static RecordedChange from(JsonNode json) {
        return new RecordedChange(
                Json.field(json, "change", false, Json::string),
                Json.field(json, "at", false, Json::instant),
                Json.field(json, "operation", true, Json::string),
                Json.field(json, "client_id", true, Json::string),
                Json.field(json, "count", false, Json::integer),
                Json.field(json, "items", false, value -> Json.list(value, RecordedItem::from)),
                Json.field(json, "undoes", true, Json::string),
                Json.field(json, "undone_by", true, Json::string));
    }
}
