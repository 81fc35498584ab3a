// The deletion of everything that an owner has, in pieces that each commit: no number of rows
// outlasts a deadline, or keeps others waiting. What fits in one piece is gone in one transaction.
// Otherwise the first piece marks the clock as `erasing`; from then on lists, feed and export show
// nothing, and no write is made, until the last piece deletes the clock. Whoever comes next may
// continue: the owner's next request to delete everything, or the sweep.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { Statements } from '../postgres/database.ts';
import type { CountLimits } from './counts-store.ts';
import { believedOne, firstOf, hideFromPlanner, mostRows, ownedBy } from './fragments.ts';
import { type Slots, statement } from './statement.ts';

export interface Erasure {
  /**
   * Deletes tasks, lists, tombstones, history, stored results and the clock, for a limited time. False when
   * something is left: it is not shown any more, and `continueErasure` deletes it.
   */
  deleteAll(): Promise<boolean>;
  /**
   * Continues a deletion that was not finished, for a limited time. True when nothing is left of
   * it.
   */
  continueErasure(): Promise<boolean>;
}

/** How much is deleted at once, and for how long one request goes on with it. */
export interface Pieces {
  /** Rows of each table, `mostRows` at most. */
  readonly rows: number;
  /** Milliseconds for such a request. The owner's other writes wait as long. */
  readonly clearing: number;
  /** Milliseconds for everything. */
  readonly erasing: number;
  /** As far as tasks are counted, if it is not as far as usual. */
  readonly counts?: CountLimits;
  /** Rows of one change, if not `mostOfChange`. */
  readonly most?: number;
}

/**
 * A request that deletes completed tasks or a list, or renames a label, ends with the piece in which
 * its rows become so many. An undo of it is limited by that.
 */
export const mostOfChange = 10_000;

// Some 15 ms of a database with the rows at hand, and seconds of one that has to fetch each of them
// from elsewhere.
export const defaultPieces: Pieces = { rows: mostRows, clearing: 500, erasing: 5000 };

const nothing = z.strictObject({});

// A write with a key takes the key, then the clock; a deletion that took them in the other order
// would deadlock with it.
const deleteKeys = statement(
  'delete_keys',
  nothing,
  (slot: Slots<'owner' | 'rows'>) => sql.fragment`
    DELETE FROM idempotency_keys
    WHERE ${ownedBy(slot, 'idempotency_keys')} AND key IN (
      SELECT key
      FROM idempotency_keys
      WHERE ${ownedBy(slot, 'idempotency_keys')}
      ORDER BY key
      LIMIT ${slot.rows}::bigint
      FOR UPDATE
    )
  `,
);

const markErasing = statement(
  'mark_erasing',
  nothing,
  ({ owner }: Slots<'owner'>) => sql.fragment`
    INSERT INTO owner_clock (owner_id, seq, erasing)
    VALUES (${owner}, 1, true)
    ON CONFLICT (owner_id) DO UPDATE SET erasing = true
  `,
);

// For the webhook: with the clock, nothing would be left that reports it. A new id, in case the deletion
// before this one is being reported.
const announceErasure = statement(
  'announce_erasure',
  nothing,
  ({ owner }: Slots<'owner'>) => sql.fragment`
    INSERT INTO erased_owners (owner_id)
    VALUES (${owner})
    ON CONFLICT (owner_id) DO UPDATE SET id = EXCLUDED.id, notifying_until = NULL
  `,
);

const pieceRow = z.strictObject({
  finished: z.boolean(),
  at: z.string().nullable(),
  seq: z.bigint().nullable(),
  recorded: z.bigint().nullable(),
});

