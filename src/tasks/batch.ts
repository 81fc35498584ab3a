// What a batch does, worked out on the tasks it names before anything is written: each operation
// sees what those before it did, and the first that cannot be applied ends it all. Free of SQL, so
// that it can be read as the rules it is.
import type { components } from '../contract/operation.ts';
import type { Fault } from '../contract/problem.ts';
import { type Task, type TaskCreate, type TaskUpdate, withDefaults } from './columns.ts';
import { hasTooMany, patchedMetadata, tooMany } from './metadata.ts';
import { microsecondsAfter } from './microseconds.ts';
import { maxVersion } from './precondition.ts';

export type BatchOperation = components['schemas']['BatchOperation'];
export type BatchResult = components['schemas']['BatchResult'];

/**
 * Where a batch begins: whose it is, when it happens, and the tasks that its operations name, by
 * id.
 */
export interface Beginning {
  readonly owner: string;
  /**
   * The time of the first operation; each further one happens a microsecond later, so that times
   * keep the order.
   */
  readonly at: string;
  readonly tasks: ReadonlyMap<string, Task>;
  /** The ids that a new task may not have, of those that the operations have chosen. */
  readonly taken: ReadonlySet<string>;
  /** Called once for each creation without an id, in order. */
  readonly newId: () => string;
}

/** What became of a task that was there before or is there after the batch. */
interface Touched {
  /** The place of the last operation on it in the batch, from 1. */
  readonly place: number;
  /** The time of that operation. */
  readonly at: string;
}

export type Outcome =
  | {
      readonly applicable: true;
      /** One for each operation, in order, with the task as it is after that operation. */
      readonly results: BatchResult[];
      /** The tasks that were created or changed and are still there, as they are in the end. */
      readonly written: (Task & Touched)[];
      /** What an operation made of a task on which a later one of the batch worked, too. */
      readonly passing: (Task & Pick<Touched, 'place'>)[];
      /** The tasks that were there, or were created, and are gone. */
      readonly deleted: ({ readonly id: string } & Touched)[];
    }
  | { readonly applicable: false; readonly faults: readonly Fault[] };

/** A task of this content as it is when it is created. */
export const newTask = (id: string, owner: string, given: TaskCreate, at: string): Task => {
  const task = withDefaults(given);
  return {
    ...task,
    id,
    owner_id: owner,
    completed_at: task.completed ? at : null,
    created_at: at,
    updated_at: at,
    version: 1,
  };
};

const changed = (task: Task, changes: TaskUpdate, at: string): Task => {
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

// One fault for each creation, from `first` on, whose id is taken or named by an operation before it.
// All of them at once, so that a client that repeats an import can leave them out at once.
const takenIds = (
  operations: readonly BatchOperation[],
  first: number,
  { taken, named }: { readonly taken: ReadonlySet<string>; readonly named: Iterable<string> },
): Fault[] => {
  const earlier = new Set(named);
  return operations.flatMap((operation, index) => {
    if (index < first || operation.op !== 'create' || operation.task.id === undefined) return [];
    const { id } = operation.task;
    const isNamed = earlier.has(id);
    earlier.add(id);
    if (!isNamed && !taken.has(id)) return [];
    const msg = isNamed
      ? 'is the id of an earlier operation of this batch'
      : 'is the id of a task that exists or was deleted';
    return { loc: ['body', 'operations', index, 'task', 'id'], msg, type: 'id_taken' };
  });
};

/**
 * Applies the operations in order to the tasks of `beginning`; the ids in both are in lower case or
 * not at all.
 */
export const applyInOrder = (operations: readonly BatchOperation[], beginning: Beginning): Outcome => {
  const now = new Map(beginning.tasks);
  const touched = new Map<string, Touched>();
  const results: BatchResult[] = [];
  const refuse = (field: string | readonly string[], msg: string, type: string): Outcome => ({
    applicable: false,
    faults: [{ loc: ['body', 'operations', results.length, ...[field].flat()], msg, type }],
  });

  for (const operation of operations) {
    const place = results.length + 1;
    const at = microsecondsAfter(beginning.at, results.length);
    if (operation.op === 'create') {
      const { id = beginning.newId() } = operation.task;
      if (beginning.taken.has(id) || touched.has(id)) {
        const { taken } = beginning;
        const faults = takenIds(operations, results.length, { taken, named: touched.keys() });
        return { applicable: false, faults };
      }
      const task = newTask(id, beginning.owner, operation.task, at);
      now.set(task.id, task);
      touched.set(task.id, { place, at });
      results.push({ op: 'create', task });
      continue;
    }
    const id = operation.id.toLowerCase();
    const task = now.get(id);
    if (task === undefined) return refuse('id', 'names no task', 'not_found');
    if (operation.if_version !== undefined && operation.if_version !== task.version) {
      return refuse('if_version', `the task has version ${task.version}`, 'version_mismatch');
    }
    touched.set(id, { place, at });
    if (operation.op === 'delete') {
      now.delete(id);
      results.push({ op: 'delete', id });
    } else {
      if (task.version === maxVersion) return refuse('id', 'cannot be changed any more', 'change_limit');
      const next = changed(task, operation.changes, at);
      if (hasTooMany(next.metadata)) return refuse(['changes', 'metadata'], tooMany, 'maxProperties');
      now.set(id, next);
      results.push({ op: 'update', task: next });
    }
  }
  const all = [...touched].map(([id, how]) => ({ id, how, task: now.get(id) }));
  const last = new Set(all.map(({ how }) => how.place));
  return {
    applicable: true,
    results,
    passing: results.flatMap((result, index) =>
      result.op === 'delete' || last.has(index + 1) ? [] : { ...result.task, place: index + 1 },
    ),
    written: all.flatMap(({ how, task }) => (task === undefined ? [] : { ...task, ...how })),
    deleted: all.flatMap(({ id, how, task }) => (task === undefined ? { id, ...how } : [])),
  };
};
