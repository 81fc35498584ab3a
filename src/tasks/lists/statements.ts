// The SQL of lists. Writes lock the owner's clock first, as those of tasks do, so that a list cannot
// be deleted while a task is put into it. A statement that reads other rows than the one that it
// writes (the number of lists, the tasks in a list) writes nothing if it had to wait for the clock:
// it has not seen what the others have written.
import { sql } from 'slonik';
import { z } from 'zod';
import {
  believedOne,
  firstOf,
  hideFromPlanner,
  mostRows,
  moveClock,
  nextChange,
  nextChangeAsSeen,
  ownedBy,
  subtasksOf,
  withId,
} from '../fragments.ts';
import { clockText, isKnown } from '../list-tag.ts';
import { maxNames } from '../metadata.ts';
import { areMet } from '../precondition-sql.ts';
import { maxSubtasks } from '../relations.ts';
import { type Slots, statement } from '../statement.ts';
import { goneColumns, goneRow } from '../tombstones.ts';
import {
  assignments,
  type ChangeName,
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
  RETURNING ${listColumnsOf('changed')}
`;

export const getList = statement(
  'get_list',
  listRow,
  (slot: Slots<'owner' | 'id'>) =>
    sql.fragment`SELECT ${listColumns} FROM lists WHERE ${ownedBy(slot, 'lists')} AND id = ${slot.id}`,
);

export const createList = statement(
  'create_list',
  listRow,
  (slot: Slots<'owner' | 'id' | WritableName>) => sql.fragment`
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
      RETURNING ${listColumns}, change_seq AS seq
    )
    ${moveClockOf(slot)}
  `,
);

export const updateList = statement(
  'update_list',
  listRow,
  (slot: Slots<'owner' | 'id' | 'match' | 'noneMatch' | ChangeName>) => sql.fragment`
    WITH ${nextChange(slot)},
    changed AS (
      UPDATE lists
      SET ${assignments(slot)}, updated_at = at, version = version + 1, change_seq = seq
      FROM next_change
      WHERE ${ownedBy(slot, 'lists')} AND id = ${slot.id} AND ${areMet(slot)} AND ${staySmall(slot, maxNames)}
      RETURNING ${listColumns}, change_seq AS seq
    )
    ${moveClockOf(slot)}
  `,
);

const taskIn = (slot: Slots<'owner' | 'id'>) => sql.fragment`
  SELECT true FROM tasks WHERE ${ownedBy(slot, 'tasks')} AND list_id = ${slot.id}::uuid
`;

/** Deletes a list in which no tasks are. */
export const deleteEmptyList = statement(
  'delete_empty_list',
  listRow,
  (slot: Slots<'owner' | 'id' | 'match' | 'noneMatch'>) => sql.fragment`
    WITH ${nextChangeAsSeen(slot)},
    changed AS (
      DELETE FROM lists
      USING next_change
      WHERE ${ownedBy(slot, 'lists')} AND id = ${slot.id} AND ${areMet(slot)} AND NOT EXISTS (${taskIn(slot)})
      RETURNING ${listColumns}, seq, at
    ),
    buried AS (
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at, is_list)
      SELECT ${slot.owner}, id, seq, at, true
      FROM changed
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
// They are written by their place; the clock is locked, so places stay.
const familiesOf = (slot: Slots<'owner' | 'id' | 'rows'>) => {
  const root = sql.fragment`roots.id`;
  const place = sql.fragment`ctid AS place`;
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
    families AS MATERIALIZED (
      SELECT place
      FROM (SELECT id FROM sized WHERE before < ${slot.rows}::bigint) AS roots
      CROSS JOIN LATERAL (
        (${withId(slot, 'tasks', { columns: place, id: root })})
        UNION ALL
        (${subtasksOf(slot, { columns: place, parent: root, most: maxSubtasks })})
      ) AS member
    ),
    places AS MATERIALIZED (${believedOne(sql.fragment`SELECT place FROM families`, mostRows + maxSubtasks + 1)})
  `;
};

// Whether there may be others.
const areMore = (slot: Slots<'rows'>) => sql.fragment`
  (SELECT count(*) FROM found) = ${slot.rows}::bigint
    OR EXISTS (SELECT true FROM sized WHERE before >= ${slot.rows}::bigint)
`;

/** Deletes some of the tasks in a list, without tombstones. The clock is locked. */
export const deleteTasksOfList = statement(
  'delete_tasks_of_list',
  goneRow.extend({ more: z.boolean() }),
  (slot: Slots<'owner' | 'id' | 'rows'>) => sql.fragment`
    WITH ${nextChange(slot)},
    ${familiesOf(slot)},
    gone AS (
      DELETE FROM tasks
      USING next_change CROSS JOIN places
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.ctid = places.place
      RETURNING tasks.id, seq
    ),
    changed AS (SELECT seq FROM gone LIMIT 1),
    moved AS (${moveClock(slot)})
    SELECT ${goneColumns}, ${areMore(slot)} AS more FROM next_change
  `,
);

/** Moves some of the tasks in a list to the inbox. The clock is locked. */
export const detachTasksOfList = statement(
  'detach_tasks_of_list',
  z.strictObject({ tasks: z.int(), more: z.boolean() }),
  (slot: Slots<'owner' | 'id' | 'rows'>) => sql.fragment`
    WITH ${nextChange(slot)},
    ${familiesOf(slot)},
    written AS (
      UPDATE tasks
      SET list_id = NULL, updated_at = at, version = version + 1, change_seq = seq
      FROM next_change CROSS JOIN places
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.ctid = places.place
      RETURNING seq
    ),
    changed AS (SELECT seq FROM written LIMIT 1),
    moved AS (${moveClock(slot)})
    SELECT (SELECT count(*)::int4 FROM written) AS tasks, ${areMore(slot)} AS more
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
