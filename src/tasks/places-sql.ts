// Where a task is: its list, its parent and its position, in statements that see what they read as
// it is while they hold the owner's clock (`nextChangeAsSeen`). A query without a row stands for what
// does not fit; the rules are those of relations.ts.
import { type FragmentSqlToken, sql } from 'slonik';
import type { TaskUpdate } from './columns.ts';
import { hideFromPlanner, ownedBy } from './fragments.ts';
import { longKeyLength } from './position.ts';
import { maxSubtasks } from './relations.ts';
import type { Slots, Value } from './statement.ts';

/** What a place binds. */
export type PlaceSlot = 'isFirst' | 'isLast' | 'before' | 'after';

/** The values of a place; of none where it is absent. */
export const valuesOfPlace = ({
  first,
  last,
  before,
  after,
}: NonNullable<TaskUpdate['place']> = {}): Record<PlaceSlot, Value> => ({
  isFirst: first ?? false,
  isLast: last ?? false,
  before: before ?? null,
  after: after ?? null,
});

/** Whether the task has subtasks. */
export const hasSubtasks = (slot: Slots<'owner' | 'id'>): FragmentSqlToken => sql.fragment`
  EXISTS (SELECT true FROM tasks AS subtask WHERE ${ownedBy(slot, 'subtask')} AND subtask.parent_id = ${slot.id}::uuid)
`;

// Whether a value is there: the planner must not see it, or it would plan for each value anew, where
// that saves it the look-ups of what is absent.
const hidden = (value: string) => hideFromPlanner(value, sql.fragment`uuid`);
const isNull = (value: string) => sql.fragment`${hidden(value)} IS NULL`;
const isTrue = (value: string) => hideFromPlanner(value, sql.fragment`boolean`);

type HomeSlots = Slots<'owner' | 'list_id' | 'parent_id'>;

const listExists = (slot: HomeSlots) =>
  sql.fragment`EXISTS (SELECT true FROM lists WHERE ${ownedBy(slot, 'lists')} AND lists.id = ${hidden(slot.list_id)})`;

const parentOf = (slot: HomeSlots) => sql.fragment`
  SELECT true AS found, list_id
  FROM tasks
  WHERE ${ownedBy(slot, 'tasks')} AND tasks.id = ${hidden(slot.parent_id)} AND tasks.parent_id IS NULL
`;

const hasRoom = (slot: HomeSlots) => sql.fragment`
  (
    SELECT count(*) < ${sql.literalValue(String(maxSubtasks))}::bigint
    FROM (
      SELECT true
      FROM tasks AS subtask
      WHERE ${ownedBy(slot, 'subtask')} AND subtask.parent_id = ${hidden(slot.parent_id)}
      LIMIT ${sql.literalValue(String(maxSubtasks))}::bigint
    ) AS counted
  )
`;

/** `to_list`: the list of a new task, that of its parent if it has one. */
export const homeOf = (slot: HomeSlots): FragmentSqlToken => sql.fragment`
  SELECT CASE WHEN ${isNull(slot.parent_id)} THEN ${slot.list_id}::uuid ELSE parent.list_id END AS to_list
  FROM (SELECT true) AS task
  LEFT JOIN (${parentOf(slot)}) AS parent ON true
  WHERE (${isNull(slot.parent_id)} OR (coalesce(found, false) AND ${hasRoom(slot)}))
    AND (
      ${isNull(slot.list_id)}
      OR CASE
        WHEN ${isNull(slot.parent_id)} THEN ${listExists(slot)}
        ELSE coalesce(parent.list_id = ${slot.list_id}::uuid, false)
      END
    )
`;

