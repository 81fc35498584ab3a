// The statements that read and write one task: each operation is one, where everything it names is
// there. Where it is not, or where another write came in between, a statement writes nothing, and
// the batch finds out why (single-write.ts).
import { type FragmentSqlToken, sql } from 'slonik';
import {
  assignments,
  type ChangeName,
  changedTaskRow,
  staySmall,
  taskColumns,
  taskColumnsOf,
  taskRow,
  type WritableName,
  writableColumns,
  writableValues,
} from './columns.ts';
import { moveClock, nextChange, nextChangeAsSeen, ownedBy } from './fragments.ts';
import type { RecordSlot } from './history/author.ts';
import { asFormer, formerColumns, formerOf, recorded } from './history/record.ts';
import { maxNames } from './metadata.ts';
import { hasSubtasks, homeOf, isShort, newHomeOf, type PlaceSlot, placedBy } from './places-sql.ts';
import { areMet } from './precondition-sql.ts';
import { type Slots, statement } from './statement.ts';

// Returns the task that has changed.
const moveClockOf = (slot: Slots<'owner'>, change = sql.fragment`changed.seq`) => sql.fragment`
  ${moveClock(slot)}
  RETURNING ${taskColumnsOf('changed')}, ${change} AS change
`;

export const getTask = statement(
  'get_task',
  taskRow,
  (slot: Slots<'owner' | 'id'>) =>
    sql.fragment`SELECT ${taskColumns} FROM tasks WHERE ${ownedBy(slot, 'tasks')} AND id = ${slot.id}`,
);

// The time is taken after the clock is locked, and not in its RETURNING: Citus refuses a volatile
// function there.
export const createTask = statement(
  'create_task',
  changedTaskRow,
  (slot: Slots<'owner' | WritableName | RecordSlot>) => sql.fragment`
    WITH clock AS (
      INSERT INTO owner_clock (owner_id, seq)
      VALUES (${slot.owner}, 1)
      ON CONFLICT (owner_id) DO UPDATE SET seq = owner_clock.seq + 1, has_news = true WHERE NOT owner_clock.erasing
      RETURNING seq
    ),
    next_change AS MATERIALIZED (SELECT seq, clock_timestamp() AS at FROM clock),
    created AS (
      INSERT INTO tasks (owner_id, ${writableColumns}, position, completed_at, created_at, updated_at, change_seq)
      SELECT ${slot.owner}, ${writableValues(slot)}, task_creation_key(seq, 0),
        CASE WHEN ${slot.completed}::boolean THEN at END, at, at, seq
      FROM next_change
      RETURNING ${taskColumns}, change_seq AS seq, created_at AS at
    ),
    recorded AS (${recorded(slot, { from: sql.fragment`created`, how: 'create' })})
    SELECT ${taskColumns}, seq AS change FROM created
  `,
);

// With an id that is chosen, in a list, below a parent or as the first of a series; or also at a
// place, which costs as much again.
type CreationSlots = Slots<
  'owner' | 'id' | 'series_id' | 'occurrence' | WritableName | PlaceSlot | RecordSlot
>;

const creationAt = (name: string, { isPlaced }: { readonly isPlaced: boolean }) =>
  statement(name, changedTaskRow, (slot: CreationSlots) => {
    const last = sql.fragment`task_creation_key(seq, 0)`;
    const placed = placedBy(slot, { present: sql.fragment`NULL::text` });
    return sql.fragment`
      WITH ${nextChangeAsSeen(slot)},
      home AS MATERIALIZED (${homeOf(slot)}),
      ${isPlaced ? sql.fragment`${placed},` : sql.fragment``}
      changed AS (
        INSERT INTO tasks (
          owner_id, id, ${writableColumns}, series_id, occurrence, position, completed_at, created_at, updated_at,
          change_seq
        )
        SELECT ${slot.owner}, ${slot.id}::uuid, ${writableValues(slot, { list_id: sql.fragment`to_list` })},
          ${slot.series_id}::uuid, ${slot.occurrence}::jsonb, ${isPlaced ? sql.fragment`to_position` : last},
          CASE WHEN ${slot.completed}::boolean THEN at END, at, at, seq
        FROM next_change CROSS JOIN home ${isPlaced ? sql.fragment`CROSS JOIN placed` : sql.fragment``}
        WHERE ${isPlaced ? sql.fragment`${isShort} AND` : sql.fragment``} NOT EXISTS (
          SELECT true
          FROM task_tombstones
          WHERE ${ownedBy(slot, 'task_tombstones')} AND id = ${slot.id}::uuid AND NOT is_list
        )
        ON CONFLICT (owner_id, id) DO NOTHING
        RETURNING ${taskColumns}, change_seq AS seq, created_at AS at
      ),
      recorded AS (${recorded(slot, { from: sql.fragment`changed`, how: 'create' })})
      ${moveClockOf(slot)}
    `;
  });

