// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;

/**
 * What the token states about its user and its client.
 *
 * @param userId The {@code sub} of the token. Use it, or {@code me}, as {@code user_id} in paths.
 * @param expiresAt When the token expires.
 * @param clientId The client that the token was issued to: its {@code client_id} or else its {@code azp}.
 *     {@code null} if the token names none.
 * @param scopes The scopes of this API that the token has: {@code tasks:read}, {@code tasks:write}, {@code
 *     tasks:erase}. Later versions can add others. A token without a claim about scopes has all of them,
 *     unless the operator requires the claim: then it has none.
 */
public record Session(
        String userId,
        Instant expiresAt,
        String clientId,
        List<String> scopes) {
    static Session from(JsonNode json) {
        return new Session(
                Json.field(json, "user_id", false, Json::string),
                Json.field(json, "expires_at", false, Json::instant),
                Json.field(json, "client_id", true, Json::string),
                Json.field(json, "scopes", false, value -> Json.list(value, Json::string)));
    }
}
