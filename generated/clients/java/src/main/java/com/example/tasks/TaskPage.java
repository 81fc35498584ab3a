// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One page of tasks.
 *
 * @param items The tasks, in the requested order. With a filter, a page can have fewer than {@code limit}
 *     tasks, or none, and still have a next page.
 * @param nextCursor The {@code cursor} of the next page, or {@code null} on the last page. Nothing else
 *     marks the last page.
 */
public record TaskPage(
        List<Task> items,
        String nextCursor) {
    static TaskPage from(JsonNode json) {
        return new TaskPage(
                Json.field(json, "items", false, value -> Json.list(value, Task::from)),
                Json.field(json, "next_cursor", true, Json::string));
    }
}
