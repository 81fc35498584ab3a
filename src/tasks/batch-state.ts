// The tasks that a batch names or creates, as its operations change them one after the other, and
// what is known of the tasks around them: their subtasks, and the places between which they move.
import type { Task } from './columns.ts';
import type { Deleted, Touched } from './operation.ts';
import { type Order, orderOf, type Placed } from './order.ts';

/** A subtask of a task that the batch names, which is not itself named. */
export interface Subtask {
  readonly id: string;
  readonly list_id: string | null;
  readonly parent_id: string | null;
}

/** A task that recurs. */
export interface Recurring {
  readonly id: string;
  readonly series_id: string;
}

/** What has become of the tasks in the end. */
export interface Changes {
  /** Those that were created or changed and are still there. */
  readonly written: (Task & Touched)[];
  /** The subtasks that went with their parent, and how often: each time is a change of its own. */
  readonly moved: (Subtask & Touched & { readonly changes: number })[];
  /** Those that were there, or were created, and are gone. */
  readonly deleted: Deleted[];
}

export interface BatchState {
  readonly order: Order;
  get(id: string): Task | undefined;
  /** Whether an earlier operation has created, changed or deleted the task. */
  isTouched(id: string): boolean;
  touchedIds(): Iterable<string>;
  write(task: Task, how: Touched): void;
  delete(id: string, how: Touched): void;
  countOfSubtasks(parent: string): number;
  /** Whether another task of the same series recurs. */
  isContinued(task: Task): boolean;
  /** Whether one of them is in the list. */
  hasTaskIn(list: string): boolean;
  /** The subtasks of a task go to another list or parent, or are deleted with it. */
  moveSubtasks(parent: string, to: Partial<Pick<Task, 'list_id' | 'parent_id'>>, how: Touched): void;
  deleteSubtasks(parent: string, how: Touched): void;
  changes(): Changes;
}

interface Known {
  readonly tasks: ReadonlyMap<string, Task>;
  readonly recurring: readonly Recurring[];
  readonly subtasks: readonly Subtask[];
  readonly positions: readonly Placed[];
}

export const batchStateOf = ({ tasks, recurring, subtasks, positions }: Known): BatchState => {
  const now = new Map(tasks);
  const others = new Map(subtasks.filter(({ id }) => !now.has(id)).map((subtask) => [subtask.id, subtask]));
  const touched = new Map<string, Touched>();
  const moves = new Map<string, number>();
  const reached = new Map<string, number>();
  const order = orderOf([...positions, ...tasks.values()]);
  const namedOf = (parent: string) => [...now.values()].filter(({ parent_id: id }) => id === parent);
  const othersOf = (parent: string) => [...others.values()].filter(({ parent_id: id }) => id === parent);
  const write = (task: Task, how: Touched) => {
    now.set(task.id, task);
    touched.set(task.id, how);
    order.add(task);
  };
  const remove = (id: string, how: Touched) => {
    const task = now.get(id);
    if (task !== undefined && touched.has(id)) reached.set(id, task.version);
    now.delete(id);
    others.delete(id);
    touched.set(id, how);
  };

  return {
    order,
    get: (id) => now.get(id),
    isTouched: (id) => touched.has(id),
    touchedIds: () => touched.keys(),
    write,
    delete: remove,
    hasTaskIn: (list) => [...now.values(), ...others.values()].some(({ list_id: id }) => id === list),
    countOfSubtasks: (parent) => namedOf(parent).length + othersOf(parent).length,
    isContinued: ({ id, series_id: series }) => {
      if (series === null) return false;
      const isOther = (other: Pick<Task, 'id' | 'series_id'>) =>
        other.series_id === series && other.id !== id;
      return (
        [...now.values()].some((other) => other.recurrence !== null && isOther(other)) ||
        recurring.some((other) => !touched.has(other.id) && isOther(other))
      );
    },
    moveSubtasks: (parent, to, how) => {
      for (const task of namedOf(parent)) {
        write({ ...task, ...to, updated_at: how.at, version: task.version + 1 }, how);
      }
      for (const subtask of othersOf(parent)) {
        others.set(subtask.id, { ...subtask, ...to });
        touched.set(subtask.id, how);
        moves.set(subtask.id, (moves.get(subtask.id) ?? 0) + 1);
      }
    },
    deleteSubtasks: (parent, how) => {
      for (const { id } of [...namedOf(parent), ...othersOf(parent)]) remove(id, how);
    },
    changes: () => {
      const all = [...touched].map(([id, how]) => ({ id, how, task: now.get(id), other: others.get(id) }));
      return {
        written: all.flatMap(({ how, task }) => (task === undefined ? [] : { ...task, ...how })),
        moved: all.flatMap(({ id, how, other }) =>
          other === undefined ? [] : { ...other, ...how, changes: moves.get(id) ?? 0 },
        ),
        deleted: all.flatMap(({ id, how, task, other }) =>
          task === undefined && other === undefined ? { id, ...how, reached: reached.get(id) ?? null } : [],
        ),
      };
    },
  };
};
