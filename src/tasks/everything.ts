// All that an owner has at once: read it page by page, or delete it.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../db/pool.ts';
import { mine, type Task, taskColumns, taskRow } from './row.ts';
import { type Slots, statement } from './statement.ts';

/** Some of an owner's tasks, ordered by id. */
export interface ExportPage {
  readonly tasks: readonly Task[];
  readonly isLast: boolean;
}

export interface Everything {
  /** At most `most` tasks after the one with the id `after`, or from the first, and fewer where their texts are long. */
  page(after: string | null, most: number): Promise<ExportPage>;
  /** Forgets tasks, tombstones, stored results and the clock. */
  deleteAll(): Promise<void>;
}

/** Tasks to a page. */
export const maxExportPage = 500;

/** Bytes of titles and descriptions after which a page takes no further task. */
const pageText = 64 * 1024;

const bytesOf = ({ title, description }: Task): number =>
  Buffer.byteLength(title) + Buffer.byteLength(description ?? '');

const nothing = z.strictObject({});

// Many short statements rather than one long one: a slow reader holds no connection. Postgres knows the length of a text
// without reading it, so what the sum leaves out costs little.
const exportTasks = statement(
  'export_tasks',
  taskRow,
  (slot: Slots<'owner' | 'after' | 'limit' | 'text'>) => sql.fragment`
    SELECT ${taskColumns}
    FROM (
      SELECT ${taskColumns}, sum(octet_length(title) + coalesce(octet_length(description), 0))
        OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
      FROM tasks
      WHERE ${mine(slot)} AND id > ${slot.after}::uuid
      ORDER BY id
      LIMIT ${slot.limit}
    ) AS page
    WHERE coalesce(before, 0) < ${slot.text}::bigint
    ORDER BY id
  `,
);

const lockClock = statement(
  'lock_clock',
  nothing,
  ({ owner }: Slots<'owner'>) => sql.fragment`
    INSERT INTO owner_clock (owner_id, seq)
    VALUES (${owner}, 1)
    ON CONFLICT (owner_id) DO UPDATE SET seq = owner_clock.seq
  `,
);

// A write with a key takes the key, then the clock; whoever takes them the other way round would deadlock with it.
const deleteKeys = statement(
  'delete_keys',
  nothing,
  (slot: Slots<'owner'>) => sql.fragment`
    DELETE FROM idempotency_keys
    WHERE ${mine(slot)} AND key IN (SELECT key FROM idempotency_keys WHERE ${mine(slot)} ORDER BY key FOR UPDATE)
  `,
);

const deleteEverything = statement(
  'delete_everything',
  nothing,
  (slot: Slots<'owner'>) => sql.fragment`
    WITH results AS (DELETE FROM idempotency_keys WHERE ${mine(slot)}),
    tombstones AS (DELETE FROM task_tombstones WHERE ${mine(slot)}),
    deleted AS (DELETE FROM tasks WHERE ${mine(slot)})
    DELETE FROM owner_clock
    WHERE ${mine(slot)}
  `,
);

export const everythingOf = (database: Statements, owner: OwnerId): Everything => ({
  page: async (after, most) => {
    const limit = Math.min(most, maxExportPage);
    const from = after ?? '00000000-0000-0000-0000-000000000000';
    const tasks = await database.any(exportTasks({ owner, after: from, limit, text: pageText }));
    // Neither bound has cut it off.
    const isLast = tasks.length < limit && tasks.reduce((sum, task) => sum + bytesOf(task), 0) < pageText;
    return { tasks, isLast };
  },

  // A statement sees nothing that was committed after it began, not even while it waits for the clock: so first the
  // locks, which keep every other writer out, then the deletion, of the keys once more.
  deleteAll: () =>
    database.transaction(async (statements) => {
      await statements.any(deleteKeys({ owner }));
      await statements.any(lockClock({ owner }));
      await statements.any(deleteEverything({ owner }));
    }),
});
