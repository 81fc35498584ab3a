// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One page of the labels.
 *
 * @param items The labels.
 * @param partial Whether the user has more tasks than are counted. Then each count is a minimum, and labels
 *     may be missing.
 * @param nextCursor The {@code cursor} of the next page, or {@code null} on the last page.
 */
public record LabelPage(
        List<LabelCount> items,
        boolean partial,
        String nextCursor) {
    static LabelPage from(JsonNode json) {
        return new LabelPage(
                Json.field(json, "items", false, value -> Json.list(value, LabelCount::from)),
                Json.field(json, "partial", false, Json::bool),
                Json.field(json, "next_cursor", true, Json::string));
    }
}
