// The rules that tie a task to a list, to a parent and to a place. What is missing and what is
// another user's have one message.
import type { Fault } from '../contract/problem.ts';
import type { BatchState } from './batch-state.ts';
import type { Task, TaskUpdate } from './columns.ts';

/** How many subtasks a task may have. */
export const maxSubtasks = 100;

/** A fault of a field; `field` is its path in the task's content. */
export interface FieldFault {
  readonly field: readonly string[];
  readonly msg: string;
  readonly type: Fault['type'];
}

export const isFieldFault = (value: object): value is FieldFault => 'field' in value;

/** Where a task is to be. */
export type Whereabouts = {
  readonly [Name in 'list_id' | 'parent_id' | 'place']?: TaskUpdate[Name] | undefined;
};

interface Surroundings {
  readonly state: BatchState;
  readonly hasList: (id: string) => boolean;
  /** The number of the change. */
  readonly change: bigint;
}

const fault = (field: string | readonly string[], msg: string, type: string): FieldFault => ({
  field: [field].flat(),
  msg,
  type,
});

const withSubtasks =
  'must be null for a task that has subtasks: give these another parent_id, or null, before';
const notOfParent = 'is not the list of the parent: leave it out, or also send parent_id as null';

const parentFault = (task: Task, parent: Task | undefined, state: BatchState): FieldFault | null => {
  const refuse = (msg: string) => fault('parent_id', msg, 'parent');
  if (parent === undefined) return fault('parent_id', 'names no task of yours', 'not_found');
  if (parent.id === task.id) return refuse('is the task itself');
  if (parent.parent_id !== null)
    return refuse('names a subtask, which cannot have subtasks: name its parent');
  if (state.countOfSubtasks(task.id) > 0) return refuse(withSubtasks);
  if (task.parent_id !== parent.id && state.countOfSubtasks(parent.id) >= maxSubtasks) {
    return refuse(`names a task that has ${maxSubtasks} subtasks, which is the most`);
  }
  return null;
};

type Home = Pick<Task, 'list_id' | 'parent_id'>;

// A subtask is in the list of its parent.
const homeOf = (
  task: Task,
  { list_id: list, parent_id: parentId }: Whereabouts,
  { state, hasList }: Surroundings,
): Home | FieldFault => {
  if (typeof list === 'string' && !hasList(list)) {
    return fault('list_id', 'names no list of yours', 'not_found');
  }
  const elsewhere = fault('list_id', notOfParent, 'parent');
  if (typeof parentId === 'string') {
    const parent = state.get(parentId);
    const refused = parentFault(task, parent, state);
    if (refused !== null || parent === undefined) return refused ?? elsewhere;
    return list === undefined || list === parent.list_id
      ? { list_id: parent.list_id, parent_id: parent.id }
      : elsewhere;
  }
  const { list_id: present } = task;
  const parent_id = parentId === undefined ? task.parent_id : null;
  if (parent_id !== null && list !== undefined && list !== present) return elsewhere;
  return { list_id: list === undefined ? present : list, parent_id };
};

const positionOf = (
  task: Task,
  place: NonNullable<Whereabouts['place']>,
  { state, change }: Surroundings,
): string | FieldFault => {
  const { order } = state;
  if (place.first) return order.first(task, change);
  const [name, id] = place.before === undefined ? ['after', place.after] : ['before', place.before];
  if (id === undefined) return order.last(task, change);
  if (id === task.id) return fault(['place', name], 'is the task itself', 'place');
  const anchor = state.get(id);
  if (anchor === undefined) return fault(['place', name], 'names no task of yours', 'not_found');
  return name === 'before' ? order.before(anchor.position, task) : order.after(anchor.position, task, change);
};

/** The list, parent and position that a task has after a change. */
export const whereabouts = (
  task: Task,
  changes: Whereabouts,
  surroundings: Surroundings,
): Pick<Task, 'list_id' | 'parent_id' | 'position'> | FieldFault => {
  const home = homeOf(task, changes, surroundings);
  if (isFieldFault(home)) return home;
  const position =
    changes.place === undefined ? task.position : positionOf(task, changes.place, surroundings);
  return typeof position === 'string' ? { ...home, position } : position;
};
