// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The result of one operation; {@code op} is its kind.
 */
public sealed interface BatchResult permits BatchCreated, BatchUpdated, BatchCompleted, BatchDeleted, BatchListCreated, BatchListUpdated, BatchListDeleted, BatchResult.Unknown {
    /**
     * It is of a kind that this version does not know. Skip it.
     *
     * @param kind The value of {@code op}.
     * @param json The whole object.
     */
    record Unknown(String kind, String json) implements BatchResult {}

    /** Reads an object by its {@code op}. */
    static BatchResult from(JsonNode json) {
        String kind = Json.field(json, "op", false, Json::string);
        return switch (kind) {
            case "create" -> BatchCreated.from(json);
            case "update" -> BatchUpdated.from(json);
            case "complete" -> BatchCompleted.from(json);
            case "delete" -> BatchDeleted.from(json);
            case "create_list" -> BatchListCreated.from(json);
            case "update_list" -> BatchListUpdated.from(json);
            case "delete_list" -> BatchListDeleted.from(json);
            default -> new Unknown(kind, json.toString());
        };
    }
}
