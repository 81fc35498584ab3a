// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The number of open tasks of each priority.
 *
 * @param none A number of tasks.
 * @param low A number of tasks.
 * @param medium A number of tasks.
 * @param high A number of tasks.
 * @param urgent A number of tasks.
 */
public record PriorityCounts(
        long none,
        long low,
        long medium,
        long high,
        long urgent) {
    static PriorityCounts from(JsonNode json) {
        return new PriorityCounts(
                Json.field(json, "none", false, Json::integer),
                Json.field(json, "low", false, Json::integer),
                Json.field(json, "medium", false, Json::integer),
                Json.field(json, "high", false, Json::integer),
                Json.field(json, "urgent", false, Json::integer));
    }
}
