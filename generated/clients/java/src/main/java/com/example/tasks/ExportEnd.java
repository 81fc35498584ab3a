// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The last line of a complete export.
 *
 * @param lists The number of lists in the export.
 * @param tasks The number of tasks in the export.
 */
public record ExportEnd(
        long lists,
        long tasks) implements ExportLine {
    static ExportEnd from(JsonNode json) {
        return new ExportEnd(
                Json.field(json, "lists", false, Json::integer),
                Json.field(json, "tasks", false, Json::integer));
    }
}