/** `to_list`: the list that a task has after a change of its list or parent. */
export const newHomeOf = (
  slot: HomeSlots & Slots<'id' | 'sets_list_id' | 'sets_parent_id'>,
): FragmentSqlToken => sql.fragment`
  SELECT CASE
    WHEN NOT (${isNull(slot.parent_id)}) THEN parent.list_id
    WHEN ${slot.sets_list_id}::boolean THEN ${slot.list_id}::uuid
    ELSE present.list_id
  END AS to_list
  FROM (
    SELECT list_id, parent_id FROM tasks WHERE ${ownedBy(slot, 'tasks')} AND tasks.id = ${slot.id}::uuid
  ) AS present
  LEFT JOIN (${parentOf(slot)}) AS parent ON true
  WHERE (${isNull(slot.list_id)} OR ${listExists(slot)})
    AND CASE
      WHEN NOT (${isNull(slot.parent_id)}) THEN
        coalesce(found, false)
        AND ${slot.parent_id}::uuid <> ${slot.id}::uuid
        AND NOT ${hasSubtasks(slot)}
        AND (present.parent_id IS NOT DISTINCT FROM ${slot.parent_id}::uuid OR ${hasRoom(slot)})
        AND (NOT ${slot.sets_list_id}::boolean OR parent.list_id IS NOT DISTINCT FROM ${slot.list_id}::uuid)
      WHEN present.parent_id IS NOT NULL AND NOT ${slot.sets_parent_id}::boolean THEN
        NOT ${slot.sets_list_id}::boolean OR present.list_id IS NOT DISTINCT FROM ${slot.list_id}::uuid
      ELSE true
    END
`;

// The positions between which a place is, next to those of other tasks; null is an end.
const boundsOf = (slot: Slots<'owner' | 'id' | PlaceSlot>): FragmentSqlToken => {
  const other = sql.fragment`${ownedBy(slot, 'tasks')} AND tasks.id <> ${slot.id}::uuid`;
  return sql.fragment`
    SELECT seq, anchor.position AS anchor,
      CASE
        WHEN NOT (${isNull(slot.after)}) THEN anchor.position
        WHEN NOT ${isTrue(slot.isFirst)} THEN (
          SELECT tasks.position
          FROM tasks
          WHERE ${other} AND tasks.position < coalesce(anchor.position, 'q')
          ORDER BY tasks.position DESC
          LIMIT 1
        )
      END AS lower,
      CASE
        WHEN NOT (${isNull(slot.before)}) THEN anchor.position
        WHEN NOT ${isTrue(slot.isLast)} THEN (
          SELECT tasks.position
          FROM tasks
          WHERE ${other} AND tasks.position > coalesce(anchor.position, '')
          ORDER BY tasks.position
          LIMIT 1
        )
      END AS upper
    FROM next_change
    LEFT JOIN (
      SELECT position
      FROM tasks
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.id = coalesce(${slot.before}::uuid, ${slot.after}::uuid)
    ) AS anchor ON true
    WHERE ${isTrue(slot.isFirst)} OR ${isTrue(slot.isLast)}
      OR (anchor.position IS NOT NULL AND coalesce(${slot.before}::uuid, ${slot.after}::uuid) <> ${slot.id}::uuid)
  `;
};

/**
 * `bounds` and `placed`, whose `to_position` is the position that a place stands for. That of the
 * task, `present`, stays if it is at the place. The upper bound after the last task is the position
 * of the change's own number, so that the next new task still comes last.
 */
export const placedBy = (
  slot: Slots<'owner' | 'id' | PlaceSlot>,
  { present }: { readonly present: FragmentSqlToken },
): FragmentSqlToken => sql.fragment`
  bounds AS MATERIALIZED (${boundsOf(slot)}),
  placed AS MATERIALIZED (
    SELECT CASE
      WHEN present > coalesce(lower, '') AND present < coalesce(upper, 'q') THEN present
      WHEN upper IS NOT NULL THEN task_key_between(lower, upper)
      WHEN coalesce(lower, '') < task_creation_key(seq, 0) THEN
        CASE
          WHEN ${isNull(slot.after)} THEN task_creation_key(seq, 0)
          ELSE task_key_between(lower, task_creation_key(seq, 0))
        END
      ELSE task_key_between(lower, NULL)
    END AS to_position
    FROM bounds
    CROSS JOIN (SELECT (${present}) COLLATE "C" AS present) AS task
  )
`;

/** Whether there is room at the place; otherwise the positions around it must be renewed first. */
export const isShort = sql.fragment`
  char_length(to_position) <= ${sql.literalValue(String(longKeyLength))}::integer
`;
