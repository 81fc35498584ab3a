// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The progress of deleting everything.
 *
 * @param status {@code complete} if nothing is left ({@code 200}), {@code in_progress} while the server
 *     deletes the rest ({@code 202}).
 */
public record Erasure(
        ErasureStatus status) {
    static Erasure from(JsonNode json) {
        return new Erasure(
                Json.field(json, "status", false, ErasureStatus::from));
    }
}