export const createTaskIn = creationAt('create_task_in', { isPlaced: false });
export const createTaskAt = creationAt('create_task_at', { isPlaced: true });

// What a write of one task assigns, what it is stamped with, and what it demands of the task
// besides the precondition.
interface Change<Name extends string> {
  readonly assignments: (slot: Slots<Name>) => FragmentSqlToken;
  readonly stamp?: FragmentSqlToken;
  readonly condition?: (slot: Slots<Name>) => FragmentSqlToken;
}

// A write of one task that meets the precondition.
const change = <Name extends string>(
  name: string,
  {
    assignments,
    stamp = sql.fragment`updated_at = at, version = version + 1, change_seq = seq`,
    condition = () => sql.fragment`true`,
  }: Change<Name>,
) =>
  statement(
    name,
    changedTaskRow,
    (slot: Slots<'owner' | 'id' | 'match' | 'noneMatch' | RecordSlot | Name>) => sql.fragment`
      WITH ${nextChange(slot)},
      changed AS (
        UPDATE tasks
        SET ${assignments(slot)}, ${stamp}
        FROM next_change
        CROSS JOIN ${formerOf(slot, 'tasks')}
        WHERE ${ownedBy(slot, 'tasks')} AND id = ${slot.id} AND version = former_version
          AND ${areMet(slot)} AND ${condition(slot)}
        RETURNING ${taskColumns}, change_seq AS seq, at, ${formerColumns('tasks')}
      ),
      recorded AS (${recorded(slot, { from: sql.fragment`changed`, how: 'update' })})
      ${moveClockOf(slot, sql.fragment`nullif(changed.seq, former_seq)`)}
    `,
  );

const becomesComplete = (slot: Slots<'completed'>) => sql.fragment`
  completed_at = CASE WHEN coalesce(${slot.completed}::boolean, completed) THEN coalesce(completed_at, at) END
`;

// A recurring task that is completed is followed by another one, and one without `due` has no day to
// count from. Only null is assigned to `recurrence` by a statement.
const staysRegular = (slot: Slots<'completed' | 'due' | 'sets_due' | 'sets_recurrence'>) => sql.fragment`
  (
    recurrence IS NULL
    OR ${slot.sets_recurrence}::boolean
    OR (${slot.completed}::boolean IS NOT TRUE AND NOT (${slot.sets_due}::boolean AND ${slot.due}::text IS NULL))
  )
`;

export const updateTask = change('update_task', {
  assignments: (slot: Slots<ChangeName>) => sql.fragment`${assignments(slot)}, ${becomesComplete(slot)}`,
  condition: (slot) => sql.fragment`${staySmall(slot, maxNames)} AND ${staysRegular(slot)}`,
});

const presentPosition = (slot: Slots<'owner' | 'id'>) =>
  sql.fragment`SELECT position::text FROM tasks WHERE ${ownedBy(slot, 'tasks')} AND id = ${slot.id}::uuid`;

const sizeOfUnit = sql.fragment`1 + (SELECT count(*) FROM followed)`;

type MoveSlots = Slots<'owner' | 'id' | 'match' | 'noneMatch' | ChangeName | PlaceSlot | RecordSlot>;

