// Generated from the contract. Do not edit.
package com.example.tasks;

/**
 * One operation of a batch; {@code op} is its kind.
 */
public sealed interface BatchOperation permits BatchCreate, BatchUpdate, BatchComplete, BatchDelete, BatchCreateList, BatchUpdateList, BatchDeleteList {}
