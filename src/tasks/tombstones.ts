// Tasks that are written by their place, many at once: a statement of its own writes what the history
// and the tombstones keep of them, because Citus refuses a ctid in a statement that inserts. It comes
// first, with the clock locked, and returns which tasks the next statement is to write.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../postgres/database.ts';
import { believedOne, mostRows, ownedBy, withId } from './fragments.ts';
import type { RecordSlot } from './history/author.ts';
import { recorded } from './history/record.ts';
import { inUnit, type Unit, withFormer } from './history/unit.ts';
import { maxSubtasks } from './relations.ts';
import { type Slots, statement } from './statement.ts';

/** The tasks that one change is about to write: how many, and their ids as an array literal. */
export const pieceRow = z.strictObject({
  count: z.int(),
  ids: z.string(),
  seq: z.bigint(),
  at: z.string(),
});

/** What a statement binds that records a piece. */
export type PieceSlot = 'owner' | RecordSlot | keyof Unit;

/** A piece: the tasks whose ids the WITH query `piece` has, and the columns of the row above. */
export const pieceOf = (slot: Slots<PieceSlot>, { isDeletion }: { readonly isDeletion: boolean }) => {
  const buried = sql.fragment`,
    buried AS (
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
      SELECT ${slot.owner}, id, seq, at FROM next_change CROSS JOIN piece
    )`;
  return {
    queries: sql.fragment`
      numbered AS MATERIALIZED (SELECT id, seq, at FROM next_change CROSS JOIN piece),
      recorded AS (${recorded(slot, {
        from: withFormer(slot, 'tasks', sql.fragment`numbered`),
        how: 'update',
        isDeletion: isDeletion ? sql.fragment`true` : sql.fragment`false`,
        ...inUnit(slot, 'piece'),
      })})
      ${isDeletion ? buried : sql.fragment``}
    `,
    columns: sql.fragment`
      (SELECT count(*)::int4 FROM piece) AS count, (SELECT coalesce(array_agg(id), '{}')::text FROM piece) AS ids, seq, at
    `,
  };
};

/** A piece in families is that much larger at most. */
const most = mostRows + maxSubtasks + 1;

/** The tasks of a piece, by their place; for FROM, as `present`. */
export const presentOf = (
  slot: Slots<'owner' | 'ids'>,
  columns = sql.fragment`ctid AS place`,
) => sql.fragment`
  (${believedOne(
    sql.fragment`
      SELECT present.*
      FROM unnest(${slot.ids}::uuid[]) AS written (id)
      CROSS JOIN LATERAL (${withId(slot, 'tasks', { columns, id: sql.fragment`written.id` })}) AS present
    `,
    most,
  )}) AS present
`;

/** The clock takes the number of the piece. */
export const takeNumber = (slot: Slots<'owner' | 'seq'>) => sql.fragment`
  UPDATE owner_clock
  SET seq = greatest(seq, ${slot.seq}::bigint), has_news = true
  WHERE ${ownedBy(slot, 'owner_clock')}
`;

const deleteTasks = statement(
  'delete_tasks',
  z.strictObject({}),
  (slot: Slots<'owner' | 'ids' | 'seq'>) => sql.fragment`
    WITH gone AS (
      DELETE FROM tasks
      USING ${presentOf(slot)}
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.ctid = present.place
    )
    ${takeNumber(slot)}
  `,
);

/** Deletes the tasks of a piece, in the transaction in which it was recorded. */
export const deletePiece = async (
  statements: Statements,
  owner: OwnerId,
  { count, ids, seq }: z.infer<typeof pieceRow>,
): Promise<void> => {
  if (count > 0) await statements.any(deleteTasks({ owner, ids, seq }));
};