// The clock's lock comes first, as in every write, and is held while this statement works: when
// another erasure has finished meanwhile, there is no clock to lock, and nothing is deleted of what
// the owner has begun anew. Keys that a write holds, which may be waiting for the clock, are
// skipped. `at`, `seq` and `recorded` are where the piece before ended: the entries of what it deleted
// would otherwise be read again.
const erasePiece = statement(
  'erase_piece',
  pieceRow,
  (slot: Slots<'owner' | 'rows' | 'at' | 'seq' | 'recorded'>) => sql.fragment`
    WITH clock AS MATERIALIZED (
      SELECT erasing FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')} AND erasing FOR UPDATE
    ),
    free_keys AS MATERIALIZED (${firstOf(
      sql.fragment`SELECT ctid AS place FROM idempotency_keys WHERE ${ownedBy(slot, 'idempotency_keys')} ORDER BY key`,
      slot.rows,
      sql.fragment`FOR UPDATE SKIP LOCKED`,
    )}),
    old_keys AS MATERIALIZED (${firstOf(
      sql.fragment`SELECT key FROM idempotency_keys WHERE ${ownedBy(slot, 'idempotency_keys')} ORDER BY key`,
      slot.rows,
    )}),
    old_tombstones AS MATERIALIZED (${firstOf(
      sql.fragment`
        SELECT ctid AS place, change_seq
        FROM task_tombstones
        WHERE ${ownedBy(slot, 'task_tombstones')} AND change_seq >= ${hideFromPlanner(slot.seq, sql.fragment`bigint`)}
        ORDER BY change_seq, id
      `,
      slot.rows,
    )}),
    old_history AS MATERIALIZED (${firstOf(
      sql.fragment`
        SELECT ctid AS place, change_seq
        FROM history
        WHERE ${ownedBy(slot, 'history')} AND change_seq >= ${hideFromPlanner(slot.recorded, sql.fragment`bigint`)}
        ORDER BY change_seq, id
      `,
      slot.rows,
    )}),
    old_tasks AS MATERIALIZED (${firstOf(
      sql.fragment`
        SELECT ctid AS place, created_at
        FROM tasks
        WHERE ${ownedBy(slot, 'tasks')} AND created_at >= ${hideFromPlanner(slot.at, sql.fragment`timestamptz`)}
        ORDER BY created_at, id
      `,
      slot.rows,
    )}),
    old_lists AS MATERIALIZED (${firstOf(
      sql.fragment`SELECT ctid AS place FROM lists WHERE ${ownedBy(slot, 'lists')} ORDER BY id`,
      slot.rows,
    )}),
    without_keys AS (
      DELETE FROM idempotency_keys
      USING clock CROSS JOIN (${believedOne(sql.fragment`SELECT place FROM free_keys`)}) AS free_keys
      WHERE ${ownedBy(slot, 'idempotency_keys')} AND idempotency_keys.ctid = free_keys.place
    ),
    without_tombstones AS (
      DELETE FROM task_tombstones
      USING clock CROSS JOIN (${believedOne(sql.fragment`SELECT place FROM old_tombstones`)}) AS old_tombstones
      WHERE ${ownedBy(slot, 'task_tombstones')} AND task_tombstones.ctid = old_tombstones.place
    ),
    without_history AS (
      DELETE FROM history
      USING clock CROSS JOIN (${believedOne(sql.fragment`SELECT place FROM old_history`)}) AS old_history
      WHERE ${ownedBy(slot, 'history')} AND history.ctid = old_history.place
    ),
    without_tasks AS (
      DELETE FROM tasks
      USING clock CROSS JOIN (${believedOne(sql.fragment`SELECT place FROM old_tasks`)}) AS old_tasks
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.ctid = old_tasks.place
    ),
    without_lists AS (
      DELETE FROM lists
      USING clock CROSS JOIN (${believedOne(sql.fragment`SELECT place FROM old_lists`)}) AS old_lists
      WHERE ${ownedBy(slot, 'lists')} AND lists.ctid = old_lists.place
    ),
    without_clock AS (
      DELETE FROM owner_clock
      USING clock
      WHERE ${ownedBy(slot, 'owner_clock')}
        AND (SELECT count(*) FROM free_keys) = (SELECT count(*) FROM old_keys)
        AND (SELECT count(*) FROM old_keys) < ${slot.rows}::bigint
        AND (SELECT count(*) FROM old_tombstones) < ${slot.rows}::bigint
        AND (SELECT count(*) FROM old_history) < ${slot.rows}::bigint
        AND (SELECT count(*) FROM old_tasks) < ${slot.rows}::bigint
        AND (SELECT count(*) FROM old_lists) < ${slot.rows}::bigint
      RETURNING seq
    )
    SELECT NOT EXISTS (SELECT true FROM clock) OR EXISTS (SELECT true FROM without_clock) AS finished,
      (SELECT max(created_at) FROM old_tasks) AS at, (SELECT max(change_seq) FROM old_tombstones) AS seq,
      (SELECT max(change_seq) FROM old_history) AS recorded
  `,
);

/** Where the first piece begins. */
const start = { at: '-infinity', seq: 0n, recorded: 0n };

/** `isAnnounced`: whether the webhook is to report it. */
export const erasureOf = (
  database: Statements,
  owner: OwnerId,
  { rows, erasing }: Pieces,
  isAnnounced = false,
): Erasure => {
  const continueErasure = async () => {
    const until = performance.now() + erasing;
    let { at, seq, recorded } = start;
    for (;;) {
      const piece = await database.one(erasePiece({ owner, rows, at, seq, recorded }));
      if (piece.finished || performance.now() >= until) return piece.finished;
      at = piece.at ?? at;
      seq = piece.seq ?? seq;
      recorded = piece.recorded ?? recorded;
    }
  };

  return {
    continueErasure,
    // A statement sees nothing that was committed after it began, not even while it waits for the
    // clock: so first the locks, which keep every other writer out, then the deletion.
    deleteAll: async () => {
      const { finished } = await database.transaction(async (statements) => {
        await statements.any(deleteKeys({ owner, rows }));
        await statements.any(markErasing({ owner }));
        if (isAnnounced) await statements.any(announceErasure({ owner }));
        return statements.one(erasePiece({ owner, rows, ...start }));
      });
      return finished || continueErasure();
    },
  };
};
