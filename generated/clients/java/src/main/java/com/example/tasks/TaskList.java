// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * A list of tasks.
 *
 * @param id The list's id, a random UUID unless the client has chosen it.
 * @param ownerId The id of the user who owns the list.
 * @param name The name of the list.
 * @param metadata Up to 16 texts of your own, by name: for example the task's id in another system. The
 *     server does not interpret them. A name has 1 to 40 characters: lower-case letters {@code a} to {@code
 *     z}, digits, {@code _}, {@code .} and {@code -}.
 * @param position The place of the task or list in the manual order, for {@code sort=position}. The server
 *     makes it: to move a task or list, send {@code place}. Compare positions by the code points of their
 *     characters, and do not interpret them.
 * @param createdAt When the list was created.
 * @param updatedAt When the list last changed. Changes of its tasks do not count.
 * @param version The version of the list: 1 when it is created, and one more with each change. In double
 *     quotes, it is the entity tag.
 */
public record TaskList(
        UUID id,
        String ownerId,
        String name,
        Map<String, String> metadata,
        String position,
        Instant createdAt,
        Instant updatedAt,
        long version) {
    static TaskList from(JsonNode json) {
        return new TaskList(
                Json.field(json, "id", false, Json::uuid),
                Json.field(json, "owner_id", false, Json::string),
                Json.field(json, "name", false, Json::string),
                Json.field(json, "metadata", false, value -> Json.map(value, Json::string)),
                Json.field(json, "position", false, Json::string),
                Json.field(json, "created_at", false, Json::instant),
                Json.field(json, "updated_at", false, Json::instant),
                Json.field(json, "version", false, Json::integer));
    }

    /** The entity tag of this version, for {@link RequestOptions#ifMatch} and {@link RequestOptions#ifNoneMatch}. */
    public String etag() {
        return "\"" + version + "\"";
    }
}
