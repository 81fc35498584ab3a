// The SQL of a batch: two statements in one transaction, however many operations. The first locks
// the owner's clock, as every write does, and reads the tasks that the batch names; the second
// writes what has become of them, and returns the result of each operation as the database has it,
// so that a value has one text wherever it is read.
import { randomUUID } from 'node:crypto';
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import { problems } from '../contract/problem.ts';
import type { Statements } from '../postgres/database.ts';
import { applyInOrder, type BatchOperation, type BatchResult, type Outcome } from './batch.ts';
import {
  excludedAssignments,
  nullColumns,
  recordColumns,
  recordOf,
  type Task,
  taskColumns,
  taskOf,
  taskRow,
} from './columns.ts';
import { ownedBy } from './fragments.ts';
import { type Slots, statement } from './statement.ts';

export interface BatchStore {
  /**
   * Applies the operations in order, all of them or none. Throws a Problem while everything is
   * being deleted.
   */
  applyBatch(operations: readonly BatchOperation[]): Promise<Outcome>;
}

// The time of the change, and a task that the batch names; the first row holds the time alone.
const beginningRow = z.union([
  taskRow.extend({ at: z.string(), erasing: z.boolean(), locked: z.boolean() }),
  z.object({ at: z.string(), erasing: z.boolean(), locked: z.boolean(), id: z.null() }),
]);
const takenRow = z.strictObject({ id: z.string() });
const nothing = z.strictObject({});
// A task and the operation that made it what it is, by its place from 1; or nothing, after
// deletions only.
const resultRow = z.union([taskRow.extend({ place: z.int() }), z.object({ id: z.null() })]);

// An array literal: one parameter of one type.
const uuids = (ids: readonly string[]) => `{${ids.join(',')}}`;

// FOR UPDATE of the tasks comes after the clock's: it stands above the join with `next_change`. It
// makes Postgres read the newest version of a task that changed while this statement waited for the
// clock.
const beginBatch = statement(
  'begin_batch',
  beginningRow,
  (slot: Slots<'owner' | 'ids'>) => sql.fragment`
    WITH clock AS MATERIALIZED (SELECT erasing FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')} FOR UPDATE),
    next_change AS MATERIALIZED (
      SELECT clock_timestamp() AS at, erasing, locked
      FROM (SELECT coalesce(bool_or(erasing), false) AS erasing, count(*) > 0 AS locked FROM clock) AS owned
    )
    SELECT at, erasing, locked, ${nullColumns()}
    FROM next_change
    UNION ALL
    SELECT at, erasing, locked, ${taskColumns}
    FROM (
      SELECT at, next_change.erasing, next_change.locked, ${taskColumns}
      FROM next_change
      CROSS JOIN tasks
      WHERE ${ownedBy(slot, 'tasks')} AND id = ANY (${slot.ids}::uuid[])
      FOR UPDATE OF tasks
    ) AS named
  `,
);

// The statement that locks the clock does not see a task that was created while it waited, so the
// ids that new tasks are to have are looked up by another one, which begins with the clock locked.
// LATERAL with a limit looks up each id; joined, Postgres would read all that the owner has.
const listTakenIds = statement(
  'list_taken_ids',
  takenRow,
  (slot: Slots<'owner' | 'ids'>) => sql.fragment`
    SELECT chosen.id
    FROM unnest(${slot.ids}::uuid[]) AS chosen (id)
    CROSS JOIN LATERAL (
      SELECT true FROM tasks WHERE ${ownedBy(slot, 'tasks')} AND tasks.id = chosen.id
      UNION ALL
      SELECT true FROM task_tombstones WHERE ${ownedBy(slot, 'task_tombstones')} AND task_tombstones.id = chosen.id
      LIMIT 1
    ) AS known
  `,
);

// For an owner who has no clock to lock. Its first number stays without a change.
const createClock = statement(
  'create_clock',
  nothing,
  (slot: Slots<'owner'>) => sql.fragment`
    INSERT INTO owner_clock (owner_id, seq)
    VALUES (${slot.owner}, 1)
    ON CONFLICT (owner_id) DO UPDATE SET seq = owner_clock.seq
  `,
);

const takenOf = async (
  statements: Statements,
  {
    owner,
    chosen,
    locked,
  }: { readonly owner: OwnerId; readonly chosen: readonly string[]; readonly locked: boolean },
): Promise<ReadonlySet<string>> => {
  if (chosen.length === 0) return new Set();
  if (!locked) await statements.any(createClock({ owner }));
  const taken = await statements.any(listTakenIds({ owner, ids: uuids(chosen) }));
  return new Set(taken.map(({ id }) => id));
};

