// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One line of an export; {@code type} is its kind.
 */
public sealed interface ExportLine permits ExportedList, ExportedTask, ExportedChange, ExportEnd, ExportLine.Unknown {
    /**
     * It is of a kind that this version does not know. Skip it.
     *
     * @param kind The value of {@code type}.
     * @param json The whole object.
     */
    record Unknown(String kind, String json) implements ExportLine {}

    /** Reads an object by its {@code type}. */
    static ExportLine from(JsonNode json) {
        String kind = Json.field(json, "type", false, Json::string);
        return switch (kind) {
            case "list" -> ExportedList.from(json);
            case "task" -> ExportedTask.from(json);
            case "change" -> ExportedChange.from(json);
            case "end" -> ExportEnd.from(json);
            default -> new Unknown(kind, json.toString());
        };
    }
}
