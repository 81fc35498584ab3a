// The sorts of a list, declared once: by which value, and which text in a cursor can be its key. A
// list sorts by the value and by the id, both in one direction, so that a page begins after one row
// value and an index has the order.
//
// Many tasks have no due date, and no priority. Such a sort has two parts, of the tasks with a value
// and of those without, and only the first has an index: it costs a write nothing where there is no
// value. It is also by whether tasks are completed, because nearly every such list is of the open
// ones. The other part has the order of the ids, which the primary key has.
import { type FragmentSqlToken, sql } from 'slonik';
import { isDateTime } from '../contract/formats.ts';
import type { components } from '../contract/operation.ts';
import { type Task, taskRow, typeOf } from './columns.ts';
import { dueRangeOf, type Filters } from './filters.ts';
import { hideFromPlanner } from './fragments.ts';
import { isMomentText } from './moment.ts';
import { keyPattern } from './position.ts';
import type { Slots } from './statement.ts';

export type TaskSort = components['schemas']['TaskSort'];
export type SortKey = Exclude<TaskSort, `-${string}`>;

/** Where a page begins: after this task. */
export interface Keyset {
  /** The task's value of the sort column, null where it has none. */
  readonly key: string | null;
  readonly id: string;
}

/** The tasks without a value. */
interface Valueless {
  /** Whether the task of a row has a value. */
  readonly hasValue: FragmentSqlToken;
  /** Whether a key is that of a task without one. */
  readonly isKey: (key: string | null) => boolean;
  /** Where they come; `always` is in both directions. */
  readonly last: 'always' | 'descending';
  /** The lowest and the highest key of the tasks with a value that the filters can let through. */
  readonly range: (filters: Filters) => readonly [lowest: string, highest: string];
  /** Whether the filters can end that range, too. */
  readonly hasEnd: boolean;
  /** Whether a list with these filters can have tasks with a value, and tasks without one. */
  readonly wanted: (filters: Filters) => { readonly withValues: boolean; readonly valueless: boolean };
}

interface Sort {
  /** Whether a text can be a key of this sort. Postgres must be able to read whatever passes. */
  readonly isKey: (text: string) => boolean;
  /** What is sorted by, of a column or of a key; the value itself where absent. */
  readonly by?: (value: FragmentSqlToken) => FragmentSqlToken;
  readonly valueless?: Valueless;
  /**
   * Texts before and after all keys, if there are such: then the first page, too, begins after a key,
   * and needs no statement of its own.
   */
  readonly ends?: readonly [before: string, after: string];
}

type SortOf<Name extends keyof Task> = null extends Task[Name] ? Sort & { valueless: Valueless } : Sort;

const position = new RegExp(keyPattern);

const isTitle = (text: string): boolean => text.length <= 400 && text.isWellFormed() && !text.includes('\0');

// A time with seconds follows the same one without: a space comes before the colon, and the bracket
// of a zone after it.
const dueOrder = (value: FragmentSqlToken) => sql.fragment`translate(${value}, '[', ' ')`;

const sorts: { readonly [Key in SortKey]: SortOf<Key> } = {
  created_at: { isKey: isDateTime },
  updated_at: { isKey: isDateTime },
  title: { isKey: isTitle },
  due: {
    isKey: isMomentText,
    by: dueOrder,
    valueless: {
      hasValue: sql.fragment`due IS NOT NULL`,
      isKey: (key) => key === null,
      last: 'always',
      range: dueRangeOf,
      hasEnd: true,
      wanted: ({ has_due: has, ...others }) => ({
        withValues: has !== false,
        valueless: has !== true && [others.due_from, others.due_to, others.overdue_at].every((one) => !one),
      }),
    },
  },
  priority: {
    isKey: (text) => taskRow.shape.priority.safeParse(text).success,
    valueless: {
      hasValue: sql.fragment`priority <> 'none'`,
      isKey: (key) => key === 'none',
      last: 'descending',
      range: () => ['low', 'urgent'],
      hasEnd: false,
      wanted: ({ priority }) => ({
        withValues: priority === undefined || priority.split(',').some((word) => word !== 'none'),
        valueless: priority === undefined || priority.split(',').includes('none'),
      }),
    },
  },
  position: { isKey: (text) => position.test(text), ends: ['0', 'q'] },
};

