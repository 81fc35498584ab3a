// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * A page of the versions of a task.
 *
 * @param items The versions, the newest first.
 * @param nextCursor The {@code cursor} of the next page, or {@code null} on the last page.
 */
public record TaskVersions(
        List<TaskVersion> items,
        String nextCursor) {
    static TaskVersions from(JsonNode json) {
        return new TaskVersions(
                Json.field(json, "items", false, value -> Json.list(value, TaskVersion::from)),
                Json.field(json, "next_cursor", true, Json::string));
    }
}
