// All that an owner has at once: read it page by page, or delete it.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../db/pool.ts';
import { mine, type Task, taskColumns, taskRow } from './row.ts';
import { type Slots, statement } from './statement.ts';

export interface Everything {
  /** A page of all tasks by id, after `after`; one of less than `exportPageSize` is the last. */
  page(after: string | null): Promise<readonly Task[]>;
  /** Forgets tasks, tombstones, stored results and the clock. */
  deleteAll(): Promise<void>;
}

/** Tasks to a page: at their largest some 4 MB of text. */
export const exportPageSize = 500;

const nothing = z.strictObject({});

// Many short statements rather than one long one: a slow reader holds no connection.
const exportTasks = statement(
  'export_tasks',
  taskRow,
  (slot: Slots<'owner' | 'after' | 'limit'>) => sql.fragment`
    SELECT ${taskColumns}
    FROM tasks
    WHERE ${mine(slot)} AND id > ${slot.after}::uuid
    ORDER BY id
    LIMIT ${slot.limit}
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
  page: (after) =>
    database.any(
      exportTasks({ owner, after: after ?? '00000000-0000-0000-0000-000000000000', limit: exportPageSize }),
    ),

  // A statement sees nothing that was committed after it began, not even while it waits for the clock: so first the
  // locks, which keep every other writer out, then the deletion, of the keys once more.
  deleteAll: () =>
    database.transaction(async (statements) => {
      await statements.any(deleteKeys({ owner }));
      await statements.any(lockClock({ owner }));
      await statements.any(deleteEverything({ owner }));
    }),
});
