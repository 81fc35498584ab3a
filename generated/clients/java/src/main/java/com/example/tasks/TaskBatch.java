// Generated from the contract. Do not edit.
package com.example.tasks;

import java.util.List;

/**
 * Operations to apply in order, all of them or none.
 */
public final class TaskBatch extends JsonBody {
    /**
     * Creates it with what is required.
     *
     * @param operations The operations.
     */
    public TaskBatch(List<BatchOperation> operations) {
        put("operations", operations == null ? null : operations.stream().map(item -> fieldsOf(item)).toList());
    }
}
