// The operations of a batch, and what may become of one: its result, a fault, or that positions must
// be renewed first.
import type { components } from '../contract/operation.ts';
import type { Fault } from '../contract/problem.ts';

export type BatchOperation = components['schemas']['BatchOperation'];
export type BatchResult = components['schemas']['BatchResult'];

/** What became of a row that was there before or is there after the batch. */
export interface Touched {
  /** The place of the last operation on it in the batch, from 1. */
  readonly place: number;
  /** The time of that operation. */
  readonly at: string;
}

/** What a batch deletes. */
export interface Deleted extends Touched {
  readonly id: string;
  /** The version that an operation before had made of it; null if none had. */
  readonly reached: number | null;
}

/** Why an operation cannot be applied; `field` is a path in it. */
export interface OperationFault {
  readonly field: readonly string[];
  readonly msg: string;
  readonly type: Fault['type'];
}

export const refuse = (field: string | readonly string[], msg: string, type: string): OperationFault => ({
  field: [field].flat(),
  msg,
  type,
});

/** Around this position there is no room for another one, until those around it are renewed. */
export interface Crowded {
  readonly position: string;
  readonly of: 'tasks' | 'lists';
  /** The index of the operation that it is for. */
  readonly index: number;
}

/** What is wrong with a chosen id; `isNamed`: whether an earlier operation of the batch has it. */
export const idTaken = (kind: 'task' | 'list', isNamed: boolean): OperationFault =>
  refuse(
    [kind, 'id'],
    isNamed
      ? 'is the id of an earlier operation of this batch'
      : `is the id of a ${kind} that exists or was deleted`,
    'id_taken',
  );
