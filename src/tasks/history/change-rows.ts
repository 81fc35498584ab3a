// The rows of the history that one change consists of, and what may be known of the change.
import { type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import { hidden, hideFromPlanner, ownedBy } from '../fragments.ts';
import { type Slots, statement } from '../statement.ts';
import { imageColumns, type Table } from './record.ts';
import { isRemembered } from './remembered.ts';

/** No change has as many rows. The planner does not see it. */
export const manyRows = 1_000_000;

const bigint = sql.fragment`bigint`;

/** What stands for a change: its id, and the number of its last row. */
export type ChangeSlot = 'change' | 'last';

const isOfChange = (slot: Slots<ChangeSlot>, table: string): FragmentSqlToken => sql.fragment`
  ${sql.identifier([table, 'change_seq'])} BETWEEN ${hideFromPlanner(slot.change, bigint)} AND ${hideFromPlanner(slot.last, bigint)}
`;

/**
 * The tasks or the lists of a change, as they were before. `is_creation`: it was not there before, so
 * the columns are null. `earlier_seq`: the change before. `state_seq`: the change that has left the
 * row as this one did; another one only for an undo, which takes the row back to what it was.
 */
export const rowsOfChange = (
  slot: Slots<'owner' | ChangeSlot>,
  table: Table,
): FragmentSqlToken => sql.fragment`
  SELECT id, change_seq, is_deletion, version IS NULL AS is_creation, former_seq AS earlier_seq,
    coalesce(restored_seq, change_seq) AS state_seq, ${imageColumns(table)}
  FROM history
  WHERE ${ownedBy(slot, 'history')} AND ${isOfChange(slot, 'history')}
    AND ${table === 'lists' ? sql.fragment`is_list` : sql.fragment`NOT is_list`}
  ORDER BY change_seq, id
  LIMIT ${hidden(manyRows)}
`;

/** The number of the change that has left a row as the one with this number did. */
export const stateOf = (
  slot: Slots<'owner'>,
  { seq, id }: { readonly seq: FragmentSqlToken; readonly id: FragmentSqlToken },
): FragmentSqlToken => sql.fragment`
  coalesce((
    SELECT history.restored_seq
    FROM history
    WHERE ${ownedBy(slot, 'history')} AND history.change_seq BETWEEN ${seq} AND ${seq} AND history.id = ${id}
    ORDER BY history.change_seq, history.id
    LIMIT ${hidden(1)}
  ), ${seq})
`;

/**
 * The number of the latest deletion of a task or list, as `gone_seq`; null if there was none. There
 * can be very many: one for each undo of a creation that was undone itself.
 */
export const latestDeletion = (
  slot: Slots<'owner'>,
  table: Table,
  id: FragmentSqlToken,
): FragmentSqlToken => sql.fragment`
  SELECT max(change_seq) AS gone_seq
  FROM (
    SELECT change_seq
    FROM task_tombstones
    WHERE ${ownedBy(slot, 'task_tombstones')} AND task_tombstones.id BETWEEN ${id} AND ${id}
      AND ${table === 'lists' ? sql.fragment`is_list` : sql.fragment`NOT is_list`}
    ORDER BY task_tombstones.id DESC, task_tombstones.is_list DESC, task_tombstones.change_seq DESC
    LIMIT ${hidden(1)}
  ) AS deletions
`;

// The change by which another one was undone last, as `change`.
const latestUndo = (slot: Slots<'owner'>, change: FragmentSqlToken): FragmentSqlToken => sql.fragment`
  SELECT undo.change
  FROM history AS undo
  WHERE ${ownedBy(slot, 'undo')} AND undo.undoes BETWEEN ${change} AND ${change}
  ORDER BY undo.undoes DESC, undo.change DESC
  LIMIT 1
`;

/** How many undos of undos are followed at most. */
const mostUndos = 100;

/**
 * The undo that is in effect; null if the change itself is. It is the latest one, unless that was
 * undone itself, and so on: with an even number of them the change is in effect.
 */
export const undoneBy = (slot: Slots<'owner'>, change: FragmentSqlToken): FragmentSqlToken => sql.fragment`(
  WITH RECURSIVE undos AS (
    SELECT 1 AS depth, latest.change
    FROM (${latestUndo(slot, change)}) AS latest
    UNION ALL
    SELECT depth + 1, latest.change
    FROM undos
    CROSS JOIN LATERAL (${latestUndo(slot, sql.fragment`undos.change`)}) AS latest
    WHERE depth < ${sql.literalValue(String(mostUndos))}
  )
  SELECT CASE WHEN count(*) % 2 = 1 THEN min(change) FILTER (WHERE depth = 1) END FROM undos
)`;

const changeRow = z.strictObject({
  /** The latest change of the owner. */
  seq: z.bigint().nullable(),
  at: z.string(),
  /** The number of the last row; null where there is no such change, or none that is shown. */
  last: z.bigint().nullable(),
  tasks: z.int(),
  lists: z.int(),
  created_tasks: z.int(),
  created_lists: z.int(),
  /** How many lists there are more after an undo. */
  revived_lists: z.int(),
  operation: z.string().nullable(),
  /** The undo that is in effect; null if the change itself is. */
  undone_by: z.bigint().nullable(),
});

export type FoundChange = z.infer<typeof changeRow>;

// The rows of a change have contiguous numbers, so it ends before the next change.
export const findChange = statement(
  'find_change',
  changeRow,
  (slot: Slots<'owner' | 'change' | 'historyDays'>) => {
    const change = hideFromPlanner(slot.change, bigint);
    return sql.fragment`
    WITH following AS MATERIALIZED (
      SELECT change_seq
      FROM history
      WHERE ${ownedBy(slot, 'history')} AND change_seq > ${change} AND history.change <> ${change}
      ORDER BY change_seq, id
      LIMIT ${hidden(1)}
    ),
    part AS MATERIALIZED (
      SELECT change_seq, operation, is_list, is_deletion, version IS NULL AS is_creation, ${isRemembered(slot)} AS is_remembered
      FROM history
      WHERE ${ownedBy(slot, 'history')}
        AND change_seq BETWEEN ${change} AND (SELECT coalesce(max(change_seq) - 1, 9223372036854775807) FROM following)
        AND history.change = ${change}
      ORDER BY change_seq, id
      LIMIT ${hidden(manyRows)}
    )
    SELECT (SELECT seq::bigint FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')}) AS seq, clock_timestamp() AS at,
      CASE WHEN bool_and(is_remembered) THEN max(change_seq)::bigint END AS last,
      count(*) FILTER (WHERE NOT is_list)::int4 AS tasks,
      count(*) FILTER (WHERE is_list)::int4 AS lists,
      count(*) FILTER (WHERE NOT is_list AND is_creation)::int4 AS created_tasks,
      count(*) FILTER (WHERE is_list AND is_creation)::int4 AS created_lists,
      (count(*) FILTER (WHERE is_list AND is_deletion) - count(*) FILTER (WHERE is_list AND is_creation))::int4
        AS revived_lists,
      max(operation) AS operation,
      ${undoneBy(slot, change)} AS undone_by
    FROM part
  `;
  },
);
