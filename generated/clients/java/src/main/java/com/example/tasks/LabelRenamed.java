// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The result of renaming a label.
 *
 * @param changed The number of tasks that this request changed.
 * @param nextCursor The {@code cursor} of the next request, or {@code null} if every task has been examined.
 */
public record LabelRenamed(
        long changed,
        String nextCursor) {
    static LabelRenamed from(JsonNode json) {
        return new LabelRenamed(
                Json.field(json, "changed", false, Json::integer),
                Json.field(json, "next_cursor", true, Json::string));
    }
}
