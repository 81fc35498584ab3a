// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The fields of a new task.
 */
public final class TaskCreate extends JsonBody {
    /**
     * Creates it with what is required.
     *
     * @param title The title of the task. White space at its start and end is removed. The limits apply to
     *     the rest, which must not be empty.
     */
    public TaskCreate(String title) {
        put("title", title);
    }

    /**
     * The id of the new task, a UUID of your choice but not the nil or the max UUID; the server chooses one
     * when it is absent. It is stored and returned in lower case. {@code 409} with the type {@code id-taken}
     * if you have a task with this id, or had one whose deletion is still remembered (for at least 30 days).
     */
    public TaskCreate id(UUID id) {
        put("id", textOf(id));
        return this;
    }

    /**
     * Notes about the task, or {@code null}.
     */
    public TaskCreate description(String description) {
        put("description", description);
        return this;
    }

    /**
     * Whether the task is completed. {@code false} when absent.
     */
    public TaskCreate completed(boolean completed) {
        put("completed", completed);
        return this;
    }

    /**
     * When the task is due, or {@code null}: a day ({@code 2026-03-01}), a local time ({@code
     * 2026-03-01T09:30}), or a time in a time zone ({@code 2026-03-01T09:30[Europe/Berlin]}).
     */
    public TaskCreate due(String due) {
        put("due", due);
        return this;
    }

    /**
     * Before this, the task is not to be worked on; or {@code null}. It has the same forms as {@code due},
     * and may be later than {@code due}.
     */
    public TaskCreate start(String start) {
        put("start", start);
        return this;
    }

    /**
     * How important the task is, from {@code none} to {@code urgent}.
     */
    public TaskCreate priority(Priority priority) {
        put("priority", textOf(priority));
        return this;
    }

    /**
     * The labels of the task, in the order in which they were given. No two of them may be equal apart from
     * letter case. A new list of labels replaces the previous one.
     */
    public TaskCreate labels(List<String> labels) {
        put("labels", labels);
        return this;
    }

    /**
     * Up to 16 texts of your own, by name: for example the task's id in another system. The server does not
     * interpret them. A name has 1 to 40 characters: lower-case letters {@code a} to {@code z}, digits,
     * {@code _}, {@code .} and {@code -}.
     */
    public TaskCreate metadata(Map<String, String> metadata) {
        put("metadata", metadata);
        return this;
    }
}
