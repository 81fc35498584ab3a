// The deletion of completed tasks, in pieces of one transaction, so that it is one change. A task
// stays while it has subtasks; those of its subtasks that are completed go first, so a task of which
// all are gone goes later.
import { sql } from 'slonik';
import { z } from 'zod';
import { problems } from '../contract/problem.ts';
import type { Statements } from '../postgres/database.ts';
import { mostOfChange, type Pieces } from './erasure.ts';
import { firstId, firstOf, hideFromPlanner, nextChange, ownedBy, subtasksOf } from './fragments.ts';
import { valuesOfAuthor, type Writer } from './history/author.ts';
import { grown, newUnit } from './history/unit.ts';
import { lockClock } from './lock-clock.ts';
import { type Slots, statement } from './statement.ts';
import { deletePiece, type PieceSlot, pieceOf, pieceRow } from './tombstones.ts';

/** How many completed tasks were deleted, and whether there are more. */
export interface Cleared {
  readonly deleted: number;
  readonly hasMore: boolean;
}

export interface Clearing {
  /**
   * Deletes the completed tasks that have no open subtasks, the oldest first, for a limited time and
   * up to a limited number. Throws a Problem while everything is being deleted.
   */
  deleteCompleted(): Promise<Cleared>;
}

const clearedRow = pieceRow.extend({
  more: z.boolean(),
  /** The last one that was looked at. */
  created_at: z.string().nullable(),
  id: z.string().nullable(),
  /** Whether a subtask is deleted, so that its parent may be deleted then. */
  freed: z.boolean(),
});

const firstRow = { createdAt: '-infinity', id: firstId };

// A piece of them: `createdAt` and `id` are where the one before ended. Those that stay count as
// well, so a piece never looks at more. The clock is locked by a statement of its own, so this one
// sees every subtask. By `completed` in order and comparison, only one index fits.
const recordCompletedTasks = statement(
  'record_completed_tasks',
  clearedRow,
  (slot: Slots<PieceSlot | 'rows' | 'createdAt' | 'id'>) => {
    const from = hideFromPlanner(slot.createdAt, sql.fragment`timestamptz`);
    const { queries, columns } = pieceOf(slot, { isDeletion: true });
    return sql.fragment`
      WITH ${nextChange(slot)},
      found AS MATERIALIZED (${firstOf(
        sql.fragment`
          SELECT created_at, id, parent_id
          FROM tasks
          WHERE ${ownedBy(slot, 'tasks')}
            AND (completed, created_at, id) > (true, ${from}, ${hideFromPlanner(slot.id, sql.fragment`uuid`)})
          ORDER BY completed, created_at, id
        `,
        slot.rows,
      )}),
      piece AS MATERIALIZED (
        SELECT id, parent_id
        FROM found
        LEFT JOIN LATERAL (${subtasksOf(slot, {
          columns: sql.fragment`true AS is_there`,
          parent: sql.fragment`found.id`,
          most: 1,
        })}) AS subtask ON true
        WHERE is_there IS NULL
      ),
      ${queries},
      latest AS MATERIALIZED (SELECT created_at, id FROM found ORDER BY created_at DESC, id DESC LIMIT 1)
      SELECT ${columns},
        (SELECT count(*) = ${slot.rows}::bigint FROM found) AS more,
        (SELECT created_at FROM latest) AS created_at, (SELECT id FROM latest) AS id,
        (SELECT count(parent_id) > 0 FROM piece) AS freed
      FROM next_change
    `;
  },
);

export const clearingOf = (
  database: Statements,
  { owner, author }: Writer,
  { rows, most = mostOfChange, clearing }: Pieces,
): Clearing => {
  const clearPiece = async (statements: Statements, from: typeof firstRow & typeof newUnit) => {
    const values = { owner, rows, ...from, ...valuesOfAuthor(author) };
    const {
      more,
      created_at: createdAt,
      id,
      freed,
      ...piece
    } = await statements.one(recordCompletedTasks(values));
    await deletePiece(statements, owner, piece);
    const next = more && createdAt !== null && id !== null ? { createdAt, id } : null;
    return { unit: grown(from, piece), next, freed };
  };
  const clearFrom = (first: typeof firstRow) =>
    database.transaction(async (statements) => {
      const clock = await statements.maybeOne(lockClock({ owner }));
      if (clock === null) return { unit: newUnit, hasMore: false, next: first };
      if (clock.erasing) return 'erasing';
      const until = performance.now() + clearing;
      let [after, unit] = [first, newUnit];
      // A parent that has come before its subtasks can go after them: then all are looked at again.
      for (let freed = false; ; ) {
        const piece = await clearPiece(statements, { ...after, ...unit });
        unit = piece.unit;
        freed ||= piece.freed;
        const hasMore = piece.next !== null || freed;
        after = piece.next ?? firstRow;
        if (!hasMore || unit.written >= most || performance.now() >= until) {
          return { unit, hasMore, next: after };
        }
        freed &&= piece.next !== null;
      }
    });
  return {
    deleteCompleted: async () => {
      for (let first = firstRow; ; ) {
        const cleared = await clearFrom(first);
        if (cleared === 'erasing') throw problems.erasureInProgress();
        const { unit, hasMore, next } = cleared;
        if (unit.change !== null) author.made(unit.change);
        // Those that stay are looked at again by each request, so one that has deleted nothing goes
        // on, after the owner's other writes.
        if (unit.written > 0 || !hasMore) return { deleted: unit.written, hasMore };
        first = next;
      }
    },
  };
};
