// What a batch does, worked out on the tasks it names before anything is written: each operation
// sees what those before it did, and the first that cannot be applied ends it all. Free of SQL, so
// that it can be read as the rules it is.
import type { Fault } from '../contract/problem.ts';
import { type BatchState, batchStateOf, type Changes, type Recurring, type Subtask } from './batch-state.ts';
import type { Task, TaskCreate, TaskUpdate } from './columns.ts';
import { changed, newTask } from './content.ts';
import type { TaskList } from './lists/columns.ts';
import { type KnownLists, type ListChanges, type ListState, listStateOf } from './lists/list-state.ts';
import { applyListOperation, isListOperation } from './lists/operations.ts';
import { hasTooMany, tooMany } from './metadata.ts';
import { microsecondsAfter } from './microseconds.ts';
import {
  type BatchOperation,
  type BatchResult,
  type Crowded,
  idTaken,
  type OperationFault,
  refuse,
  type Touched,
} from './operation.ts';
import type { Placed } from './order.ts';
import { creationKey } from './position.ts';
import { maxVersion } from './precondition.ts';
import { successorId } from './recurrence/successor-id.ts';
import { type FieldFault, isFieldFault, type Whereabouts, whereabouts } from './relations.ts';
import { finished, recurring } from './series.ts';

/**
 * Where a batch begins: whose it is, when it happens, and the tasks that its operations name, by
 * id.
 */
export interface Beginning {
  readonly owner: string;
  /** The owner's latest change: each operation takes the next number. */
  readonly base: bigint;
  /**
   * The time of the first operation; each further one happens a microsecond later, so that times
   * keep the order.
   */
  readonly at: string;
  readonly tasks: ReadonlyMap<string, Task>;
  /** The tasks that recur, of the series of tasks that are given a rule. */
  readonly recurring: readonly Recurring[];
  /** The subtasks of tasks that are deleted, moved or given subtasks. */
  readonly subtasks: readonly Subtask[];
  readonly lists: KnownLists;
  /** The positions next to the tasks that others are placed at, and the first and the last one. */
  readonly positions: readonly Placed[];
  /**
   * The ids that a new task may not have, of those that the operations have chosen, and of the tasks
   * that follow in their series.
   */
  readonly taken: ReadonlySet<string>;
  /** Called once for each creation without an id, in order. */
  readonly newId: () => string;
  /** An id that no task has had. */
  readonly otherId: () => string;
  /**
   * Whether positions have been renewed since the operations were worked out for the first time:
   * versions were compared then, and those of the renewed rows are others now.
   */
  readonly isRenewed: boolean;
}

export type Outcome =
  | (Changes & {
      readonly applicable: true;
      /** One for each operation, in order, with the task as it is after that operation. */
      readonly results: BatchResult[];
      /**
       * What an operation made of a task on which a later one of the batch worked, too, or that it
       * left as it was.
       */
      readonly passing: (Task & Pick<Touched, 'place'>)[];
      /** The same of lists. */
      readonly lists: ListChanges;
      readonly passingLists: (TaskList & Pick<Touched, 'place'>)[];
    })
  | { readonly applicable: false; readonly faults: readonly Fault[] }
  /** Nothing else stands in the way. */
  | { readonly applicable: false; readonly crowded: Crowded };

/** An operation at its place. */
interface Step extends Touched {
  readonly state: BatchState;
  readonly lists: ListState;
  readonly beginning: Beginning;
  readonly change: bigint;
}

type Applied = BatchResult | OperationFault;

const below = (name: string, { field, msg, type }: FieldFault) => refuse([name, ...field], msg, type);

// The list, the parent and the position, with the subtasks that go along.
const placed = (task: Task, changes: Whereabouts, { state, lists, change, place, at }: Step) => {
  const how = { place, at };
  const there = whereabouts(task, changes, { state, hasList: (id) => lists.has(id), change });
  if (isFieldFault(there)) return there;
  if (there.list_id !== task.list_id) state.moveSubtasks(task.id, { list_id: there.list_id }, how);
  return { ...task, ...there };
};

