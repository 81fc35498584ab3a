// Generated from the contract. Do not edit.
package com.example.tasks;

import java.time.OffsetDateTime;
import java.util.Map;

/** The query parameters of {@link TasksClient#getTaskSummary}. They do not change: each method returns new ones. */
public final class GetTaskSummaryParams {
    private final Map<String, Object> values;

    private GetTaskSummaryParams(Map<String, Object> values) {
        this.values = values;
    }

    /** Returns parameters that set nothing. */
    public static GetTaskSummaryParams create() {
        return new GetTaskSummaryParams(Map.of());
    }

    private GetTaskSummaryParams with(String name, Object value) {
        Map<String, Object> more = new java.util.LinkedHashMap<>(values);
        more.put(name, value);
        return new GetTaskSummaryParams(more);
    }

    /**
     * The time at which tasks are overdue, with an offset: {@code 2026-03-01T09:30:00+01:00}. In a query,
     * {@code +} is written as {@code %2B}. Without it, {@code overdue} is {@code null}.
     */
    public GetTaskSummaryParams overdueAt(OffsetDateTime overdueAt) {
        return with("overdue_at", overdueAt);
    }

    Map<String, Object> values() {
        return values;
    }
}
