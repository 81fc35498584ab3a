// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;

/**
 * What a change did to a task or a list. {@code task} or {@code list} is what it was before, and absent if
 * the change created it.
 *
 * @param change The id of a change. Keep it as it is. When a user has deleted everything, ids begin anew.
 * @param at When the change was made.
 * @param operation The operation that made the change, by its {@code operationId}, or {@code null} if it is
 *     not known any more. {@code renewPositions} is the server's own: see "Lists, subtasks and order".
 * @param clientId The client that made the change: {@code client_id} or {@code azp} of its token, or {@code
 *     null} if the token has neither, or if it is not known any more.
 * @param undoes The change that this one undid, or {@code null}.
 * @param kind Whether it is a task or a list.
 * @param id The id of the task or list.
 * @param action What the change did to it.
 * @param task A task.
 * @param list A list of tasks.
 */
public record ExportedChange(
        String change,
        Instant at,
        String operation,
        String clientId,
        String undoes,
        ExportedChangeKind kind,
        UUID id,
        ExportedChangeAction action,
        Task task,
        TaskList list) implements ExportLine {
    static ExportedChange from(JsonNode json) {
        return new ExportedChange(
                Json.field(json, "change", false, Json::string),
                Json.field(json, "at", false, Json::instant),
                Json.field(json, "operation", true, Json::string),
                Json.field(json, "client_id", true, Json::string),
                Json.field(json, "undoes", true, Json::string),
                Json.field(json, "kind", false, ExportedChangeKind::from),
                Json.field(json, "id", false, Json::uuid),
                Json.field(json, "action", false, ExportedChangeAction::from),
                Json.field(json, "task", true, Task::from),
                Json.field(json, "list", true, TaskList::from));
    }
}
