// What the operations of a batch do to lists: the rules, free of SQL.
import { hasTooMany, patchedMetadata, tooMany } from '../metadata.ts';
import {
  type BatchOperation,
  type BatchResult,
  idTaken,
  type OperationFault,
  refuse,
  type Touched,
} from '../operation.ts';
import type { Mover } from '../order.ts';
import { creationKey } from '../position.ts';
import { maxVersion } from '../precondition.ts';
import { type TaskList, type TaskListCreate, type TaskListUpdate, withDefaults } from './columns.ts';
import type { ListState } from './list-state.ts';

/** How many lists a user may have. */
export const maxLists = 500;

export type ListOperation = Extract<BatchOperation, { readonly op: `${string}_list` }>;

export const isListOperation = (operation: BatchOperation): operation is ListOperation =>
  operation.op.endsWith('_list');

/** An operation on a list at its place in the batch. */
export interface ListStep extends Touched {
  readonly owner: string;
  /** The number of the change. */
  readonly change: bigint;
  readonly lists: ListState;
  /** Whether a task that the batch names is in the list at this point. */
  readonly hasNamedTaskIn: (list: string) => boolean;
  readonly newId: () => string;
  /** Whether versions have been compared before, as in `Beginning`. */
  readonly isRenewed: boolean;
}

type Applied = BatchResult | OperationFault;
type Place = NonNullable<TaskListUpdate['place']>;

const positionAt = (list: Mover, place: Place, { lists, change }: ListStep): string | OperationFault => {
  const { order } = lists;
  const [name, anchor] = place.before === undefined ? ['after', place.after] : ['before', place.before];
  if (anchor === undefined) return place.first ? order.first(list, change) : order.last(list, change);
  if (anchor === list.id) return refuse(['place', name], 'is the list itself', 'place');
  const next = lists.positionOf(anchor);
  if (next === undefined) return refuse(['place', name], 'names no list of yours', 'not_found');
  return name === 'before' ? order.before(next, list) : order.after(next, list, change);
};

const below = (name: string, { field, msg, type }: OperationFault) => refuse([name, ...field], msg, type);

/** A list of this content as it is when it is created. */
export const newList = (
  id: string,
  {
    owner,
    given,
    at,
    position,
  }: {
    readonly owner: string;
    readonly given: TaskListCreate;
    readonly at: string;
    readonly position: string;
  },
): TaskList => ({
  ...withDefaults(given),
  id,
  owner_id: owner,
  position,
  created_at: at,
  updated_at: at,
  version: 1,
});

const create = (given: TaskListCreate, step: ListStep): Applied => {
  const { lists, owner, change, place, at } = step;
  const { id = step.newId(), place: where } = given;
  if (lists.known.taken.has(id) || lists.isTouched(id)) return idTaken('list', lists.isTouched(id));
  if (lists.count() >= maxLists) {
    return refuse([], `there are ${maxLists} lists, which is the most`, 'quota_exceeded');
  }
  const position =
    where === undefined ? creationKey(change, 0) : positionAt({ id, position: undefined }, where, step);
  if (typeof position !== 'string') return below('list', position);
  const list = newList(id, { owner, given, at, position });
  lists.write(list, { place, at });
  return { op: 'create_list', list };
};

const update = (list: TaskList, changes: TaskListUpdate, step: ListStep): Applied => {
  const { lists, place, at } = step;
  if (list.version === maxVersion) return refuse('id', 'cannot be changed any more', 'change_limit');
  const { place: where, metadata, ...fields } = changes;
  const next = {
    ...list,
    ...fields,
    metadata: patchedMetadata(list.metadata, metadata),
    updated_at: at,
    version: list.version + 1,
  };
  if (hasTooMany(next.metadata)) return refuse(['changes', 'metadata'], tooMany, 'maxProperties');
  const position = where === undefined ? list.position : positionAt(list, where, step);
  if (typeof position !== 'string') return below('changes', position);
  lists.write({ ...next, position }, { place, at });
  return { op: 'update_list', list: { ...next, position } };
};

const notEmpty =
  'the list has tasks: move or delete these earlier in the batch, or use deleteList with tasks=delete or detach';

const remove = ({ id }: TaskList, { lists, hasNamedTaskIn, place, at }: ListStep): Applied => {
  if (lists.known.occupied.has(id) || hasNamedTaskIn(id)) {
    return refuse('id', notEmpty, 'not_empty');
  }
  lists.delete(id, { place, at });
  return { op: 'delete_list', id };
};

/** Applies an operation on a list; its ids are in lower case. */
export const applyListOperation = (operation: ListOperation, step: ListStep): Applied => {
  if (operation.op === 'create_list') return create(operation.list, step);
  const list = step.lists.get(operation.id);
  if (list === undefined) return refuse('id', 'names no list', 'not_found');
  const { if_version: wanted } = operation;
  if (wanted !== undefined && wanted !== list.version && !step.isRenewed) {
    return refuse('if_version', `the list has version ${list.version}`, 'version_mismatch');
  }
  return operation.op === 'update_list' ? update(list, operation.changes, step) : remove(list, step);
};