// The ids of the deleted tasks come twice, because by an array Postgres looks each of them up, and
// joined with a list of unknown length it would read all that the owner has. A task that the batch
// creates and deletes leaves a tombstone as well: its id was chosen, and is not given again. Each operation takes a
// change number of its own, so that the change feed has them in the order of the request; the
// number leads back from a task to its operation. The first write of an owner has no clock to lock:
// then this one creates it, or waits for another that does.
const writeBatch = statement(
  'write_batch',
  resultRow,
  (slot: Slots<'owner' | 'steps' | 'written' | 'passing' | 'deleted' | 'gone'>) => sql.fragment`
    WITH clock AS (
      INSERT INTO owner_clock (owner_id, seq)
      VALUES (${slot.owner}, ${slot.steps}::bigint)
      ON CONFLICT (owner_id) DO UPDATE SET seq = owner_clock.seq + excluded.seq WHERE NOT owner_clock.erasing
      RETURNING seq, seq - ${slot.steps}::bigint AS base
    ),
    written AS (
      INSERT INTO tasks (${taskColumns}, change_seq)
      SELECT ${recordOf(slot)}, base + place
      FROM clock
      CROSS JOIN jsonb_to_recordset(${slot.written}::jsonb) AS task (${recordColumns}, place integer)
      ON CONFLICT (owner_id, id) DO UPDATE
      SET ${excludedAssignments}, change_seq = excluded.change_seq
      RETURNING ${taskColumns}, change_seq
    ),
    deleted AS (
      DELETE FROM tasks
      USING clock
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.id = ANY (${slot.gone}::uuid[])
    ),
    buried AS (
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
      SELECT ${slot.owner}, id, base + place, at
      FROM clock
      CROSS JOIN jsonb_to_recordset(${slot.deleted}::jsonb) AS gone (id uuid, at timestamptz, place integer)
    )
    SELECT coalesce(place, (change_seq - base)::integer) AS place, ${taskColumns}
    FROM clock
    LEFT JOIN (
      SELECT NULL::integer AS place, change_seq, ${taskColumns}
      FROM written
      UNION ALL
      SELECT place, NULL, ${recordOf(slot)}
      FROM jsonb_to_recordset(${slot.passing}::jsonb) AS task (${recordColumns}, place integer)
    ) AS result ON true
  `,
);

const isUnnamed = (operation: BatchOperation): boolean =>
  operation.op === 'create' && operation.task.id === undefined;

// Random ids, handed out in ascending order: where two tasks of a batch are equal by the key of a
// list, and in the export, the id decides, so they keep the order of the request there as well.
const idsInOrder = (operations: readonly BatchOperation[]): (() => string) => {
  const ids = operations.flatMap((operation) => (isUnnamed(operation) ? randomUUID() : [])).sort();
  return () => {
    const id = ids.shift();
    if (id === undefined) throw new Error('more ids than creations');
    return id;
  };
};

// The results with the tasks that the database has returned in the place of those that were worked
// out.
const resultsOf = (
  results: readonly BatchResult[],
  stored: readonly z.infer<typeof resultRow>[],
): BatchResult[] => {
  const tasks = new Map(
    stored.flatMap((row) => (row.id === null ? [] : [[row.place, taskOf(row)] as const])),
  );
  return results.map((result, index) => {
    if (result.op === 'delete') return result;
    const task = tasks.get(index + 1);
    if (task === undefined) throw new Error('the statement has not returned what it has written');
    return { ...result, task };
  });
};

export const batchesOf = (database: Statements, owner: OwnerId): BatchStore => ({
  applyBatch: async (operations) => {
    const outcome = await database.transaction(async (statements) => {
      const ids = operations.flatMap((operation) => (operation.op === 'create' ? [] : [operation.id]));
      const rows = await statements.any(beginBatch({ owner, ids: uuids(ids) }));
      const [first] = rows;
      if (first === undefined) throw new Error('the statement has not returned the time');
      if (first.erasing) return null;
      const tasks = new Map<string, Task>();
      for (const row of rows) {
        if (row.id === null) continue;
        tasks.set(row.id, taskOf(row));
      }
      const chosen = operations.flatMap((operation) =>
        operation.op === 'create' ? (operation.task.id ?? []) : [],
      );
      const taken = await takenOf(statements, { owner, chosen, locked: first.locked });
      const newId = idsInOrder(operations);
      const outcome = applyInOrder(operations, { owner, at: first.at, tasks, taken, newId });
      if (!outcome.applicable) return outcome;
      const stored = await statements.any(
        writeBatch({
          owner,
          steps: operations.length,
          written: JSON.stringify(outcome.written),
          passing: JSON.stringify(outcome.passing),
          deleted: JSON.stringify(outcome.deleted),
          gone: uuids(outcome.deleted.map(({ id }) => id)),
        }),
      );
      return stored.length === 0 ? null : { ...outcome, results: resultsOf(outcome.results, stored) };
    });
    if (outcome === null) throw problems.erasureInProgress();
    return outcome;
  },
});
