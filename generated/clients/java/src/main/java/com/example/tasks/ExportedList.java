// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A list.
 *
 * @param list A list of tasks.
 */
public record ExportedList(
        TaskList list) implements ExportLine {
    static ExportedList from(JsonNode json) {
        return new ExportedList(
                Json.field(json, "list", false, TaskList::from));
    }
}
