// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The last line of a complete export.
 *
 * @param lists The number of lists in the export.
 * @param tasks The number of tasks in the export.
 * @param changes The number of lines of the type {@code change}. Absent in an export without the history.
 */
public record ExportEnd(
        long lists,
        long tasks,
        Long changes) implements ExportLine {
    static ExportEnd from(JsonNode json) {
        return new ExportEnd(
                Json.field(json, "lists", false, Json::integer),
                Json.field(json, "tasks", false, Json::integer),
                Json.field(json, "changes", true, Json::integer));
    }
}
