// A task as the database answers it. The column names are the wire names, so a row is the body of a response: the
// check at the end keeps the two from drifting apart.
import { type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { components } from '../contract/operation.ts';
import type { Slots } from './statement.ts';

const timestamp = z.string();

export const taskRow = z.object({
  id: z.string(),
  owner_id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  completed: z.boolean(),
  completed_at: timestamp.nullable(),
  created_at: timestamp,
  updated_at: timestamp,
  version: z.int(),
});

export type Task = z.infer<typeof taskRow>;

/** The task of a row that has more columns. Field by field: taking the others away would cost as much as reading it. */
export const taskOf = (row: Task): Task => ({
  id: row.id,
  owner_id: row.owner_id,
  title: row.title,
  description: row.description,
  completed: row.completed,
  completed_at: row.completed_at,
  created_at: row.created_at,
  updated_at: row.updated_at,
  version: row.version,
});

/**
 * The predicate that every statement carries for each table that it names. The column is qualified: proxies that route by
 * it understand that in every form of statement.
 */
export const ownedBy = ({ owner }: Slots<'owner'>, table: string) =>
  sql.fragment`${sql.identifier([table, 'owner_id'])} = ${owner}`;

/**
 * Whether the owner's data is being deleted in pieces: then what is left of it is not shown. A second look-up, so only for
 * statements that read many rows, or seldom run; others read the clock anyway.
 */
export const isErasing = (slot: Slots<'owner'>) =>
  sql.fragment`EXISTS (SELECT FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')} AND erasing)`;

/**
 * A value that the planner cannot see. Where it can, a plan for this value often looks cheaper to it than the one for any
 * value, and it plans the statement anew at each execution, which takes longer than reading a page.
 */
export const hideFromPlanner = (value: string, type: FragmentSqlToken) =>
  sql.fragment`(SELECT ${value}::${type})`;

/** The most rows that one statement takes at once of very many. */
export const mostRows = 1000;

/**
 * The first rows of `ordered`, a query with ORDER BY on an index, locked by `lock`. Neither limit alone would do: with the
 * hidden one the planner reads the index in its order, whatever it believes an owner to have, and with the plain one it
 * goes on row by row, instead of joining with everything that the owner has.
 */
export const firstOf = (ordered: FragmentSqlToken, rows: string, lock = sql.fragment``) => sql.fragment`
  SELECT * FROM (${ordered} LIMIT ${hideFromPlanner(rows, sql.fragment`bigint`)} ${lock}) AS first
  LIMIT ${sql.literalValue(String(mostRows))}
`;

/** The columns of a task, of `table` where another one in the statement has an owner, too. */
export const taskColumnsOf = (...table: readonly string[]): FragmentSqlToken => {
  const columns = Object.keys(taskRow.shape).map((name) => sql.identifier([...table, name]));
  return sql.fragment`${sql.join(columns, sql.fragment`, `)}`;
};

export const taskColumns = taskColumnsOf();

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
type Contract = components['schemas']['Task'];

// Does not compile when the row and the contract's Task differ in a field, a type or a null.
true satisfies Equal<Readonly<Task>, Contract>;
