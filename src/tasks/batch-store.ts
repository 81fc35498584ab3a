// The SQL of a batch: two statements in one transaction, however many operations. The first locks the owner's clock, as
// every write does, and reads the tasks that the batch names; the second writes what has become of them.
import { randomUUID } from 'node:crypto';
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../db/pool.ts';
import { applyInOrder, type BatchOperation, type Outcome } from './batch.ts';
import { type Task, taskColumns, taskRow } from './row.ts';

export interface BatchStore {
  /** Applies the operations in order, all of them or none. */
  applyBatch(operations: readonly BatchOperation[]): Promise<Outcome>;
}

// The time of the change, and a task that the batch names; the first row holds the time alone.
const beginningRow = z.union([
  taskRow.extend({ at: z.string() }),
  z.object({ at: z.string(), id: z.null() }),
]);
const doneRow = z.strictObject({ seq: z.bigint() });

export const batchesOf = (database: Statements, owner: OwnerId): BatchStore => {
  const mine = sql.fragment`owner_id = ${owner}`;

  // FOR UPDATE of the tasks comes after the clock's: it stands above the join with `tick`. It makes Postgres read the
  // newest version of a task that changed while this statement waited for the clock.
  const begin = (ids: readonly string[]) => sql.prepared('begin_batch', beginningRow)`
    WITH clock AS MATERIALIZED (SELECT seq FROM owner_clock WHERE ${mine} FOR UPDATE),
    tick AS MATERIALIZED (SELECT clock_timestamp() AS at FROM (SELECT count(*) FROM clock) AS locked)
    SELECT at, NULL::uuid AS id, NULL AS owner_id, NULL AS title, NULL AS description, NULL::boolean AS completed,
      NULL::timestamptz AS completed_at, NULL::timestamptz AS created_at, NULL::timestamptz AS updated_at,
      NULL::integer AS version
    FROM tick
    UNION ALL
    SELECT at, ${taskColumns}
    FROM (
      SELECT at, ${taskColumns}
      FROM tick
      CROSS JOIN tasks
      WHERE ${mine} AND id = ANY (${`{${ids.join(',')}}`}::uuid[])
      FOR UPDATE OF tasks
    ) AS named
  `;

  // The first write of an owner has no clock to lock: then this one makes it, or waits for who else does.
  const write = (at: string, written: readonly Task[], deleted: readonly string[]) => sql.prepared(
    'write_batch',
    doneRow,
  )`
    WITH clock AS (
      INSERT INTO owner_clock (owner_id, seq)
      VALUES (${owner}, 1)
      ON CONFLICT (owner_id) DO UPDATE SET seq = owner_clock.seq + 1
      RETURNING seq
    ),
    written AS (
      INSERT INTO tasks (owner_id, id, title, description, completed, completed_at, created_at, updated_at, version,
        change_seq)
      SELECT ${owner}, id, title, description, completed, completed_at, created_at, updated_at, version, seq
      FROM clock
      CROSS JOIN jsonb_to_recordset(${JSON.stringify(written)}::jsonb) AS task (id uuid, title text, description text,
        completed boolean, completed_at timestamptz, created_at timestamptz, updated_at timestamptz, version integer)
      ON CONFLICT (owner_id, id) DO UPDATE
      SET title = excluded.title, description = excluded.description, completed = excluded.completed,
        completed_at = excluded.completed_at, updated_at = excluded.updated_at, version = excluded.version,
        change_seq = excluded.change_seq
    ),
    deleted AS (
      DELETE FROM tasks
      USING clock
      WHERE ${mine} AND id = ANY (${`{${deleted.join(',')}}`}::uuid[])
      RETURNING id, seq
    ),
    buried AS (
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
      SELECT ${owner}, id, seq, ${at}::timestamptz
      FROM deleted
    )
    SELECT seq
    FROM clock
  `;

  return {
    applyBatch: (operations) =>
      database.transaction(async (statements) => {
        const ids = operations.flatMap((operation) => (operation.op === 'create' ? [] : [operation.id]));
        const rows = await statements.any(begin(ids));
        const tasks = new Map<string, Task>();
        for (const row of rows) {
          if (row.id === null) continue;
          const { at: _at, ...task } = row;
          tasks.set(task.id, task);
        }
        const at = rows[0]?.at ?? '';
        const outcome = applyInOrder(operations, { owner, at, tasks, newId: randomUUID });
        if (outcome.applicable) await statements.one(write(at, outcome.written, outcome.deleted));
        return outcome;
      }),
  };
};
