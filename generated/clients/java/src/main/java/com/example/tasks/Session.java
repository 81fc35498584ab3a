// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * The user that the token names.
 *
 * @param userId The {@code sub} of the token. Use it, or {@code me}, as {@code user_id} in paths.
 * @param expiresAt When the token expires.
 */
public record Session(
        String userId,
        Instant expiresAt) {
    static Session from(JsonNode json) {
        return new Session(
                Json.field(json, "user_id", false, Json::string),
                Json.field(json, "expires_at", false, Json::instant));
    }
}
