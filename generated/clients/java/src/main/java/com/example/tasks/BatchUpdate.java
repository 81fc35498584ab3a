// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.UUID;

/**
 * Change single fields of a task, as {@code updateTask} does.
 */
public final class BatchUpdate extends JsonBody implements BatchOperation {
    /**
     * Creates it with what is required.
     *
     * @param id The task's id.
     * @param changes The fields to change, at least one.
     */
    public BatchUpdate(UUID id, TaskUpdate changes) {
        put("op", "update");
        put("id", textOf(id));
        put("changes", fieldsOf(changes));
    }

    /**
     * Apply the operation only if the task or list has this version at that point.
     */
    public BatchUpdate ifVersion(long ifVersion) {
        put("if_version", ifVersion);
        return this;
    }
}
