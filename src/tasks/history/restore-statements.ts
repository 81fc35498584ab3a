// The SQL of a restore: the version that is asked for, what it depends on, and its writing.
import { sql } from 'slonik';
import { z } from 'zod';
import { columnNames, nullColumns, recordColumns, taskColumns, taskRow } from '../columns.ts';
import { hidden, hideFromPlanner, ownedBy, subtasksOf, withId } from '../fragments.ts';
import { maxSubtasks } from '../relations.ts';
import { type Slots, statement } from '../statement.ts';
import { takeNumber } from '../tombstones.ts';
import { latestDeletion } from './change-rows.ts';
import { type EarlierSlot, earlierRows, recordedRows, writtenRows } from './earlier-rows.ts';
import { asFormer, recorded } from './record.ts';
import { isRemembered } from './remembered.ts';

/** How many changes of a task are followed back at most; what is before them counts as forgotten. */
const mostVersions = 100_000;

const uuid = sql.fragment`uuid`;

const common = { seq: z.bigint(), at: z.string() };
const foundRow = z.union([
  z.object({ ...common, kind: z.literal('clock'), id: z.null(), deletion: z.bigint().nullable() }),
  // The task as it is, as it was when it was deleted, or the version that is asked for.
  taskRow.extend({ ...common, kind: z.enum(['present', 'last', 'wanted']), deletion: z.bigint().nullable() }),
]);

type FindSlots = Slots<'owner' | 'id' | 'version' | 'historyDays'>;

// What a task was before a change, from the history, with its own id and owner.
const imageOf = (slot: FindSlots) =>
  sql.fragment`${sql.join(
    columnNames.map((name) => {
      if (name === 'owner_id') return sql.fragment`${slot.owner}`;
      return name === 'id' ? sql.fragment`${slot.id}::uuid` : sql.identifier([name]);
    }),
    sql.fragment`, `,
  )}`;

// The change of the task with a number, by the primary key of the history.
const changeOf = (slot: FindSlots, seq: ReturnType<typeof hidden>) => sql.fragment`
  SELECT history.change_seq, history.former_seq, history.version
  FROM history
  WHERE ${ownedBy(slot, 'history')} AND history.change_seq BETWEEN ${seq} AND ${seq}
    AND history.id = ${hideFromPlanner(slot.id, uuid)} AND NOT history.is_list AND ${isRemembered(slot)}
  ORDER BY history.change_seq, history.id
  LIMIT ${hidden(1)}
`;

const recordedAt = (slot: FindSlots, seq: ReturnType<typeof hidden>) => sql.fragment`
  SELECT ${imageOf(slot)}
  FROM history
  WHERE ${ownedBy(slot, 'history')} AND history.change_seq BETWEEN ${seq} AND ${seq}
    AND history.id = ${hideFromPlanner(slot.id, uuid)} AND NOT history.is_list
  ORDER BY history.change_seq, history.id
  LIMIT ${hidden(1)}
`;

/**
 * The task, or its last version if it was deleted, and the version that is asked for: what it was
 * before the change after that version. The first row holds the number of the latest change alone.
 */
export const findVersion = statement(
  'find_version',
  foundRow,
  (slot: FindSlots) => sql.fragment`
    WITH RECURSIVE present AS MATERIALIZED (
      ${withId(slot, 'tasks', {
        columns: sql.fragment`${taskColumns}, change_seq`,
        id: hideFromPlanner(slot.id, uuid),
      })}
    ),
    buried AS MATERIALIZED (
      SELECT gone_seq AS seq
      FROM (${latestDeletion(slot, 'tasks', hideFromPlanner(slot.id, uuid))}) AS latest
      WHERE NOT EXISTS (SELECT true FROM present)
    ),
    latest AS MATERIALIZED (SELECT coalesce((SELECT change_seq FROM present), (SELECT seq FROM buried)) AS seq),
    chain AS (
      SELECT change.change_seq, change.former_seq, change.version, 1 AS depth
      FROM latest
      CROSS JOIN LATERAL (${changeOf(slot, sql.fragment`latest.seq`)}) AS change
      UNION ALL
      SELECT change.change_seq, change.former_seq, change.version, depth + 1
      FROM chain
      CROSS JOIN LATERAL (${changeOf(slot, sql.fragment`chain.former_seq`)}) AS change
      WHERE depth < ${sql.literalValue(String(mostVersions))}::integer
        AND coalesce(chain.version > ${slot.version}::integer, true)
    ),
    clock AS (
      SELECT seq::bigint AS seq, clock_timestamp() AS at
      FROM owner_clock
      WHERE ${ownedBy(slot, 'owner_clock')}
    )
    SELECT seq, at, kind, deletion, ${taskColumns}
    FROM (
      SELECT 'clock' AS kind, NULL::bigint AS deletion, ${nullColumns()}
      UNION ALL
      SELECT 'present', NULL, ${taskColumns} FROM present
      UNION ALL
      SELECT 'last', buried.seq::bigint, earlier.*
      FROM buried
      CROSS JOIN LATERAL (${recordedAt(slot, sql.fragment`buried.seq`)}) AS earlier
      WHERE EXISTS (SELECT true FROM chain)
      UNION ALL
      SELECT 'wanted', NULL, earlier.*
      FROM (SELECT change_seq FROM chain WHERE version = ${slot.version}::integer LIMIT 1) AS following
      CROSS JOIN LATERAL (${recordedAt(slot, sql.fragment`following.change_seq`)}) AS earlier
    ) AS found
    CROSS JOIN clock
  `,
);

