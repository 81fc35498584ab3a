// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * One change; {@code type} is its kind.
 */
public sealed interface TaskChange permits ChangedTask, DeletedTask, ChangedList, DeletedList, TaskChange.Unknown {
    /**
     * It is of a kind that this version does not know. Skip it.
     *
     * @param kind The value of {@code type}.
     * @param json The whole object.
     */
    record Unknown(String kind, String json) implements TaskChange {}

    /** Reads an object by its {@code type}. */
    static TaskChange from(JsonNode json) {
        String kind = Json.field(json, "type", false, Json::string);
        return switch (kind) {
            case "task" -> ChangedTask.from(json);
            case "deleted" -> DeletedTask.from(json);
            case "list" -> ChangedList.from(json);
            case "list_deleted" -> DeletedList.from(json);
            default -> new Unknown(kind, json.toString());
        };
    }
}
