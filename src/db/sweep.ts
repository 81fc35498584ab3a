// Forgetting what has been kept long enough: stored results after 24 hours, tombstones after 30 days, of every owner.
// It needs no service of its own and wakes no sleeping database: it follows a write, seldom, and nobody waits for it.
import { sql } from 'slonik';
import { z } from 'zod';
import type { Statements } from './pool.ts';

const nothing = z.strictObject({});

const sweepResults = sql.prepared('sweep_results', nothing)`
  DELETE FROM idempotency_keys
  WHERE (owner_id, key) IN (
    SELECT owner_id, key
    FROM idempotency_keys
    WHERE created_at < now() - interval '24 hours'
    ORDER BY created_at
    LIMIT 10000
    FOR UPDATE SKIP LOCKED
  )
`;

// The horizon moves with what is deleted, under the clock's lock, so no follower reads on past a forgotten deletion.
const sweepTombstones = sql.prepared('sweep_tombstones', nothing)`
  WITH old AS MATERIALIZED (
    SELECT owner_id, id, change_seq
    FROM task_tombstones
    WHERE deleted_at < now() - interval '30 days'
    ORDER BY deleted_at
    LIMIT 10000
  ),
  clocks AS MATERIALIZED (
    SELECT owner_id
    FROM owner_clock
    WHERE owner_id IN (SELECT owner_id FROM old)
    FOR UPDATE SKIP LOCKED
  ),
  swept AS (
    DELETE FROM task_tombstones
    USING old JOIN clocks USING (owner_id)
    WHERE (task_tombstones.owner_id, task_tombstones.change_seq, task_tombstones.id)
      = (old.owner_id, old.change_seq, old.id)
    RETURNING task_tombstones.owner_id, task_tombstones.change_seq
  ),
  horizons AS (SELECT owner_id, max(change_seq) AS horizon FROM swept GROUP BY owner_id)
  UPDATE owner_clock
  SET horizon = greatest(owner_clock.horizon, horizons.horizon)
  FROM horizons
  WHERE owner_clock.owner_id = horizons.owner_id
`;

/** Forgets what is too old, up to 10,000 of each kind. */
export const sweep = async (database: Statements): Promise<void> => {
  await database.any(sweepResults);
  await database.any(sweepTombstones);
};

/**
 * A sweep that runs when called, but not before `interval` milliseconds have passed since it last ran. `outside` runs it
 * where it belongs to no request.
 */
export const createSweeper = (
  database: Statements,
  interval: number,
  onFailure: (error: unknown) => void,
  outside: (work: () => void) => void = (work) => work(),
): (() => void) => {
  let next = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now < next) return;
    next = now + interval;
    outside(() => void sweep(database).catch(onFailure));
  };
};
