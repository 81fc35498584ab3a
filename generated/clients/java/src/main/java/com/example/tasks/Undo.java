// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What an undo has changed.
 *
 * @param change The id of a change. Keep it as it is. When a user has deleted everything, ids begin anew.
 * @param undoes The change that was undone.
 * @param count How many tasks and lists the undo has changed.
 * @param items Up to 100 of them, as they are now, in the form of the change feed.
 * @param hasMore Whether there are more than 100. The change feed has all of them.
 */
public record Undo(
        String change,
        String undoes,
        long count,
        List<TaskChange> items,
        boolean hasMore) {
    static Undo from(JsonNode json) {
        return new Undo(
                Json.field(json, "change", false, Json::string),
                Json.field(json, "undoes", false, Json::string),
                Json.field(json, "count", false, Json::integer),
                Json.field(json, "items", false, value -> Json.list(value, TaskChange::from)),
                Json.field(json, "has_more", false, Json::bool));
    }
}
