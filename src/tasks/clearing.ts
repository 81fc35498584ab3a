// The deletion of completed tasks, in pieces that each commit. A task stays while it has subtasks;
// those of its subtasks that are completed go first, so a task of which all are gone goes later.
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import { problems } from '../contract/problem.ts';
import type { Statements } from '../postgres/database.ts';
import type { Pieces } from './erasure.ts';
import {
  believedOne,
  firstId,
  firstOf,
  hideFromPlanner,
  moveClock,
  nextChange,
  ownedBy,
  subtasksOf,
} from './fragments.ts';
import { lockClock } from './lock-clock.ts';
import { type Slots, statement } from './statement.ts';
import { bury, goneColumns, goneRow } from './tombstones.ts';

/** How many completed tasks were deleted, and whether there are more. */
export interface Cleared {
  readonly deleted: number;
  readonly hasMore: boolean;
}

export interface Clearing {
  /**
   * Deletes the completed tasks that have no open subtasks, the oldest first, for a limited time.
   * Throws a Problem while everything is being deleted.
   */
  deleteCompleted(): Promise<Cleared>;
}

const clearedRow = goneRow.extend({
  more: z.boolean(),
  /** The last one that was looked at. */
  created_at: z.string().nullable(),
  id: z.string().nullable(),
  /** Whether a subtask was deleted, so that its parent may be deleted now. */
  freed: z.boolean(),
});

const firstRow = { createdAt: '-infinity', id: firstId };

// A piece of them, without tombstones: `createdAt` and `id` are where the one before ended. Those
// that stay count as well, so a piece never looks at more. The clock is locked by a statement of its
// own, so this one sees every subtask, and places stay. By `completed` in order and comparison, only one
// index fits.
const deleteCompletedTasks = statement(
  'delete_completed_tasks',
  clearedRow,
  (slot: Slots<'owner' | 'rows' | 'createdAt' | 'id'>) => {
    const from = hideFromPlanner(slot.createdAt, sql.fragment`timestamptz`);
    return sql.fragment`
      WITH ${nextChange(slot)},
      found AS MATERIALIZED (${firstOf(
        sql.fragment`
          SELECT ctid AS place, created_at, id
          FROM tasks
          WHERE ${ownedBy(slot, 'tasks')}
            AND (completed, created_at, id) > (true, ${from}, ${hideFromPlanner(slot.id, sql.fragment`uuid`)})
          ORDER BY completed, created_at, id
        `,
        slot.rows,
      )}),
      childless AS MATERIALIZED (
        SELECT place
        FROM found
        LEFT JOIN LATERAL (${subtasksOf(slot, {
          columns: sql.fragment`true AS is_there`,
          parent: sql.fragment`found.id`,
          most: 1,
        })}) AS subtask ON true
        WHERE is_there IS NULL
      ),
      places AS MATERIALIZED (${believedOne(sql.fragment`SELECT place FROM childless`)}),
      gone AS (
        DELETE FROM tasks
        USING next_change CROSS JOIN places
        WHERE ${ownedBy(slot, 'tasks')} AND tasks.ctid = places.place
        RETURNING tasks.id, seq, parent_id
      ),
      changed AS (SELECT seq FROM gone LIMIT 1),
      moved AS (${moveClock(slot)}),
      latest AS MATERIALIZED (SELECT created_at, id FROM found ORDER BY created_at DESC, id DESC LIMIT 1)
      SELECT ${goneColumns},
        (SELECT count(*) = ${slot.rows}::bigint FROM found) AS more,
        (SELECT created_at FROM latest) AS created_at, (SELECT id FROM latest) AS id,
        (SELECT count(parent_id) > 0 FROM gone) AS freed
      FROM next_change
    `;
  },
);

export const clearingOf = (database: Statements, owner: OwnerId, { rows, clearing }: Pieces): Clearing => {
  const clearPiece = (after: typeof firstRow) =>
    database.transaction(async (statements) => {
      const clock = await statements.maybeOne(lockClock({ owner }));
      if (clock === null) return null;
      if (clock.erasing) return 'erasing';
      const {
        more,
        created_at: createdAt,
        id,
        freed,
        ...gone
      } = await statements.one(deleteCompletedTasks({ owner, rows, ...after }));
      await bury(statements, owner, gone);
      const next = more && createdAt !== null && id !== null ? { createdAt, id } : null;
      return { deleted: gone.count, next, freed };
    });
  return {
    deleteCompleted: async () => {
      const until = performance.now() + clearing;
      let after = firstRow;
      // A parent that has come before its subtasks can go after them: then all are looked at again.
      let freed = false;
      for (let deleted = 0; ; ) {
        const piece = await clearPiece(after);
        if (piece === 'erasing') throw problems.erasureInProgress();
        if (piece === null) return { deleted, hasMore: false };
        deleted += piece.deleted;
        freed ||= piece.freed;
        const hasMore = piece.next !== null || freed;
        // Those that stay are looked at again by each request, so one that has deleted nothing goes on.
        if (!hasMore || (deleted > 0 && performance.now() >= until)) return { deleted, hasMore };
        after = piece.next ?? firstRow;
        freed &&= piece.next !== null;
      }
    },
  };
};
