// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/**
 * A task or list that a request has changed.
 *
 * @param type What it is.
 * @param id The id of the task or list.
 * @param title The title of the task or the name of the list, as it was before the change. If the change
 *     created it, its present one, or {@code null} if it is no longer there.
 * @param action What the request did. {@code created} also means that it was brought back.
 */
public record RecordedItem(
        RecordedItemType type,
        UUID id,
        String title,
        RecordedItemAction action) {
    static RecordedItem from(JsonNode json) {
        return new RecordedItem(
                Json.field(json, "type", false, RecordedItemType::from),
                Json.field(json, "id", false, Json::uuid),
                Json.field(json, "title", true, Json::string),
                Json.field(json, "action", false, RecordedItemAction::from));
    }
}
