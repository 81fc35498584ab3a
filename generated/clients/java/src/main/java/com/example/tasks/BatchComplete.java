// Generated from the contract. Do not edit.
package com.example.tasks;

import java.time.LocalDate;
import java.util.UUID;

/**
 * Complete a task, as {@code completeTask} does.
 */
public final class BatchComplete extends JsonBody implements BatchOperation {
    /**
     * Creates it with what is required.
     *
     * @param id The task's id.
     */
    public BatchComplete(UUID id) {
        put("op", "complete");
        put("id", textOf(id));
    }

    /**
     * The user's day of completion, for the next occurrence of a recurring task. Only {@code completeTask}
     * and the operation {@code complete} of a batch have it. When it is absent, it is the day in the time
     * zone of {@code due}, or in UTC if {@code due} has none.
     */
    public BatchComplete completedOn(LocalDate completedOn) {
        put("completed_on", textOf(completedOn));
        return this;
    }

    /**
     * Apply the operation only if the task or list has this version at that point.
     */
    public BatchComplete ifVersion(long ifVersion) {
        put("if_version", ifVersion);
        return this;
    }
}