const create = (given: TaskCreate, step: Step): Applied => {
  const { state, beginning, change, place, at } = step;
  const { id = beginning.newId() } = given;
  if (beginning.taken.has(id) || state.isTouched(id)) {
    return idTaken('task', state.isTouched(id));
  }
  const position = creationKey(change, 0);
  const blank = newTask(id, {
    owner: beginning.owner,
    given: { ...given, list_id: null, parent_id: null },
    at,
    position,
  });
  const { list_id: list, parent_id: parent } = given;
  const task = placed(
    blank,
    { ...given, list_id: list ?? (typeof parent === 'string' ? undefined : null) },
    step,
  );
  if (isFieldFault(task)) return below('task', task);
  const recurs = recurring(task, { present: null, changes: given, isContinued: false });
  if (isFieldFault(recurs)) return below('task', recurs);
  state.write(recurs, { place, at });
  return { op: 'create', task: recurs };
};

type Named = Extract<BatchOperation, { readonly id: string }>;

const findTask = (
  { id: given, if_version: wanted }: Pick<Named, 'id' | 'if_version'>,
  { state, beginning: { isRenewed } }: Pick<Step, 'state' | 'beginning'>,
) => {
  const id = given.toLowerCase();
  const task = state.get(id);
  if (task === undefined) return refuse('id', 'names no task', 'not_found');
  if (wanted !== undefined && wanted !== task.version && !isRenewed) {
    return refuse('if_version', `the task has version ${task.version}`, 'version_mismatch');
  }
  return task;
};

// Its own id by the rule, unless an earlier task that followed the same one has had it.
const nextIdOf = ({ id }: Task, { beginning, state }: Step): string => {
  const next = successorId(id);
  const isFree = !beginning.taken.has(next) && !state.isTouched(next);
  return isFree ? next : beginning.otherId();
};

// The task as it is after the operation; one that recurs and is completed, with the one that follows.
const write = (
  op: 'update' | 'complete',
  task: Task,
  completedOn: string | undefined,
  step: Step,
): Applied => {
  const { state, place, at, change } = step;
  if (!task.completed || task.recurrence === null) {
    state.write(task, { place, at });
    return { op, task };
  }
  const id = nextIdOf(task, step);
  const { task: done, next } = finished(task, { at, completedOn, id });
  state.write(done, { place, at });
  if (next === null) return { op, task: done };
  const position = state.order.after(task.position, { id, position: undefined }, change);
  const following = { ...next, position };
  state.write(following, { place, at });
  return { op, task: done, next: following };
};

const update = (task: Task, changes: TaskUpdate, step: Step): Applied => {
  const { state, at } = step;
  if (task.version === maxVersion) return refuse('id', 'cannot be changed any more', 'change_limit');
  const next = changed(task, changes, at);
  if (hasTooMany(next.metadata)) return refuse(['changes', 'metadata'], tooMany, 'maxProperties');
  const there = placed(next, changes, step);
  if (isFieldFault(there)) return below('changes', there);
  const recurs = recurring(there, { present: task, changes, isContinued: state.isContinued(task) });
  return isFieldFault(recurs) ? below('changes', recurs) : write('update', recurs, undefined, step);
};

const complete = (task: Task, completedOn: string | undefined, step: Step): Applied => {
  if (task.completed) return { op: 'complete', task };
  if (task.version === maxVersion) return refuse('id', 'cannot be changed any more', 'change_limit');
  return write('complete', changed(task, { completed: true }, step.at), completedOn, step);
};

const remove = ({ id }: Task, children: 'delete' | 'detach' | undefined, step: Step): Applied => {
  const { state, place, at } = step;
  if (state.countOfSubtasks(id) > 0 && children === undefined) {
    return refuse(
      'id',
      'the task has subtasks: add children to the operation, as delete or detach',
      'not_empty',
    );
  }
  if (children === 'delete') state.deleteSubtasks(id, { place, at });
  else state.moveSubtasks(id, { parent_id: null }, { place, at });
  state.delete(id, { place, at });
  return { op: 'delete', id };
};

