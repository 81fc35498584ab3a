// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The state of the service.
 *
 * @param status Always {@code ok}. Any other state is a problem document.
 */
public record Health(
        String status) {
    static Health from(JsonNode json) {
        return new Health(
                Json.field(json, "status", false, Json::string));
    }
}
