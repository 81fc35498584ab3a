// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.UUID;

/**
 * Change single fields of a list, as {@code updateList} does.
 */
public final class BatchUpdateList extends JsonBody implements BatchOperation {
    /**
     * Creates it with what is required.
     *
     * @param id The list's id.
     * @param changes The fields to change, at least one.
     */
    public BatchUpdateList(UUID id, TaskListUpdate changes) {
        put("op", "update_list");
        put("id", textOf(id));
        put("changes", fieldsOf(changes));
    }

    /**
     * Apply the operation only if the task or list has this version at that point.
     */
    public BatchUpdateList ifVersion(long ifVersion) {
        put("if_version", ifVersion);
        return this;
    }
}
