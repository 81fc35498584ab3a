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
 * What follows a change: the clock moves. It is joined, not tested with EXISTS: Postgres cannot
 * repeat such a test when it finds that another write has moved the clock since the snapshot.
 */
export const moveClock = (slot: Slots<'owner'>) => sql.fragment`
  UPDATE owner_clock SET seq = greatest(owner_clock.seq, changed.seq) FROM changed WHERE ${ownedBy(slot, 'owner_clock')}
`;
