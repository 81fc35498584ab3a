// What keeps a change from being undone: rows that were changed later, and others that what comes back
// depends on, and that are not part of the change themselves.
import { type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import { hidden, ownedBy, subtasksOf, withId } from '../fragments.ts';
import { maxSubtasks } from '../relations.ts';
import { type Slots, statement } from '../statement.ts';
import { type ChangeSlot, latestDeletion, rowsOfChange, stateOf } from './change-rows.ts';
import type { Table } from './record.ts';

/** The most faults of a response. */
export const mostFaults = 100;

type ConflictSlots = Slots<'owner' | ChangeSlot>;

const conflictRow = z.strictObject({ id: z.string(), conflict: z.string() });

const isAsLeft = (slot: ConflictSlots, seq: FragmentSqlToken): FragmentSqlToken => sql.fragment`
  (${seq} = change_seq OR ${stateOf(slot, { seq, id: sql.fragment`part.id` })} = state_seq)
`;

// Which change has made the row what it is, to be undone first. Not in the history if none was kept then.
const byChange = (slot: ConflictSlots, seq: FragmentSqlToken): FragmentSqlToken => sql.fragment`
  coalesce((
    SELECT ', by the change ' || history.change
    FROM history
    WHERE ${ownedBy(slot, 'history')} AND history.change_seq BETWEEN ${seq} AND ${seq} AND history.id = part.id
    ORDER BY history.change_seq, history.id
    LIMIT ${hidden(1)}
  ), '')
`;

// What later changes have made is no conflict once they are undone.
const changedLater = (slot: ConflictSlots, table: Table): FragmentSqlToken => {
  const latest = latestDeletion(slot, table, sql.fragment`part.id`);
  const gone = sql.fragment`(SELECT gone_seq FROM (${latest}) AS latest)`;
  return sql.fragment`
    WHEN is_deletion AND present_seq IS NOT NULL
      THEN 'is there again' || ${byChange(slot, sql.fragment`present_seq`)}
    WHEN is_deletion AND (SELECT NOT ${isAsLeft(slot, sql.fragment`gone_seq`)} FROM (${latest}) AS latest)
      THEN 'was there again, and was deleted later' || ${byChange(slot, gone)}
    WHEN is_deletion THEN NULL
    WHEN present_seq IS NULL THEN 'was deleted later' || ${byChange(slot, gone)}
    WHEN NOT ${isAsLeft(slot, sql.fragment`present_seq`)}
      THEN 'was changed later' || ${byChange(slot, sql.fragment`present_seq`)}
  `;
};

const hasOtherSubtasks = (slot: ConflictSlots): FragmentSqlToken => sql.fragment`
  EXISTS (
    SELECT true
    FROM (${subtasksOf(slot, {
      columns: sql.fragment`id`,
      parent: sql.fragment`part.id`,
      most: maxSubtasks,
    })}) AS subtask
    WHERE NOT (subtask.id IN (SELECT unit.id FROM unit))
  )
`;

const isContinued = (slot: ConflictSlots): FragmentSqlToken => sql.fragment`
  EXISTS (
    SELECT true
    FROM tasks AS other
    WHERE ${ownedBy(slot, 'other')} AND other.series_id BETWEEN part.series_id AND part.series_id
      AND other.recurrence IS NOT NULL AND NOT (other.id IN (SELECT unit.id FROM unit))
    ORDER BY other.series_id
    LIMIT ${hidden(1)}
  )
`;

const isRevived = (id: string): FragmentSqlToken => sql.fragment`
  ${sql.identifier([id])} IN (SELECT unit.id FROM unit WHERE unit.is_deletion)
`;

const isListRevived = (slot: ConflictSlots): FragmentSqlToken => sql.fragment`
  list_id IN (SELECT list.id FROM (${rowsOfChange(slot, 'lists')}) AS list WHERE list.is_deletion)
`;

// With the parent: null where it is gone or comes back. The list of a subtask is that of its parent.
const partOf = (slot: ConflictSlots): FragmentSqlToken => sql.fragment`
  SELECT unit.*, present_seq, present_list, present_parent, present_recurrence, home_seq, home_parent, home_list,
    home_seq IS NOT NULL AND NOT (unit.parent_id IN (SELECT own.id FROM unit AS own)) AS is_below_other
  FROM unit
  LEFT JOIN LATERAL (
    SELECT change_seq AS present_seq, list_id AS present_list, parent_id AS present_parent,
      recurrence AS present_recurrence
    FROM (${withId(slot, 'tasks', {
      columns: sql.fragment`change_seq, list_id, parent_id, recurrence`,
      id: sql.fragment`unit.id`,
    })}) AS task
  ) AS present ON true
  LEFT JOIN LATERAL (
    SELECT change_seq AS home_seq, parent_id AS home_parent, list_id AS home_list
    FROM (${withId(slot, 'tasks', {
      columns: sql.fragment`change_seq, list_id, parent_id`,
      id: sql.fragment`unit.parent_id`,
    })}) AS task
  ) AS home ON true
`;

// Parents that would have too many subtasks.
const crowdedOf = (slot: ConflictSlots): FragmentSqlToken => sql.fragment`
  SELECT gaining.parent_id
  FROM (
    SELECT parent_id, count(*) AS own
    FROM part
    WHERE parent_id IS NOT NULL
    GROUP BY parent_id
    HAVING bool_or(parent_id IS DISTINCT FROM present_parent)
  ) AS gaining
  CROSS JOIN LATERAL (
    SELECT count(*) AS others
    FROM (${subtasksOf(slot, {
      columns: sql.fragment`id`,
      parent: sql.fragment`gaining.parent_id`,
      most: maxSubtasks,
    })}) AS subtask
    WHERE NOT (subtask.id IN (SELECT unit.id FROM unit))
  ) AS counted
  WHERE own + others > ${sql.literalValue(String(maxSubtasks))}
`;

// Of `judged`.
const firstConflicts = sql.fragment`
  SELECT id, conflict
  FROM judged
  WHERE conflict IS NOT NULL
  ORDER BY change_seq, id
  LIMIT ${sql.literalValue(String(mostFaults))}
`;

/** The tasks of a change that keep it from being undone, and why. */
export const listTaskConflicts = statement(
  'list_task_conflicts',
  conflictRow,
  (slot: ConflictSlots) => sql.fragment`
    WITH unit AS MATERIALIZED (${rowsOfChange(slot, 'tasks')}),
    part AS MATERIALIZED (${partOf(slot)}),
    crowded AS MATERIALIZED (${crowdedOf(slot)}),
    judged AS (
      SELECT id, change_seq, coalesce(
        CASE ${changedLater(slot, 'tasks')} END,
        CASE WHEN is_creation AND ${hasOtherSubtasks(slot)} THEN 'has subtasks that came later' END,
        CASE
          WHEN parent_id IS NULL OR parent_id IS NOT DISTINCT FROM present_parent THEN NULL
          WHEN home_seq IS NULL AND NOT ${isRevived('parent_id')} THEN 'its parent no longer exists'
          WHEN is_below_other AND home_parent IS NOT NULL THEN 'its parent is a subtask now'
          WHEN parent_id IN (SELECT crowded.parent_id FROM crowded) THEN 'its parent would have too many subtasks'
          WHEN NOT is_deletion AND ${hasOtherSubtasks(slot)} THEN 'would be a subtask, but has subtasks'
        END,
        CASE
          WHEN is_below_other OR list_id IS NULL OR list_id IS NOT DISTINCT FROM present_list THEN NULL
          WHEN NOT EXISTS (
            SELECT true
            FROM (${withId(slot, 'lists', { columns: sql.fragment`id`, id: sql.fragment`part.list_id` })}) AS list
          ) AND NOT ${isListRevived(slot)} THEN 'its list no longer exists'
        END,
        CASE
          WHEN is_deletion OR is_creation THEN NULL
          WHEN CASE WHEN is_below_other THEN home_list ELSE list_id END IS DISTINCT FROM present_list
            AND ${hasOtherSubtasks(slot)} THEN 'would go to another list, and has subtasks that came later'
        END,
        CASE
          WHEN recurrence IS NOT NULL AND present_recurrence IS NULL AND ${isContinued(slot)}
            THEN 'another task of its series recurs'
        END
      ) AS conflict
      FROM part
    )
    ${firstConflicts}
  `,
);

// Its tasks that are part of the change are deleted with it, or go back where they came from.
const hasOtherTasks = (slot: ConflictSlots): FragmentSqlToken => sql.fragment`
  EXISTS (
    SELECT true
    FROM tasks
    WHERE ${ownedBy(slot, 'tasks')} AND tasks.list_id BETWEEN part.id AND part.id AND NOT (tasks.id IN (SELECT unit.id FROM unit))
    ORDER BY tasks.list_id, tasks.completed, tasks.position, tasks.id
    LIMIT ${hidden(1)}
  )
`;

/** The same of lists. */
export const listListConflicts = statement(
  'list_list_conflicts',
  conflictRow,
  (slot: ConflictSlots) => sql.fragment`
    WITH unit AS MATERIALIZED (${rowsOfChange(slot, 'tasks')}),
    part AS MATERIALIZED (
      SELECT list.*, present.change_seq AS present_seq
      FROM (${rowsOfChange(slot, 'lists')}) AS list
      LEFT JOIN LATERAL (
        ${withId(slot, 'lists', { columns: sql.fragment`change_seq`, id: sql.fragment`list.id` })}
      ) AS present ON true
    ),
    judged AS (
      SELECT id, change_seq, coalesce(
        CASE ${changedLater(slot, 'lists')} END,
        CASE WHEN is_creation AND ${hasOtherTasks(slot)} THEN 'has tasks that came later' END
      ) AS conflict
      FROM part
    )
    ${firstConflicts}
  `,
);

// A renewal changes no order. What was placed between its rows later would come to another place when
// they get their former positions.
const placedBetween = (table: Table) => {
  const position = sql.identifier([table, 'position']);
  return statement(
    `list_placed_between:${table}`,
    conflictRow,
    (slot: ConflictSlots) => sql.fragment`
      WITH unit AS MATERIALIZED (${rowsOfChange(slot, table)}),
      positions AS MATERIALIZED (
        SELECT unit.position FROM unit
        UNION ALL
        SELECT present.position
        FROM unit
        CROSS JOIN LATERAL (
          ${withId(slot, table, { columns: sql.fragment`position::text AS position`, id: sql.fragment`unit.id` })}
        ) AS present
      )
      SELECT id, 'was placed between them later' AS conflict
      FROM ${sql.identifier([table])}
      WHERE ${ownedBy(slot, table)} AND NOT (id IN (SELECT unit.id FROM unit))
        AND ${position} BETWEEN (SELECT min(positions.position) FROM positions) AND (SELECT max(positions.position) FROM positions)
      ORDER BY ${position}, id
      LIMIT ${sql.literalValue(String(mostFaults))}
    `,
  );
};

/** The same of a renewal of positions. */
export const listPlacedBetween = { tasks: placedBetween('tasks'), lists: placedBetween('lists') };
