// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.UUID;

/**
 * Delete a task.
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
     * Apply the operation only if the task has this version at that point.
     */
    public BatchDelete ifVersion(long ifVersion) {
        put("if_version", ifVersion);
        return this;
    }
}
