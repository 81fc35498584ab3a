// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * Create a list.
 */
public final class BatchCreateList extends JsonBody implements BatchOperation {
    /**
     * Creates it with what is required.
     *
     * @param list The fields of a new list.
     */
    public BatchCreateList(TaskListCreate list) {
        put("op", "create_list");
        put("list", fieldsOf(list));
    }
}
