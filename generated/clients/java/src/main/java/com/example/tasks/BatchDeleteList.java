// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.UUID;

/**
 * Delete a list in which no tasks are, at that point: earlier operations can move or delete them. To delete
 * a list with all its tasks, use {@code deleteList}.
 */
public final class BatchDeleteList extends JsonBody implements BatchOperation {
    /**
     * Creates it with what is required.
     *
     * @param id The list's id.
     */
    public BatchDeleteList(UUID id) {
        put("op", "delete_list");
        put("id", textOf(id));
    }

    /**
     * Apply the operation only if the task or list has this version at that point.
     */
    public BatchDeleteList ifVersion(long ifVersion) {
        put("if_version", ifVersion);
        return this;
    }
}
