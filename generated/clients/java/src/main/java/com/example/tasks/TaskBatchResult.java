// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * The results of a batch.
 *
 * @param results One result for each operation, in the same order.
 */
public record TaskBatchResult(
        List<BatchResult> results) {
    static TaskBatchResult from(JsonNode json) {
        return new TaskBatchResult(
                Json.field(json, "results", false, value -> Json.list(value, BatchResult::from)));
    }
}