/** The indexes that have the tasks of one list, or of one parent, in a sort. */
const narrow = ['parent_id', 'list_id'] as const;
export type Narrow = (typeof narrow)[number];

export const isDescending = (sort: TaskSort): boolean => sort.startsWith('-');

/** The column of a sort. */
export const keyOf = (sort: TaskSort): SortKey => sort.replace('-', '') as SortKey;

const sortOf = (sort: TaskSort): Sort => sorts[keyOf(sort)];

/** Whether a key, which is null where the column is, can be one of this sort. */
export const isKeyOf = (sort: TaskSort, key: string | null): boolean => {
  const { isKey, valueless } = sortOf(sort);
  return key === null ? valueless?.isKey(key) === true : isKey(key);
};

/** Where the page after a task begins. */
export const keysetOf = (sort: TaskSort, task: Task): Keyset => ({ key: task[keyOf(sort)], id: task.id });

/** ORDER BY of a sort, and the condition of the rows after the keyset. */
export const orderOf = (sort: TaskSort) => {
  const { by = (value: FragmentSqlToken) => value } = sortOf(sort);
  const name = keyOf(sort);
  const key = by(sql.fragment`${sql.identifier([name])}`);
  const [direction, follows] = isDescending(sort)
    ? [sql.fragment`DESC`, sql.fragment`<`]
    : [sql.fragment`ASC`, sql.fragment`>`];
  return {
    order: sql.fragment`${key} ${direction}, id ${direction}`,
    key,
    /** Of rows that have the key as their column `sort_key`. */
    keyOrder: sql.fragment`sort_key ${direction}, id ${direction}`,
    /** Of the whole list, where nulls may be. */
    wholeOrder: sql.fragment`${key} ${direction} NULLS LAST, id ${direction}`,
    after: (slot: Slots<'key' | 'id'>) => {
      const after = by(hideFromPlanner(slot.key, typeOf(name)));
      return sql.fragment`(${key}, id) ${follows} (${after}, ${hideFromPlanner(slot.id, sql.fragment`uuid`)})`;
    },
    /** The rows up to the end of the range. */
    until: (slot: Slots<'end'>) => {
      const end = by(hideFromPlanner(slot.end, typeOf(name)));
      return sql.fragment`${key} ${isDescending(sort) ? sql.fragment`>=` : sql.fragment`<=`} ${end}`;
    },
    byId: {
      key: sql.fragment`id`,
      order: sql.fragment`id ${direction}`,
      keyOrder: sql.fragment`id ${direction}`,
      after: (slot: Slots<'idAfter'>) =>
        sql.fragment`id ${follows} ${hideFromPlanner(slot.idAfter, sql.fragment`uuid`)}`,
    },
  };
};

/** The parts of a sort in their order; null for a sort that has only one. */
export const partsOf = (sort: TaskSort) => {
  const { valueless } = sortOf(sort);
  if (valueless === undefined) return null;
  const { last, ...others } = valueless;
  return { ...others, isValuelessLast: last === 'always' || isDescending(sort) };
};

/** The text before which, in the order of a sort, no key is; null for a sort without such a text. */
export const startOf = (sort: TaskSort): string | null =>
  sortOf(sort).ends?.[isDescending(sort) ? 1 : 0] ?? null;

/** By which filter an index has the tasks in the order of a sort, if there is one. */
export const narrowBy = (sort: TaskSort, filters: Filters): Narrow | null => {
  if (keyOf(sort) !== 'position') return null;
  return narrow.find((name) => filters[name] !== undefined && filters[name] !== 'none') ?? null;
};
