// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * Create a task.
 */
public final class BatchCreate extends JsonBody implements BatchOperation {
    /**
     * Creates it with what is required.
     *
     * @param task The fields of a new task.
     */
    public BatchCreate(TaskCreate task) {
        put("op", "create");
        put("task", fieldsOf(task));
    }
}
