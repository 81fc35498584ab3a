// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A page of the history.
 *
 * @param items The changes, the newest first.
 * @param nextCursor The {@code cursor} of the next page, or {@code null} on the last page.
 */
public record RecordedChanges(
        List<RecordedChange> items,
        String nextCursor) {
    static RecordedChanges from(JsonNode json) {
        return new RecordedChanges(
                Json.field(json, "items", false, value -> Json.list(value, RecordedChange::from)),
                Json.field(json, "next_cursor", true, Json::string));
    }
}
