// Generated from the contract. Do not edit.
package com.example.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A task.
 *
 * @param id The task's id, a random UUID unless the client has chosen it.
 * @param ownerId The id of the user who owns the task.
 * @param title The title of the task.
 * @param description Notes about the task, or {@code null}.
 * @param completed Whether the task is completed.
 * @param completedAt When the task was completed, or {@code null} if it is open.
 * @param due When the task is due, or {@code null}: a day ({@code 2026-03-01}), a local time ({@code
 *     2026-03-01T09:30}), or a time in a time zone ({@code 2026-03-01T09:30[Europe/Berlin]}).
 * @param start Before this, the task is not to be worked on; or {@code null}. It has the same forms as
 *     {@code due}, and may be later than {@code due}.
 * @param priority How important the task is, from {@code none} to {@code urgent}.
 * @param labels The labels of the task, in the order in which they were given. No two of them may be equal
 *     apart from letter case. A new list of labels replaces the previous one.
 * @param metadata Up to 16 texts of your own, by name: for example the task's id in another system. The
 *     server does not interpret them. A name has 1 to 40 characters: lower-case letters {@code a} to {@code
 *     z}, digits, {@code _}, {@code .} and {@code -}.
 * @param listId The list that the task is in, or {@code null} for the inbox. A subtask is in the list of its
 *     parent: leave {@code list_id} out, or send that of the parent. For a new task, {@code null} is the
 *     same as leaving it out; in a change of a subtask, {@code null} is {@code 422} unless its parent is in
 *     the inbox.
 * @param parentId The task that this task is a subtask of, or {@code null}. A subtask has no subtasks of its
 *     own. Sending {@code null} makes it a task of its own, in the same list.
 * @param position The place of the task or list in the manual order, for {@code sort=position}. The server
 *     makes it: to move a task or list, send {@code place}. Compare positions by the code points of their
 *     characters, and do not interpret them.
 * @param recurrence How the task recurs, or {@code null}. Completing the task moves it to the task of the
 *     next occurrence.
 * @param seriesId The series of recurring tasks that this task is part of, or {@code null}: the id of its
 *     first task.
 * @param occurrence Which occurrence of its series this task is, or {@code null} if it is in no series.
 * @param nextId The task that was created when this occurrence of a series was completed, or {@code null}.
 *     It stays when that task is deleted, and until this one gets a {@code recurrence} again.
 * @param createdAt When the task was created.
 * @param updatedAt When the task last changed.
 * @param version The version of the task: 1 when it is created, and one more with each change. In double
 *     quotes, it is the entity tag.
 */
public record Task(
        UUID id,
        String ownerId,
        String title,
        String description,
        boolean completed,
        Instant completedAt,
        String due,
        String start,
        Priority priority,
        List<String> labels,
        Map<String, String> metadata,
        UUID listId,
        UUID parentId,
        String position,
        Recurrence recurrence,
        UUID seriesId,
        Occurrence occurrence,
        UUID nextId,
        Instant createdAt,
        Instant updatedAt,
        long version) {
    static Task from(JsonNode json) {
        return new Task(
                Json.field(json, "id", false, Json::uuid),
                Json.field(json, "owner_id", false, Json::string),
                Json.field(json, "title", false, Json::string),
                Json.field(json, "description", true, Json::string),
                Json.field(json, "completed", false, Json::bool),
                Json.field(json, "completed_at", true, Json::instant),
                Json.field(json, "due", true, Json::string),
                Json.field(json, "start", true, Json::string),
                Json.field(json, "priority", false, Priority::from),
                Json.field(json, "labels", false, value -> Json.list(value, Json::string)),
                Json.field(json, "metadata", false, value -> Json.map(value, Json::string)),
                Json.field(json, "list_id", true, Json::uuid),
                Json.field(json, "parent_id", true, Json::uuid),
                Json.field(json, "position", false, Json::string),
                Json.field(json, "recurrence", true, Recurrence::from),
                Json.field(json, "series_id", true, Json::uuid),
                Json.field(json, "occurrence", true, Occurrence::from),
                Json.field(json, "next_id", true, Json::uuid),
                Json.field(json, "created_at", false, Json::instant),
                Json.field(json, "updated_at", false, Json::instant),
                Json.field(json, "version", false, Json::integer));
    }

    /** The entity tag of this version, for {@link RequestOptions#ifMatch} and {@link RequestOptions#ifNoneMatch}. */
    public String etag() {
        return "\"" + version + "\"";
    }

    /** The task as JSON, with the names and formats of the API. */
    public String toJson() {
        return Json.text(this);
    }
}
