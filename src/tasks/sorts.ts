// The sorts of a list, declared once: by which column, and which text in a cursor can be its key. A
// list sorts by the column and by the id, both in one direction, so that a page begins after one
// row value and an index has the order.
//
// A null would end the pages: a comparison with it is neither true nor false. So a column that may
// be null is sorted by an expression that never is: in its place stands a value beyond all others,
// which is another one for each direction because what has no value comes last in both. Each of the
// two expressions needs an index of its own.
import { type FragmentSqlToken, sql } from 'slonik';
import { isDateTime } from '../contract/formats.ts';
import type { components } from '../contract/operation.ts';
import { type Task, typeOf } from './columns.ts';
import { hideFromPlanner } from './fragments.ts';
import type { Slots } from './statement.ts';

export type TaskSort = components['schemas']['TaskSort'];
export type SortKey = Exclude<TaskSort, `-${string}`>;

/** Where a page begins: after this task. */
export interface Keyset {
  /** The task's value of the sort column, null where it has none. */
  readonly key: string | null;
  readonly id: string;
}

interface Direction {
  readonly ascending: FragmentSqlToken;
  readonly descending: FragmentSqlToken;
}

export interface Sort {
  /** Whether a text can be a key of this sort. Postgres must be able to read whatever passes. */
  readonly isKey: (text: string) => boolean;
  /**
   * For a column that may be null: the values that are beyond all others, after the last one in
   * each direction.
   */
  readonly beyond?: Direction;
}

type SortOf<Name extends keyof Task> = null extends Task[Name] ? Required<Sort> : Omit<Sort, 'beyond'>;

const isTitle = (text: string): boolean => text.length <= 400 && text.isWellFormed() && !text.includes('\0');

const sorts: { readonly [Key in SortKey]: SortOf<Key> } = {
  created_at: { isKey: isDateTime },
  updated_at: { isKey: isDateTime },
  title: { isKey: isTitle },
};

const isDescending = (sort: TaskSort): boolean => sort.startsWith('-');

/** The column of a sort. */
export const keyOf = (sort: TaskSort): SortKey => sort.replace('-', '') as SortKey;

/** Whether a key, which is null where the column is, can be one of this sort. */
export const isKeyOf = (sort: TaskSort, key: string | null): boolean => {
  const { isKey, beyond }: Sort = sorts[keyOf(sort)];
  return key === null ? beyond !== undefined : isKey(key);
};

/** Where the page after a task begins. */
export const keysetOf = (sort: TaskSort, task: Task): Keyset => ({ key: task[keyOf(sort)], id: task.id });

/** ORDER BY of a column, and the condition of the rows after the keyset. */
export const orderBy = (name: keyof Task, { beyond }: Sort, descends: boolean) => {
  const never = descends ? beyond?.descending : beyond?.ascending;
  const neverNull = (value: FragmentSqlToken) =>
    never === undefined ? value : sql.fragment`coalesce(${value}, ${never})`;
  const key = neverNull(sql.fragment`${sql.identifier([name])}`);
  const [direction, follows] = descends
    ? [sql.fragment`DESC`, sql.fragment`<`]
    : [sql.fragment`ASC`, sql.fragment`>`];
  return {
    order: sql.fragment`${key} ${direction}, id ${direction}`,
    after: (slot: Slots<'key' | 'id'>) => {
      const after = neverNull(hideFromPlanner(slot.key, typeOf(name)));
      return sql.fragment`(${key}, id) ${follows} (${after}, ${hideFromPlanner(slot.id, sql.fragment`uuid`)})`;
    },
  };
};

export const orderOf = (sort: TaskSort) => orderBy(keyOf(sort), sorts[keyOf(sort)], isDescending(sort));
