// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One page of the lists.
 *
 * @param items The lists, in their manual order.
 * @param nextCursor The {@code cursor} of the next page, or {@code null} on the last page.
 */
public record TaskListPage(
        List<TaskList> items,
        String nextCursor) {
    static TaskListPage from(JsonNode json) {
        return new TaskListPage(
                Json.field(json, "items", false, value -> Json.list(value, TaskList::from)),
                Json.field(json, "next_cursor", true, Json::string));
    }
}
