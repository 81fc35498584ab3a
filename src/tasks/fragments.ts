// The parts that statements share: the predicate that every one carries, what keeps their plans as
// they are, and the clock of those that write.
import { type FragmentSqlToken, sql } from 'slonik';
import type { Slots } from './statement.ts';

/**
 * The predicate that every statement carries for each table that it names. The column is qualified:
 * proxies that route by it understand that in every form of statement.
 */
export const ownedBy = ({ owner }: Slots<'owner'>, table: string) =>
  sql.fragment`${sql.identifier([table, 'owner_id'])} = ${owner}`;

/**
 * Whether the owner's data is being deleted in pieces: then what is left of it is not shown. A
 * second look-up, so only for statements that read many rows, or seldom run; others read the clock
 * anyway.
 */
export const isErasing = (slot: Slots<'owner'>) =>
  sql.fragment`EXISTS (SELECT true FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')} AND erasing)`;

/**
 * A value that the planner cannot see. Where it can, a plan for this value often looks cheaper to
 * it than the one for any value, and it plans the statement anew at each execution, which takes
 * longer than reading a page.
 */
export const hideFromPlanner = (value: string, type: FragmentSqlToken) =>
  sql.fragment`(SELECT ${value}::${type})`;

/** A limit that the planner cannot see. */
export const hidden = (rows: number) => sql.fragment`(SELECT ${sql.literalValue(String(rows))}::bigint)`;

/** The nil and the max UUID, before and after all ids of tasks (RFC 9562, sections 5.9 and 5.10). */
export const firstId = '00000000-0000-0000-0000-000000000000';
export const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** The most rows that one statement takes at once of very many. */
export const mostRows = 1000;

/**
 * The first rows of `ordered`, a query with ORDER BY on an index, locked by `lock`. Neither limit
 * alone would do: with the hidden one the planner reads the index in its order, whatever it
 * believes an owner to have, and with the plain one it goes on row by row, instead of joining with
 * everything that the owner has.
 */
export const firstOf = (ordered: FragmentSqlToken, rows: string, lock = sql.fragment``) => sql.fragment`
  SELECT * FROM (${ordered} LIMIT ${hideFromPlanner(rows, sql.fragment`bigint`)} ${lock}) AS first
  LIMIT ${sql.literalValue(String(mostRows))}
`;

/**
 * Keeps the planner from sorting in the rest of the transaction, as a column of the statement that
 * begins it. For an owner who is believed to have few rows, reading all of them by any index and
 * sorting them looks as good as the index that has the order, or even better. Where no index has it,
 * the planner sorts all the same, but before Postgres 18 at such a price that it would compile the
 * plan: hence `jit`.
 */
export const withoutSorting = sql.fragment`
  (set_config('enable_sort', 'off', true) || set_config('jit', 'off', true))
`;

/**
 * `query`, which returns `most` rows at most, as if it returned one: the planner takes a limit that
 * it cannot see for a tenth of the rows. A row that is to be written is then read by its place
 * (ctid), which looks cheaper than any index. Otherwise, for an owner who is believed to have few
 * rows, it would read all of them for each place.
 */
export const believedOne = (query: FragmentSqlToken, most = mostRows): FragmentSqlToken => {
  const limit = sql.fragment`LIMIT ${hidden(most)}`;
  return [1, 2, 3].reduce((inner) => sql.fragment`SELECT * FROM (${inner}) AS few ${limit}`, query);
};

/**
 * Columns of the owner's row with an id, for LATERAL. An index other than that by id looks as good
 * to the planner while it believes the owner to have few rows: the order makes it choose that one,
 * where it does not sort (`withoutSorting`). The range is an equality for which it keeps the order.
 */
export const withId = (
  slot: Slots<'owner'>,
  table: string,
  { columns, id }: { readonly columns: FragmentSqlToken; readonly id: FragmentSqlToken },
): FragmentSqlToken => sql.fragment`
  SELECT ${columns}
  FROM ${sql.identifier([table])}
  WHERE ${ownedBy(slot, table)} AND ${sql.identifier([table, 'id'])} BETWEEN ${id} AND ${id}
  ORDER BY ${sql.identifier([table, 'id'])}
  LIMIT ${hidden(1)}
`;

/** The same of the first subtasks of a task. */
export const subtasksOf = (
  slot: Slots<'owner'>,
  {
    columns,
    parent,
    most,
  }: { readonly columns: FragmentSqlToken; readonly parent: FragmentSqlToken; readonly most: number },
): FragmentSqlToken => sql.fragment`
  SELECT ${columns}
  FROM tasks AS subtask
  WHERE ${ownedBy(slot, 'subtask')} AND subtask.parent_id BETWEEN ${parent} AND ${parent}
  ORDER BY subtask.parent_id, subtask.position, subtask.id
  LIMIT ${hidden(most)}
`;

/**
 * The owner's clock, locked, with the number and the time of the change that is about to happen.
 * MATERIALIZED, so that the time is taken once, after the lock.
 */
export const nextChange = (slot: Slots<'owner'>) => sql.fragment`
  next_change AS MATERIALIZED (
    SELECT seq + 1 AS seq, clock_timestamp() AS at
    FROM (SELECT seq FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')} AND NOT erasing FOR UPDATE) AS clock
  )
`;

/**
 * The same for a change that depends on other rows than those that it writes: no row when another
 * write has moved the clock since the statement's snapshot, so what the statement reads is as it is
 * while the clock is locked.
 */
export const nextChangeAsSeen = (slot: Slots<'owner'>) => sql.fragment`
  locked AS MATERIALIZED (
    SELECT seq FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')} AND NOT erasing FOR UPDATE
  ),
  next_change AS MATERIALIZED (
    SELECT locked.seq + 1 AS seq, clock_timestamp() AS at
    FROM locked
    JOIN (SELECT seq FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')}) AS seen ON seen.seq = locked.seq
  )
`;

/**
 * What follows a change: the clock moves, and there is something for the webhook to report (not if a
 * completed task is completed again). It is joined, not tested with EXISTS: Postgres cannot
 * repeat such a test when it finds that another write has moved the clock since the snapshot.
 */
export const moveClock = (slot: Slots<'owner'>) => sql.fragment`
  UPDATE owner_clock
  SET seq = greatest(owner_clock.seq, changed.seq),
    has_news = owner_clock.has_news OR changed.seq > owner_clock.seq
  FROM changed
  WHERE ${ownedBy(slot, 'owner_clock')}
`;
