// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/**
 * A list, and how many open tasks are in it.
 *
 * @param listId The list that the task is in, or {@code null} for the inbox. A subtask is in the list of its
 *     parent: leave {@code list_id} out, or send that of the parent. For a new task, {@code null} is the
 *     same as leaving it out; in a change of a subtask, {@code null} is {@code 422} unless its parent is in
 *     the inbox.
 * @param open The number of open tasks in the list.
 */
public record OpenListCount(
        UUID listId,
        long open) {
    static OpenListCount from(JsonNode json) {
        return new OpenListCount(
                Json.field(json, "list_id", true, Json::uuid),
                Json.field(json, "open", false, Json::integer));
    }
}
