// What remains of tasks that one statement has deleted by their place: a statement of its own writes
// it, because Citus refuses a ctid in a statement that inserts.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../postgres/database.ts';
import { type Slots, statement } from './statement.ts';

/** The tasks that one change has deleted: how many, and their ids as an array literal. */
export const goneRow = z.strictObject({
  count: z.int(),
  ids: z.string(),
  seq: z.bigint(),
  at: z.string(),
});

/** The columns of such a row, from `gone` and `next_change`. */
export const goneColumns = sql.fragment`
  (SELECT count(*)::int4 FROM gone) AS count, (SELECT coalesce(array_agg(id), '{}')::text FROM gone) AS ids, seq, at
`;

const buryTasks = statement(
  'bury_tasks',
  z.strictObject({}),
  (slot: Slots<'owner' | 'ids' | 'seq' | 'at'>) => sql.fragment`
    INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
    SELECT ${slot.owner}, id, ${slot.seq}::bigint, ${slot.at}::timestamptz
    FROM unnest(${slot.ids}::uuid[]) AS gone (id)
  `,
);

/** Writes the tombstones of deleted tasks, in the transaction of their deletion. */
export const bury = async (
  statements: Statements,
  owner: OwnerId,
  { count, ids, seq, at }: z.infer<typeof goneRow>,
): Promise<void> => {
  if (count > 0) await statements.any(buryTasks({ owner, ids, seq, at }));
};
