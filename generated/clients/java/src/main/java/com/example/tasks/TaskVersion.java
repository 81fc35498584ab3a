// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;

/**
 * A task as it was after a change; without {@code task} if the change deleted it.
 *
 * @param change The id of the change, or {@code null} if the server has forgotten it.
 * @param at When the change was made.
 * @param operation The operation that made the change, by its {@code operationId}, or {@code null} if it is
 *     not known any more. {@code renewPositions} is the server's own: see "Lists, subtasks and order".
 * @param clientId The client that made the change: {@code client_id} or {@code azp} of its token, or {@code
 *     null} if the token has neither, or if it is not known any more.
 * @param deleted Whether the change deleted the task.
 * @param task A task.
 */
public record TaskVersion(
        String change,
        Instant at,
        String operation,
        String clientId,
        boolean deleted,
        Task task) {
    static TaskVersion from(JsonNode json) {
        return new TaskVersion(
                Json.field(json, "change", true, Json::string),
                Json.field(json, "at", false, Json::instant),
                Json.field(json, "operation", true, Json::string),
                Json.field(json, "client_id", true, Json::string),
                Json.field(json, "deleted", false, Json::bool),
                Json.field(json, "task", true, Task::from));
    }
}
