// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * Which version to restore.
 */
public final class TaskRestore extends JsonBody {
    /**
     * Creates it with what is required.
     *
     * @param version The {@code version} of the task to restore.
     */
    public TaskRestore(long version) {
        put("version", version);
    }
}