const apply = (operation: BatchOperation, step: Step): Applied => {
  if (operation.op === 'create') return create(operation.task, step);
  if (isListOperation(operation)) {
    const { state, beginning, ...others } = step;
    const { owner, newId, isRenewed } = beginning;
    const { hasTaskIn: hasNamedTaskIn } = state;
    return applyListOperation(operation, { ...others, owner, newId, isRenewed, hasNamedTaskIn });
  }
  const task = findTask(operation, step);
  if ('field' in task) return task;
  switch (operation.op) {
    case 'update':
      return update(task, operation.changes, step);
    case 'complete':
      return complete(task, operation.completed_on, step);
    case 'delete':
      return remove(task, operation.children, step);
  }
};

// The id that a creation has chosen.
const chosenId = (operation: BatchOperation) => {
  if (operation.op === 'create') return { kind: 'task', id: operation.task.id } as const;
  return operation.op === 'create_list' ? ({ kind: 'list', id: operation.list.id } as const) : null;
};

// One fault for each creation, from `first` on, whose id is taken or named by an operation before it.
// All of them at once, so that a client that repeats an import can leave them out at once.
const takenIds = (
  operations: readonly BatchOperation[],
  first: number,
  { beginning, state, lists }: Pick<Step, 'beginning' | 'state' | 'lists'>,
): Fault[] => {
  const taken = { task: beginning.taken, list: beginning.lists.taken };
  const earlier = { task: new Set(state.touchedIds()), list: new Set(lists.touchedIds()) };
  return operations.flatMap((operation, index) => {
    const { kind, id } = chosenId(operation) ?? {};
    if (index < first || kind === undefined || id === undefined) return [];
    const isNamed = earlier[kind].has(id);
    earlier[kind].add(id);
    if (!isNamed && !taken[kind].has(id)) return [];
    const { field, msg, type } = idTaken(kind, isNamed);
    return { loc: ['body', 'operations', index, ...field], msg, type };
  });
};

const tasksIn = (result: BatchResult): readonly Task[] =>
  'task' in result
    ? [result.task, ...('next' in result && result.next !== undefined ? [result.next] : [])]
    : [];

// What the results show besides the rows in the end.
const outcomeOf = (results: readonly BatchResult[], changes: Changes, lists: ListChanges) => {
  const last = new Map([...changes.written, ...changes.moved].map(({ id, place }) => [id, place]));
  const lastOfLists = new Map(lists.written.map(({ id, place }) => [id, place]));
  const passing = results.flatMap((result, index) =>
    tasksIn(result).flatMap((task) => (last.get(task.id) === index + 1 ? [] : { ...task, place: index + 1 })),
  );
  const passingLists = results.flatMap((result, index) =>
    !('list' in result) || lastOfLists.get(result.list.id) === index + 1
      ? []
      : { ...result.list, place: index + 1 },
  );
  return { ...changes, passing, lists, passingLists };
};

const crowdedIn = ({ state, lists }: Pick<Step, 'state' | 'lists'>, index: number): Crowded | undefined => {
  const [task, list] = [state.order.crowded(), lists.order.crowded()];
  if (task !== undefined) return { position: task, of: 'tasks', index };
  return list === undefined ? undefined : { position: list, of: 'lists', index };
};

/**
 * Applies the operations in order to the tasks of `beginning`; the ids in both are in lower case or
 * not at all.
 */
export const applyInOrder = (operations: readonly BatchOperation[], beginning: Beginning): Outcome => {
  const state = batchStateOf(beginning);
  const lists = listStateOf(beginning.lists);
  const results: BatchResult[] = [];
  let crowded: Crowded | undefined;
  for (const operation of operations) {
    const place = results.length + 1;
    const at = microsecondsAfter(beginning.at, results.length);
    const change = beginning.base + BigInt(place);
    const applied = apply(operation, { state, lists, beginning, place, at, change });
    if ('field' in applied) {
      const { field, msg, type } = applied;
      const faults =
        type === 'id_taken'
          ? takenIds(operations, results.length, { beginning, state, lists })
          : [{ loc: ['body', 'operations', results.length, ...field], msg, type }];
      return { applicable: false, faults };
    }
    crowded ??= crowdedIn({ state, lists }, results.length);
    results.push(applied);
  }
  if (crowded !== undefined) return { applicable: false, crowded };
  return { applicable: true, results, ...outcomeOf(results, state.changes(), lists.changes()) };
};
