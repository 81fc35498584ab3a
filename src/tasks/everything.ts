// All that an owner has at once: read it page by page, or delete it.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../db/pool.ts';
import { type Task, taskColumns, taskRow } from './row.ts';

export interface Everything {
  /** A page of all tasks by id, after `after`; one of less than `exportPageSize` is the last. */
  page(after: string | null): Promise<readonly Task[]>;
  /** Forgets tasks, tombstones, stored results and the clock. */
  deleteAll(): Promise<void>;
}

/** Tasks to a page: at their largest some 4 MB of text. */
export const exportPageSize = 500;

const nothing = z.strictObject({});

export const everythingOf = (database: Statements, owner: OwnerId): Everything => {
  const mine = sql.fragment`owner_id = ${owner}`;

  const lockClock = () => sql.prepared('lock_clock', nothing)`
    INSERT INTO owner_clock (owner_id, seq)
    VALUES (${owner}, 1)
    ON CONFLICT (owner_id) DO UPDATE SET seq = owner_clock.seq + 1
  `;
  // A write with a key takes the key, then the clock; whoever takes them the other way round would deadlock with it.
  const lockKeys = () => sql.prepared('delete_keys', nothing)`
    DELETE FROM idempotency_keys
    WHERE ${mine} AND key IN (SELECT key FROM idempotency_keys WHERE ${mine} ORDER BY key FOR UPDATE)
  `;
  const deleteAll = () => sql.prepared('delete_everything', nothing)`
    WITH results AS (DELETE FROM idempotency_keys WHERE ${mine}),
    tombstones AS (DELETE FROM task_tombstones WHERE ${mine}),
    deleted AS (DELETE FROM tasks WHERE ${mine})
    DELETE FROM owner_clock
    WHERE ${mine}
  `;

  return {
    // Many short statements rather than one long one: a slow reader holds no connection.
    page: (after) =>
      database.any(sql.prepared('export_tasks', taskRow)`
        SELECT ${taskColumns}
        FROM tasks
        WHERE ${mine} AND id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid
        ORDER BY id
        LIMIT ${exportPageSize}
      `),

    // A statement sees nothing that was committed after it began, not even while it waits for the clock: so first the
    // locks, which keep every other writer out, then the deletion, of the keys once more.
    deleteAll: () =>
      database.transaction(async (statements) => {
        await statements.any(lockKeys());
        await statements.any(lockClock());
        await statements.any(deleteAll());
      }),
  };
};
