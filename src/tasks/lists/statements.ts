// The SQL of lists. Writes lock the owner's clock first, as those of tasks do, so that a list cannot
// be deleted while a task is put into it. A statement that reads other rows than the one that it
// writes (the number of lists, the tasks in a list) writes nothing if it had to wait for the clock:
// it has not seen what the others have written.
import { sql } from 'slonik';
import { z } from 'zod';
import {
  firstOf,
  hideFromPlanner,
  moveClock,
  nextChange,
  nextChangeAsSeen,
  ownedBy,
  subtasksOf,
  withId,
} from '../fragments.ts';
import type { RecordSlot } from '../history/author.ts';
import { formerColumns, formerOf, recorded } from '../history/record.ts';
import { clockText, isKnown } from '../list-tag.ts';
import { maxNames } from '../metadata.ts';
import { areMet } from '../precondition-sql.ts';
import { maxSubtasks } from '../relations.ts';
import { type Slots, statement } from '../statement.ts';
import { type PieceSlot, pieceOf, pieceRow, presentOf, takeNumber } from '../tombstones.ts';
import {
  assignments,
  type ChangeName,
  changedListRow,
  listColumns,
  listColumnsOf,
  listRow,
  nullListColumns,
  staySmall,
  type WritableName,
  writableColumns,
  writableValues,
} from './columns.ts';
import { maxLists } from './operations.ts';

// Returns the list that has changed.
const moveClockOf = (slot: Slots<'owner'>) => sql.fragment`
  ${moveClock(slot)}
  RETURNING ${listColumnsOf('changed')}, changed.seq AS change
`;

export const getList = statement(
  'get_list',
  listRow,
  (slot: Slots<'owner' | 'id'>) =>
    sql.fragment`SELECT ${listColumns} FROM lists WHERE ${ownedBy(slot, 'lists')} AND id = ${slot.id}`,
);

export const createList = statement(
  'create_list',
  changedListRow,
  (slot: Slots<'owner' | 'id' | WritableName | RecordSlot>) => sql.fragment`
    WITH ${nextChangeAsSeen(slot)},
    changed AS (
      INSERT INTO lists (owner_id, id, ${writableColumns}, position, created_at, updated_at, change_seq)
      SELECT ${slot.owner}, ${slot.id}::uuid, ${writableValues(slot)}, task_creation_key(seq, 0), at, at, seq
      FROM next_change
      WHERE (SELECT count(*) FROM lists WHERE ${ownedBy(slot, 'lists')}) < ${sql.literalValue(String(maxLists))}::bigint
        AND NOT EXISTS (
          SELECT true
          FROM task_tombstones
          WHERE ${ownedBy(slot, 'task_tombstones')} AND id = ${slot.id}::uuid AND is_list
        )
      ON CONFLICT (owner_id, id) DO NOTHING
      RETURNING ${listColumns}, change_seq AS seq, created_at AS at
    ),
    recorded AS (${recorded(slot, { from: sql.fragment`changed`, table: 'lists', how: 'create' })})
    ${moveClockOf(slot)}
  `,
);

export const updateList = statement(
  'update_list',
  changedListRow,
  (slot: Slots<'owner' | 'id' | 'match' | 'noneMatch' | ChangeName | RecordSlot>) => sql.fragment`
    WITH ${nextChange(slot)},
    changed AS (
      UPDATE lists
      SET ${assignments(slot)}, updated_at = at, version = version + 1, change_seq = seq
      FROM next_change
      CROSS JOIN ${formerOf(slot, 'lists')}
      WHERE ${ownedBy(slot, 'lists')} AND id = ${slot.id} AND version = former_version
        AND ${areMet(slot)} AND ${staySmall(slot, maxNames)}
      RETURNING ${listColumns}, seq, at, ${formerColumns('lists')}
    ),
    recorded AS (${recorded(slot, { from: sql.fragment`changed`, table: 'lists', how: 'update' })})
    ${moveClockOf(slot)}
  `,
);

const taskIn = (slot: Slots<'owner' | 'id'>) => sql.fragment`
  SELECT true FROM tasks WHERE ${ownedBy(slot, 'tasks')} AND list_id = ${slot.id}::uuid
`;

/**
 * Deletes a list in which no tasks are, at the end of the change `change` that has already written
 * `written` tasks; null and 0 if the deletion is the whole change.
 */
export const deleteEmptyList = statement(
  'delete_empty_list',
  changedListRow,
  (slot: Slots<'owner' | 'id' | 'match' | 'noneMatch' | 'change' | 'written' | RecordSlot>) => sql.fragment`
    WITH ${nextChangeAsSeen(slot)},
    changed AS (
      DELETE FROM lists
      USING next_change
      WHERE ${ownedBy(slot, 'lists')} AND id = ${slot.id} AND ${areMet(slot)} AND NOT EXISTS (${taskIn(slot)})
      RETURNING ${listColumns}, change_seq AS former_seq, seq, at
    ),
    buried AS (
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at, is_list)
      SELECT ${slot.owner}, id, seq, at, true
      FROM changed
    ),
    recorded AS (
      ${recorded(slot, {
        from: sql.fragment`changed`,
        table: 'lists',
        how: 'delete',
        change: sql.fragment`coalesce(${slot.change}::bigint, seq)`,
        total: sql.fragment`1 + ${slot.written}::integer`,
      })}
    )
    ${moveClockOf(slot)}
  `,
);

