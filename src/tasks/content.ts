// The content of a task when it is created or changed, apart from what ties it to other tasks and
// lists: relations.ts and series.ts.
import { type Task, type TaskCreate, type TaskUpdate, withDefaults } from './columns.ts';
import { patchedMetadata } from './metadata.ts';

/** A task of this content as it is when it is created. */
export const newTask = (
  id: string,
  {
    owner,
    given: { place: _place, ...given },
    at,
    position,
  }: {
    readonly owner: string;
    readonly given: TaskCreate;
    readonly at: string;
    readonly position: string;
  },
): Task => {
  const task = withDefaults(given);
  return {
    ...task,
    id,
    owner_id: owner,
    completed_at: task.completed ? at : null,
    position,
    recurrence: null,
    series_id: null,
    occurrence: null,
    next_id: null,
    created_at: at,
    updated_at: at,
    version: 1,
  };
};

/** A task after these changes of its content. */
export const changed = (
  task: Task,
  { place: _place, recurrence: _rule, list_id: _list, parent_id: _parent, ...changes }: TaskUpdate,
  at: string,
): Task => {
  const { completed = task.completed } = changes;
  return {
    ...task,
    ...changes,
    metadata: patchedMetadata(task.metadata, changes.metadata),
    completed_at: completed ? (task.completed_at ?? at) : null,
    updated_at: at,
    version: task.version + 1,
  };
};
