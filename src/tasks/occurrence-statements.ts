// The completion of a recurring task in one statement, with the task that follows. What both are to
// be has been worked out on the task as it was read, so the statement writes only while the task has
// that version and no other write has come in between; otherwise it writes nothing, and the batch
// begins anew with the clock locked.
import { sql } from 'slonik';
import type { z } from 'zod';
import {
  changedTaskRow,
  recordColumns,
  type TaskUpdate,
  taskColumnsOf,
  taskRow,
  writableColumns,
  writableNames,
} from './columns.ts';
import { changed } from './content.ts';
import { moveClock, nextChangeAsSeen, ownedBy } from './fragments.ts';
import type { RecordSlot, valuesOfAuthor } from './history/author.ts';
import { formerColumns, formerOf, recorded } from './history/record.ts';
import { hasTooMany } from './metadata.ts';
import { isShort } from './places-sql.ts';
import { maxVersion } from './precondition.ts';
import { successorId } from './recurrence/successor-id.ts';
import { isFieldFault } from './relations.ts';
import { finished, recurring } from './series.ts';
import { type Slots, statement } from './statement.ts';

const presentTaskRow = taskRow.extend({ read_at: taskRow.shape.created_at });

/** A task, and when it was read. */
export type PresentTask = z.infer<typeof presentTaskRow>;

export const getTaskNow = statement(
  'get_task_now',
  presentTaskRow,
  (slot: Slots<'owner' | 'id'>) => sql.fragment`
    SELECT clock_timestamp() AS read_at, ${taskColumnsOf()}
    FROM tasks
    WHERE ${ownedBy(slot, 'tasks')} AND id = ${slot.id}
  `,
);

const written = sql.fragment`${sql.join(
  writableNames.map((name) => sql.identifier(['record', name])),
  sql.fragment`, `,
)}`;

const assigned = sql.fragment`${sql.join(
  [...writableNames, 'series_id', 'occurrence', 'next_id'].map(
    (name) => sql.fragment`${sql.identifier([name])} = ${sql.identifier(['record', name])}`,
  ),
  sql.fragment`, `,
)}`;

// Directly after the completed task.
const placed = (slot: Slots<'owner' | 'id'>) => sql.fragment`
  SELECT CASE
    WHEN upper IS NOT NULL THEN task_key_between(lower, upper)
    WHEN lower < task_creation_key(seq, 0) THEN task_key_between(lower, task_creation_key(seq, 0))
    ELSE task_key_between(lower, NULL)
  END AS to_position
  FROM (
    SELECT seq, present.position AS lower, (
      SELECT tasks.position
      FROM tasks
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.position > present.position
      ORDER BY tasks.position
      LIMIT 1
    ) AS upper
    FROM next_change
    CROSS JOIN (SELECT position FROM tasks WHERE ${ownedBy(slot, 'tasks')} AND tasks.id = ${slot.id}::uuid) AS present
  ) AS bounds
`;

const sizeOfUnit = sql.fragment`1 + (SELECT count(*) FROM created)`;

const completeOccurrence = statement(
  'complete_occurrence',
  changedTaskRow,
  (slot: Slots<'owner' | 'id' | 'version' | 'completed' | 'next' | 'next_id' | RecordSlot>) => sql.fragment`
    WITH ${nextChangeAsSeen(slot)},
    placed AS MATERIALIZED (${placed(slot)}),
    changed AS (
      UPDATE tasks
      SET ${assigned}, completed_at = at, updated_at = at, version = tasks.version + 1, change_seq = seq
      FROM next_change
      CROSS JOIN placed
      CROSS JOIN jsonb_to_recordset(${slot.completed}::jsonb) AS record (${recordColumns})
      CROSS JOIN ${formerOf(slot, 'tasks')}
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.id = ${slot.id}::uuid AND tasks.version = former_version
        AND tasks.version = ${slot.version}::integer
        AND ${isShort}
        AND NOT EXISTS (
          SELECT true FROM tasks AS other WHERE ${ownedBy(slot, 'other')} AND other.id = ${slot.next_id}::uuid
        )
        AND NOT EXISTS (
          SELECT true
          FROM task_tombstones
          WHERE ${ownedBy(slot, 'task_tombstones')} AND task_tombstones.id = ${slot.next_id}::uuid AND NOT is_list
        )
      RETURNING ${taskColumnsOf('tasks')}, seq, at, ${formerColumns('tasks')}
    ),
    created AS (
      INSERT INTO tasks (
        owner_id, id, ${writableColumns}, position, series_id, occurrence, created_at, updated_at, change_seq
      )
      SELECT ${slot.owner}, record.id, ${written}, to_position, record.series_id,
        record.occurrence, at, at, seq
      FROM changed
      CROSS JOIN placed
      CROSS JOIN jsonb_to_recordset(${slot.next}::jsonb) AS record (${recordColumns})
      RETURNING id, change_seq AS seq, created_at AS at
    ),
    recorded AS (${recorded(slot, { from: sql.fragment`changed`, how: 'update', total: sizeOfUnit })}),
    recorded_next AS (${recorded(slot, { from: sql.fragment`created`, how: 'create', total: sizeOfUnit })})
    ${moveClock(slot)}
    RETURNING ${taskColumnsOf('changed')}, changed.seq AS change
  `,
);

/**
 * The statement that makes these changes, if they complete the task as an occurrence of its series
 * and move it nowhere; otherwise null. `completedOn` is the day of completion, if it is known;
 * `recording` is what the history records of who makes them.
 */
export const completionOf = (
  present: PresentTask,
  changes: TaskUpdate,
  {
    completedOn,
    recording,
  }: { readonly completedOn?: string | undefined; readonly recording: ReturnType<typeof valuesOfAuthor> },
): ReturnType<typeof completeOccurrence> | null => {
  const { place, list_id: list, parent_id: parent } = changes;
  const isElsewhere = place !== undefined || list !== undefined || parent !== undefined;
  if (present.completed || changes.completed !== true || isElsewhere) return null;
  if (present.version === maxVersion) return null;
  // Whether another task has the rule of the series is for the batch to find out.
  if (changes.recurrence && present.recurrence === null && present.series_id !== null) return null;
  const { read_at: at, ...before } = present;
  const after = changed(before, changes, at);
  const recurs = recurring(after, { present: before, changes, isContinued: false });
  if (hasTooMany(after.metadata) || isFieldFault(recurs) || recurs.recurrence === null) return null;
  const { id, owner_id: owner, version } = before;
  const nextId = successorId(id);
  const { task, next } = finished(recurs, { at, completedOn, id: nextId });
  return completeOccurrence({
    owner,
    id,
    version,
    completed: JSON.stringify([task]),
    next: JSON.stringify(next === null ? [] : [next]),
    next_id: nextId,
    ...recording,
  });
};