export const hasTasks = statement(
  'list_has_tasks',
  z.strictObject({ found: z.boolean() }),
  (slot: Slots<'owner' | 'id'>) => sql.fragment`SELECT EXISTS (${taskIn(slot)}) AS found`,
);

// The first tasks of the list with their families, so that no subtask is ever without its parent or
// in another list than it: as many families as have `rows` tasks together, and one more at most.
const familiesOf = (slot: Slots<'owner' | 'id' | 'rows'>) => {
  const root = sql.fragment`roots.id`;
  const columns = sql.fragment`id`;
  return sql.fragment`
    found AS MATERIALIZED (${firstOf(
      sql.fragment`
        SELECT id, parent_id
        FROM tasks
        WHERE ${ownedBy(slot, 'tasks')} AND list_id = ${hideFromPlanner(slot.id, sql.fragment`uuid`)}
        ORDER BY completed, position, id
      `,
      slot.rows,
    )}),
    sized AS MATERIALIZED (
      SELECT roots.id, sum(subtasks + 1) OVER (ORDER BY roots.id ROWS UNBOUNDED PRECEDING) - subtasks - 1 AS before
      FROM (SELECT DISTINCT coalesce(parent_id, id) AS id FROM found) AS roots
      CROSS JOIN LATERAL (
        SELECT count(*) AS subtasks
        FROM (${subtasksOf(slot, { columns: sql.fragment`true`, parent: root, most: maxSubtasks })}) AS subtask
      ) AS family
    ),
    piece AS MATERIALIZED (
      SELECT member.id
      FROM (SELECT id FROM sized WHERE before < ${slot.rows}::bigint) AS roots
      CROSS JOIN LATERAL (
        (${withId(slot, 'tasks', { columns, id: root })})
        UNION ALL
        (${subtasksOf(slot, { columns, parent: root, most: maxSubtasks })})
      ) AS member
    )
  `;
};

// Whether there may be others.
const areMore = (slot: Slots<'rows'>) => sql.fragment`
  (SELECT count(*) FROM found) = ${slot.rows}::bigint
    OR EXISTS (SELECT true FROM sized WHERE before >= ${slot.rows}::bigint)
`;

const recordTasksOfList = (name: string, { isDeletion }: { readonly isDeletion: boolean }) =>
  statement(name, pieceRow.extend({ more: z.boolean() }), (slot: Slots<PieceSlot | 'id' | 'rows'>) => {
    const { queries, columns } = pieceOf(slot, { isDeletion });
    return sql.fragment`
      WITH ${nextChange(slot)},
      ${familiesOf(slot)},
      ${queries}
      SELECT ${columns}, ${areMore(slot)} AS more FROM next_change
    `;
  });

/** Record that some of the tasks in a list are deleted, or moved to the inbox. The clock is locked. */
export const recordDeletion = recordTasksOfList('record_deletion', { isDeletion: true });
export const recordDetachment = recordTasksOfList('record_detachment', { isDeletion: false });

/** Moves those tasks to the inbox, by their place; the clock is locked, so places stay. */
export const detachTasks = statement(
  'detach_tasks',
  z.strictObject({}),
  (slot: Slots<'owner' | 'ids' | 'seq' | 'at'>) => sql.fragment`
    WITH written AS (
      UPDATE tasks
      SET list_id = NULL, updated_at = ${slot.at}::timestamptz, version = version + 1,
        change_seq = ${slot.seq}::bigint
      FROM ${presentOf(slot)}
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.ctid = present.place
    )
    ${takeNumber(slot)}
  `,
);

export type PageSlot = 'owner' | 'page' | 'known' | 'position' | 'id' | 'limit';

const pageRow = z.union([listRow.extend({ clock: z.null() }), z.object({ clock: z.string(), id: z.null() })]);

// The first row is the owner's clock. While the tag is a known one, the lists are not even looked
// at.
export const listLists = statement(
  'list_lists',
  pageRow,
  (slot: Slots<PageSlot>) => sql.fragment`
    SELECT clock, ${listColumns}
    FROM (
      SELECT coalesce(${clockText(slot)}, '') AS clock, ${nullListColumns()}
      UNION ALL
      (
        SELECT NULL, ${listColumns}
        FROM lists
        WHERE ${ownedBy(slot, 'lists')} AND NOT ${isKnown(slot)}
          AND (position, id) > (${hideFromPlanner(slot.position, sql.fragment`text`)}, ${hideFromPlanner(slot.id, sql.fragment`uuid`)})
        ORDER BY position, id
        LIMIT ${hideFromPlanner(slot.limit, sql.fragment`bigint`)}
      )
    ) AS page
    ORDER BY clock NULLS LAST, position, id
  `,
);
