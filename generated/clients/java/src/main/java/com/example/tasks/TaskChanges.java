// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Changes since a change token.
 *
 * @param items The changes, the oldest first.
 * @param nextSince The change token to send as {@code since} to get the changes after these. It is opaque,
 *     and works only for this user.
 * @param hasMore Whether there are more changes now. Get them with {@code next_since}.
 */
public record TaskChanges(
        List<TaskChange> items,
        String nextSince,
        boolean hasMore) {
    static TaskChanges from(JsonNode json) {
        return new TaskChanges(
                Json.field(json, "items", false, value -> Json.list(value, TaskChange::from)),
                Json.field(json, "next_since", false, Json::string),
                Json.field(json, "has_more", false, Json::bool));
    }
}
