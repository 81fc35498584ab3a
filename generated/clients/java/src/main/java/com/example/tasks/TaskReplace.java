// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The content of a task. Any writable field that is not required keeps its value when it is absent.
 */
public final class TaskReplace extends JsonBody {
    /**
     * Creates it with what is required.
     *
     * @param title The title of the task. White space at its start and end is removed. The limits apply to
     *     the rest, which must not be empty.
     * @param description Notes about the task, or {@code null}.
     * @param completed Whether the task is completed.
     */
    public TaskReplace(String title, String description, boolean completed) {
        put("title", title);
        put("description", description);
        put("completed", completed);
    }

    /**
     * When the task is due, or {@code null}: a day ({@code 2026-03-01}), a local time ({@code
     * 2026-03-01T09:30}), or a time in a time zone ({@code 2026-03-01T09:30[Europe/Berlin]}).
     */
    public TaskReplace due(String due) {
        put("due", due);
        return this;
    }

    /**
     * Before this, the task is not to be worked on; or {@code null}. It has the same forms as {@code due},
     * and may be later than {@code due}.
     */
    public TaskReplace start(String start) {
        put("start", start);
        return this;
    }

    /**
     * How important the task is, from {@code none} to {@code urgent}.
     */
    public TaskReplace priority(Priority priority) {
        put("priority", textOf(priority));
        return this;
    }

    /**
     * The labels of the task, in the order in which they were given. No two of them may be equal apart from
     * letter case. A new list of labels replaces the previous one.
     */
    public TaskReplace labels(List<String> labels) {
        put("labels", labels);
        return this;
    }

    /**
     * Up to 16 texts of your own, by name: for example the task's id in another system. The server does not
     * interpret them. A name has 1 to 40 characters: lower-case letters {@code a} to {@code z}, digits,
     * {@code _}, {@code .} and {@code -}.
     */
    public TaskReplace metadata(Map<String, String> metadata) {
        put("metadata", metadata);
        return this;
    }

    /**
     * The list that the task is in, or {@code null} for the inbox. A subtask is in the list of its parent:
     * leave {@code list_id} out, or send that of the parent. For a new task, {@code null} is the same as
     * leaving it out; in a change of a subtask, {@code null} is {@code 422} unless its parent is in the
     * inbox.
     */
    public TaskReplace listId(UUID listId) {
        put("list_id", textOf(listId));
        return this;
    }

    /**
     * The task that this task is a subtask of, or {@code null}. A subtask has no subtasks of its own.
     * Sending {@code null} makes it a task of its own, in the same list.
     */
    public TaskReplace parentId(UUID parentId) {
        put("parent_id", textOf(parentId));
        return this;
    }

    /**
     * Moves the task or list in the manual order: exactly one of the four. {@code before} and {@code after}
     * name another task (or list) of the user. Tasks of all lists have one order: the first place is also
     * the first one of the task's list.
     */
    public TaskReplace place(Place place) {
        put("place", fieldsOf(place));
        return this;
    }

    /**
     * How the task recurs, or {@code null}. It needs {@code due}. A subtask, or a completed task, cannot
     * recur, nor can a reopened task while another task of its series recurs. When absent, {@code anchor} is
     * {@code schedule} and {@code missed} is {@code skip}; a partial update keeps what they were, but always
     * needs {@code rrule}: send the present one to change only {@code anchor} or {@code missed}.
     */
    public TaskReplace recurrence(RecurrenceSetting recurrence) {
        put("recurrence", fieldsOf(recurrence));
        return this;
    }
}