const homeRow = z.strictObject({
  has_list: z.boolean(),
  /** Whether there is such a task, which can have one more subtask. */
  has_parent: z.boolean(),
  parent_list: z.string().nullable(),
  has_subtasks: z.boolean(),
  is_continued: z.boolean(),
});

/** What there is of the list, the parent and the series that a version names. */
export const findHome = statement(
  'find_home',
  homeRow,
  (slot: Slots<'owner' | 'id' | 'list_id' | 'parent_id' | 'series_id'>) => sql.fragment`
    SELECT
      EXISTS (
        SELECT true FROM lists WHERE ${ownedBy(slot, 'lists')} AND lists.id = ${hideFromPlanner(slot.list_id, uuid)}
      ) AS has_list,
      coalesce(parent.is_free, false) AS has_parent, parent.list_id AS parent_list,
      EXISTS (
        SELECT true FROM tasks AS subtask WHERE ${ownedBy(slot, 'subtask')} AND subtask.parent_id = ${slot.id}::uuid
      ) AS has_subtasks,
      EXISTS (
        SELECT true
        FROM tasks AS other
        WHERE ${ownedBy(slot, 'other')} AND other.series_id = ${hideFromPlanner(slot.series_id, uuid)}
          AND other.recurrence IS NOT NULL AND other.id <> ${slot.id}::uuid
      ) AS is_continued
    FROM (SELECT true) AS task
    LEFT JOIN LATERAL (
      SELECT tasks.list_id, tasks.parent_id IS NULL AND tasks.id <> ${slot.id}::uuid AND (
        SELECT count(*) < ${sql.literalValue(String(maxSubtasks))}
        FROM (${subtasksOf(slot, {
          columns: sql.fragment`id`,
          parent: hideFromPlanner(slot.parent_id, uuid),
          most: maxSubtasks,
        })}) AS subtask
        WHERE subtask.id <> ${slot.id}::uuid
      ) AS is_free
      FROM tasks
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.id = ${hideFromPlanner(slot.parent_id, uuid)}
    ) AS parent ON true
  `,
);

type RestoreSlot = EarlierSlot | 'record' | 'deletion' | 'list_id' | 'id';

// The subtasks go with their parent.
const followed = (slot: Slots<RestoreSlot>) => sql.fragment`
  following AS MATERIALIZED (
    SELECT id, ${slot.seq}::bigint AS seq, ${slot.at}::timestamptz AS at, ${asFormer('tasks')}
    FROM tasks
    WHERE ${ownedBy(slot, 'tasks')} AND list_id IS DISTINCT FROM ${slot.list_id}::uuid
      AND tasks.parent_id BETWEEN ${hideFromPlanner(slot.id, uuid)} AND ${hideFromPlanner(slot.id, uuid)}
    ORDER BY tasks.parent_id, tasks.position, tasks.id
    LIMIT ${hidden(maxSubtasks)}
  ),
  followed AS (
    UPDATE tasks
    SET list_id = ${slot.list_id}::uuid, updated_at = ${slot.at}::timestamptz, version = tasks.version + 1,
      change_seq = ${slot.seq}::bigint
    WHERE ${ownedBy(slot, 'tasks')} AND tasks.parent_id = ${slot.id}::uuid
      AND tasks.list_id IS DISTINCT FROM ${slot.list_id}::uuid
  ),
  recorded_following AS (${recorded(slot, {
    from: sql.fragment`following`,
    how: 'update',
    total: sql.fragment`(SELECT count(*)::integer + 1 FROM following)`,
  })})
`;

/** Writes the task, which is a new version of itself, or is there again after `deletion`. */
export const restoreTask = statement(
  'restore_task',
  taskRow,
  (slot: Slots<RestoreSlot>) => sql.fragment`
    WITH ${earlierRows(
      slot,
      'tasks',
      sql.fragment`
        SELECT *, ${slot.deletion}::bigint AS change_seq, NULL::bigint AS earlier_seq, false AS is_creation
        FROM jsonb_to_recordset(${slot.record}::jsonb) AS record (${recordColumns})
      `,
    )},
    clock AS (${takeNumber(slot)}),
    ${followed(slot)},
    written AS (${writtenRows(slot, 'tasks')}),
    recorded AS (${recordedRows(slot, 'tasks', { more: sql.fragment`(SELECT count(*)::integer FROM following)` })})
    SELECT ${taskColumns} FROM written
  `,
);
