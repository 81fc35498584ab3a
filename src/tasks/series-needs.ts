// What operations need to know for series: which recurring tasks they may complete, and in which
// series they give a task a rule that another one may have.
import type { Task } from './columns.ts';
import type { BatchOperation } from './operation.ts';

const ruleIn = (operation: BatchOperation) => {
  if (operation.op === 'create') return operation.task.recurrence;
  return operation.op === 'update' ? operation.changes.recurrence : undefined;
};

const isCompletion = (operation: BatchOperation) =>
  operation.op === 'complete' || (operation.op === 'update' && operation.changes.completed === true);

/**
 * The ids of tasks that may recur when the operations complete them: those of `tasks` that do, and
 * those that the batch creates or gives a rule.
 */
export const recurringCompletions = (
  operations: readonly BatchOperation[],
  tasks: ReadonlyMap<string, Task>,
): string[] => {
  const completed = operations.flatMap((operation) =>
    isCompletion(operation) && 'id' in operation ? operation.id.toLowerCase() : [],
  );
  if (completed.length === 0) return [];
  const ruled = new Set(
    operations.flatMap((operation) => ('id' in operation && ruleIn(operation) ? operation.id : [])),
  );
  return completed.filter((id) => {
    const task = tasks.get(id);
    return task === undefined || task.recurrence !== null || ruled.has(id);
  });
};

/** The series of those tasks that the operations give a rule, and that do not recur. */
export const seriesOfRuled = (
  operations: readonly BatchOperation[],
  tasks: ReadonlyMap<string, Task>,
): string[] =>
  operations.flatMap((operation) => {
    if (!('id' in operation) || !ruleIn(operation)) return [];
    const task = tasks.get(operation.id.toLowerCase());
    return task === undefined || task.recurrence !== null ? [] : (task.series_id ?? []);
  });
