// Generated from the contract. Do not edit.
package com.example.tasks;

import java.time.LocalDate;

/**
 * The completion of a task.
 */
public final class TaskCompletion extends JsonBody {
    /**
     * Creates it with what is required.
     */
    public TaskCompletion() {
    }

    /**
     * The user's day of completion, for the next occurrence of a recurring task. Only {@code completeTask}
     * and the operation {@code complete} of a batch have it. When it is absent, it is the day in the time
     * zone of {@code due}, or in UTC if {@code due} has none.
     */
    public TaskCompletion completedOn(LocalDate completedOn) {
        put("completed_on", textOf(completedOn));
        return this;
    }
}
