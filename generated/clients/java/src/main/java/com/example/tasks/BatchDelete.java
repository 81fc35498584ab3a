// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.UUID;

/**
 * Delete a task, as {@code deleteTask} does.
 */
public final class BatchDelete extends JsonBody implements BatchOperation {
    /**
     * Creates it with what is required.
     *
     * @param id The task's id.
     */
    public BatchDelete(UUID id) {
        put("op", "delete");
        put("id", textOf(id));
    }

    /**
     * What happens to the subtasks of a deleted task, or to the tasks of a deleted list: {@code delete}
     * deletes them, too, and {@code detach} makes the subtasks tasks of their own, or moves the tasks to the
     * inbox. Without it, a task that has subtasks, or a list that has tasks, is not deleted.
     */
    public BatchDelete children(OnDelete children) {
        put("children", textOf(children));
        return this;
    }

    /**
     * Apply the operation only if the task or list has this version at that point.
     */
    public BatchDelete ifVersion(long ifVersion) {
        put("if_version", ifVersion);
        return this;
    }
}