// The same, to another list or parent, with the subtasks; or to another place; or to both.
const move = (
  name: string,
  { isHoused, isPlaced }: { readonly isHoused: boolean; readonly isPlaced: boolean },
) =>
  statement(name, changedTaskRow, (slot: MoveSlots) => {
    const home = sql.fragment`home AS MATERIALIZED (${newHomeOf(slot)}),`;
    const placed = placedBy(slot, { present: presentPosition(slot) });
    // The subtasks as they were are joined after the update, so that it remains a single look-up by
    // the parent.
    const followed = sql.fragment`
      followed AS (
        UPDATE tasks
        SET list_id = changed.list_id, updated_at = at, version = tasks.version + 1, change_seq = seq
        FROM changed
        WHERE ${ownedBy(slot, 'tasks')} AND tasks.parent_id = ${slot.id}
          AND tasks.list_id IS DISTINCT FROM changed.list_id
        RETURNING tasks.id, seq, at
      ),
      subtasks AS MATERIALIZED (
        SELECT tasks.id AS former_id, ${asFormer('tasks')}
        FROM tasks
        WHERE ${ownedBy(slot, 'tasks')} AND tasks.parent_id = ${slot.id}
      ),
      recorded_subtasks AS (
        ${recorded(slot, { from: sql.fragment`followed JOIN subtasks ON former_id = id`, how: 'update', total: sizeOfUnit })}
      )
    `;
    const none = sql.fragment``;
    return sql.fragment`
      WITH ${nextChangeAsSeen(slot)},
      ${isHoused ? home : none}
      ${isPlaced ? sql.fragment`${placed},` : none}
      changed AS (
        UPDATE tasks
        SET ${assignments(slot, isHoused ? { list_id: sql.fragment`to_list` } : {})}, ${becomesComplete(slot)},
          ${isPlaced ? sql.fragment`position = to_position,` : none}
          updated_at = at, version = version + 1, change_seq = seq
        FROM next_change
        ${isHoused ? sql.fragment`CROSS JOIN home` : none}
        ${isPlaced ? sql.fragment`CROSS JOIN placed` : none}
        CROSS JOIN ${formerOf(slot, 'tasks')}
        WHERE ${ownedBy(slot, 'tasks')} AND id = ${slot.id} AND version = former_version AND ${areMet(slot)}
          AND ${staySmall(slot, maxNames)} AND ${staysRegular(slot)}
          ${isPlaced ? sql.fragment`AND ${isShort}` : none}
          AND (recurrence IS NULL OR ${slot.sets_recurrence}::boolean OR ${slot.parent_id}::uuid IS NULL)
        RETURNING ${taskColumns}, seq, at, ${formerColumns('tasks')}
      ),
      ${isHoused ? sql.fragment`${followed},` : none}
      recorded AS (
        ${recorded(slot, { from: sql.fragment`changed`, how: 'update', ...(isHoused && { total: sizeOfUnit }) })}
      )
      ${moveClockOf(slot)}
    `;
  });

const moveToHome = move('move_task:home', { isHoused: true, isPlaced: false });
const moveToPlace = move('move_task:place', { isHoused: false, isPlaced: true });
const moveToBoth = move('move_task', { isHoused: true, isPlaced: true });

/** The statement of a move to another list or parent, to another place, or to both. */
export const moveTask = (of: { readonly isHoused: boolean; readonly isPlaced: boolean }) => {
  if (!of.isPlaced) return moveToHome;
  return of.isHoused ? moveToBoth : moveToPlace;
};

// A task that is complete is written as it was, and the clock with it: so both come with one
// statement. One that recurs is for the batch.
export const completeTask = change('complete_task', {
  assignments: () => sql.fragment`completed = true, completed_at = coalesce(completed_at, at)`,
  stamp: sql.fragment`
    updated_at = CASE WHEN completed THEN updated_at ELSE at END,
    version = CASE WHEN completed THEN version ELSE version + 1 END,
    change_seq = CASE WHEN completed THEN change_seq ELSE seq END
  `,
  condition: () => sql.fragment`(recurrence IS NULL OR completed)`,
});

// One that has no subtasks.
export const deleteTask = statement(
  'delete_task',
  changedTaskRow,
  (slot: Slots<'owner' | 'id' | 'match' | 'noneMatch' | RecordSlot>) => sql.fragment`
    WITH ${nextChangeAsSeen(slot)},
    changed AS (
      DELETE FROM tasks
      USING next_change
      WHERE ${ownedBy(slot, 'tasks')} AND id = ${slot.id} AND ${areMet(slot)} AND NOT ${hasSubtasks(slot)}
      RETURNING ${taskColumns}, change_seq AS former_seq, seq, at
    ),
    buried AS (
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
      SELECT ${slot.owner}, id, seq, at
      FROM changed
    ),
    recorded AS (${recorded(slot, { from: sql.fragment`changed`, how: 'delete' })})
    ${moveClockOf(slot)}
  `,
);
