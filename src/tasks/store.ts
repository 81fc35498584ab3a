// All SQL on tasks. A store is closed over one owner: every statement carries that owner's
// predicate, and "not there" and "not yours" are the same null.
//
// Each operation is one statement, and one more where a write has found nothing to change. A write
// locks the owner's clock row first, so that the writes of an owner follow each other and no two of
// them deadlock; what it then sees of a task is the newest version, because UPDATE and DELETE read
// a row again that has changed since the snapshot. A write that changes nothing leaves the clock
// alone.
import { type FragmentSqlToken, type QuerySqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import { type Fault, problems } from '../contract/problem.ts';
import type { Statements } from '../postgres/database.ts';
import { type BatchStore, batchesOf } from './batch-store.ts';
import {
  assignments,
  type ChangeName,
  changesOf,
  staySmall,
  type Task,
  type TaskCreate,
  type TaskReplace,
  type TaskUpdate,
  taskColumns,
  taskColumnsOf,
  taskRow,
  valuesOf,
  type WritableName,
  writableColumns,
  writableValues,
} from './columns.ts';
import { countsOf, type TaskCounts } from './counts-store.ts';
import { defaultPieces, type Erasure, erasureOf, type Pieces } from './erasure.ts';
import { type ChangeFeed, feedOf } from './feed.ts';
import { firstOf, hideFromPlanner, isErasing, moveClock, nextChange, ownedBy } from './fragments.ts';
import { type LabelRenames, labelRenamesOf } from './label-renames.ts';
import { listsOf, type TaskLists } from './list-store.ts';
import { hasTooMany, maxNames, patchedMetadata, tooMany } from './metadata.ts';
import { meets, type Precondition } from './precondition.ts';
import { type Slots, statement } from './statement.ts';
import { type Everything, everythingOf } from './user-data.ts';

/**
 * What became of a conditional write: where the precondition is not `met`, the task is as it was.
 */
export interface Written {
  readonly met: boolean;
  readonly task: Task;
}

/** How many completed tasks were deleted, and whether there are more. */
export interface Cleared {
  readonly deleted: number;
  readonly hasMore: boolean;
}

/** A write throws a Problem while everything is being deleted, and finds no task that has been. */
export interface TaskStore
  extends BatchStore,
    ChangeFeed,
    Erasure,
    Everything,
    LabelRenames,
    TaskCounts,
    TaskLists {
  /** Throws a Problem also when the task has an id that is taken. */
  create(task: TaskCreate): Promise<Task>;
  get(id: string): Promise<Task | null>;
  /**
   * Writes the fields that are present: those that the contract requires, and of the others what
   * the client knows. Null when there is no such task.
   */
  replace(id: string, task: TaskReplace, precondition: Precondition): Promise<Written | null>;
  /** Writes the fields that are present. Null when there is no such task. */
  update(id: string, fields: TaskUpdate, precondition: Precondition): Promise<Written | null>;
  /** Completes a task; one that is complete stays as it is. Null when there is no such task. */
  complete(id: string, precondition: Precondition): Promise<Written | null>;
  /** Null when there is no such task; otherwise the task as it was. */
  delete(id: string, precondition: Precondition): Promise<Written | null>;
  /** Deletes the completed tasks, the oldest first, for a limited time. */
  deleteCompleted(): Promise<Cleared>;
}

const clearedRow = z.strictObject({
  deleted: z.int(),
  more: z.boolean(),
  last: z.string().nullable(),
  erasing: z.boolean(),
});
const erasingRow = z.strictObject({ erasing: z.boolean() });

// An array literal: one parameter of one type, whether it is there or not.
const versions = (list: readonly number[] | null) => (list === null ? null : `{${list.join(',')}}`);

// The values of a precondition.
const demands = ({ match, noneMatch, mustNotExist }: Precondition) => ({
  match: versions(mustNotExist ? [] : match),
  noneMatch: versions(noneMatch),
});
const areMet = ({ match, noneMatch }: Slots<'match' | 'noneMatch'>) => sql.fragment`
  coalesce(version = ANY (${match}::int4[]), true) AND NOT (version = ANY (${noneMatch}::int4[]))
`;

// The same, answering the task that has changed.
const moveClockOf = (slot: Slots<'owner'>) => sql.fragment`
  ${moveClock(slot)}
  RETURNING ${taskColumnsOf('changed')}
`;

const getTask = statement(
  'get_task',
  taskRow,
  (slot: Slots<'owner' | 'id'>) =>
    sql.fragment`SELECT ${taskColumns} FROM tasks WHERE ${ownedBy(slot, 'tasks')} AND id = ${slot.id}`,
);

// The time is taken after the clock is locked, and not in its RETURNING: Citus refuses a volatile
// function there.
const createTask = statement(
  'create_task',
  taskRow,
  (slot: Slots<'owner' | WritableName>) => sql.fragment`
    WITH clock AS (
      INSERT INTO owner_clock (owner_id, seq)
      VALUES (${slot.owner}, 1)
      ON CONFLICT (owner_id) DO UPDATE SET seq = owner_clock.seq + 1 WHERE NOT owner_clock.erasing
      RETURNING seq
    ),
    next_change AS MATERIALIZED (SELECT seq, clock_timestamp() AS at FROM clock)
    INSERT INTO tasks (owner_id, ${writableColumns}, completed_at, created_at, updated_at, change_seq)
    SELECT ${slot.owner}, ${writableValues(slot)},
      CASE WHEN ${slot.completed}::boolean THEN at END, at, at, seq
    FROM next_change
    RETURNING ${taskColumns}
  `,
);

// With an id that the client has chosen, the clock stays as it is where that id is taken. A task or
// a tombstone that another write has left while this one waited for the clock is not seen; then
// the clock is not the one that was seen either, and nothing is written.
const createTaskAs = statement(
  'create_task_as',
  taskRow,
  (slot: Slots<'owner' | 'id' | WritableName>) => sql.fragment`
    WITH locked AS MATERIALIZED (
      SELECT seq FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')} AND NOT erasing FOR UPDATE
    ),
    next_change AS MATERIALIZED (
      SELECT locked.seq + 1 AS seq, clock_timestamp() AS at
      FROM locked
      JOIN (SELECT seq FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')}) AS seen ON seen.seq = locked.seq
    ),
    changed AS (
      INSERT INTO tasks (owner_id, id, ${writableColumns}, completed_at, created_at, updated_at, change_seq)
      SELECT ${slot.owner}, ${slot.id}::uuid, ${writableValues(slot)},
        CASE WHEN ${slot.completed}::boolean THEN at END, at, at, seq
      FROM next_change
      WHERE NOT EXISTS (
        SELECT true FROM task_tombstones WHERE ${ownedBy(slot, 'task_tombstones')} AND id = ${slot.id}::uuid
      )
      ON CONFLICT (owner_id, id) DO NOTHING
      RETURNING ${taskColumns}, change_seq AS seq
    )
    ${moveClockOf(slot)}
  `,
);

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
    taskRow,
    (slot: Slots<'owner' | 'id' | 'match' | 'noneMatch' | Name>) => sql.fragment`
      WITH ${nextChange(slot)},
      changed AS (
        UPDATE tasks
        SET ${assignments(slot)}, ${stamp}
        FROM next_change
        WHERE ${ownedBy(slot, 'tasks')} AND id = ${slot.id} AND ${areMet(slot)} AND ${condition(slot)}
        RETURNING ${taskColumns}, change_seq AS seq
      )
      ${moveClockOf(slot)}
    `,
  );

const updateTask = change('update_task', {
  assignments: (slot: Slots<ChangeName>) => sql.fragment`
    ${assignments(slot)},
    completed_at = CASE WHEN coalesce(${slot.completed}::boolean, completed) THEN coalesce(completed_at, at) END
  `,
  condition: (slot) => staySmall(slot, maxNames),
});

// A task that is complete is written as it was, and the clock with it: so both come with one
// statement.
const completeTask = change('complete_task', {
  assignments: () => sql.fragment`completed = true, completed_at = coalesce(completed_at, at)`,
  stamp: sql.fragment`
    updated_at = CASE WHEN completed THEN updated_at ELSE at END,
    version = CASE WHEN completed THEN version ELSE version + 1 END,
    change_seq = CASE WHEN completed THEN change_seq ELSE seq END
  `,
});

const deleteTask = statement(
  'delete_task',
  taskRow,
  (slot: Slots<'owner' | 'id' | 'match' | 'noneMatch'>) => sql.fragment`
    WITH ${nextChange(slot)},
    changed AS (
      DELETE FROM tasks
      USING next_change
      WHERE ${ownedBy(slot, 'tasks')} AND id = ${slot.id} AND ${areMet(slot)}
      RETURNING ${taskColumns}, seq, at
    ),
    buried AS (
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
      SELECT ${slot.owner}, id, seq, at
      FROM changed
    )
    ${moveClockOf(slot)}
  `,
);

// A piece of them: `after` is where the one before ended. A task that was changed while this
// statement waited for the clock is read again, and kept when it is open. They are deleted as a
// range of the index: Citus refuses a ctid in a statement that inserts, and a join by id would be
// planned badly for an owner who was believed to have few. BETWEEN is for the planner, which takes
// a comparison of rows for a third of the table.
const deleteCompletedTasks = statement(
  'delete_completed_tasks',
  clearedRow,
  (slot: Slots<'owner' | 'rows' | 'after'>) => sql.fragment`
    WITH ${nextChange(slot)},
    found AS MATERIALIZED (${firstOf(
      sql.fragment`
        SELECT created_at, id
        FROM tasks
        WHERE ${ownedBy(slot, 'tasks')} AND completed AND created_at >= ${hideFromPlanner(slot.after, sql.fragment`timestamptz`)}
        ORDER BY created_at, id
      `,
      slot.rows,
    )}),
    latest AS MATERIALIZED (SELECT created_at, id FROM found ORDER BY created_at DESC, id DESC LIMIT 1),
    deleted AS (
      DELETE FROM tasks
      USING next_change
      WHERE ${ownedBy(slot, 'tasks')} AND completed
        AND tasks.created_at BETWEEN ${hideFromPlanner(slot.after, sql.fragment`timestamptz`)} AND (SELECT created_at FROM latest)
        AND (tasks.created_at, tasks.id) <= ((SELECT created_at FROM latest), (SELECT id FROM latest))
      RETURNING id, seq, at
    ),
    buried AS (
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
      SELECT ${slot.owner}, id, seq, at
      FROM deleted
    ),
    changed AS (SELECT seq FROM deleted LIMIT 1),
    moved AS (${moveClock(slot)})
    SELECT (SELECT count(*)::int4 FROM deleted) AS deleted, count(*) = ${slot.rows}::bigint AS more,
      max(created_at) AS last, ${isErasing(slot)} AS erasing
    FROM found
  `,
);

const getErasing = statement(
  'get_erasing',
  erasingRow,
  (slot: Slots<'owner'>) => sql.fragment`SELECT ${isErasing(slot)} AS erasing`,
);

const metadataFault = (task: Task, { metadata }: TaskUpdate): Fault | null =>
  metadata !== undefined && hasTooMany(patchedMetadata(task.metadata, metadata))
    ? { loc: ['body', 'metadata'], msg: tooMany, type: 'maxProperties' }
    : null;

/** How often a write is tried that others keep coming before. */
const maxTries = 10;

/** Writes one of an owner's tasks if it meets the precondition. Null when there is no such task. */
const conditionalWriteOf = (database: Statements, owner: OwnerId) => {
  const tryToWrite = (
    id: string,
    change: QuerySqlToken<z.ZodType<Task>>,
    precondition: Precondition,
    faultOf: (task: Task) => Fault | null = () => null,
  ) =>
    database.turn(async (statements): Promise<Written | Fault | 'erasing' | null> => {
      for (let tries = 0; tries < maxTries; tries++) {
        const changed = await statements.maybeOne(change);
        if (changed !== null) return { met: true, task: changed };
        const task = await statements.maybeOne(getTask({ owner, id }));
        if (task === null) return null;
        if (!meets(precondition, task.version)) return { met: false, task };
        const fault = faultOf(task);
        if (fault !== null) return fault;
        // Another write came in between, or everything is being deleted.
        if ((await statements.one(getErasing({ owner }))).erasing) return 'erasing';
      }
      // But not each time: the data are not what the service wrote.
      throw new Error('a task is not written: its owner has no clock, or a trigger forbids it');
    });
  return async (...change: Parameters<typeof tryToWrite>): Promise<Written | null> => {
    const written = await tryToWrite(...change);
    if (written === 'erasing') throw problems.erasureInProgress();
    if (written !== null && 'loc' in written) throw problems.invalid([written]);
    return written;
  };
};

/** The tasks of one owner. */
export const tasksOf = (database: Statements, owner: OwnerId, pieces: Pieces = defaultPieces): TaskStore => {
  const write = conditionalWriteOf(database, owner);
  const batches = batchesOf(database, owner);
  const createAs = async (id: string, task: TaskCreate): Promise<Task> => {
    const created = await database.maybeOne(createTaskAs({ owner, id, ...valuesOf(task) }));
    if (created !== null) return created;
    // The id is taken, the owner has no clock yet, or other writes are under way: a transaction that
    // has locked the clock knows which.
    const outcome = await batches.applyBatch([{ op: 'create', task }]);
    const [result] = outcome.applicable ? outcome.results : [];
    if (result === undefined || result.op === 'delete') throw problems.idTaken();
    return result.task;
  };

  return {
    ...batches,
    ...feedOf(database, owner),
    ...everythingOf(database, owner),
    ...erasureOf(database, owner, pieces),
    ...listsOf(database, owner),
    ...countsOf(database, owner, pieces.counts),
    ...labelRenamesOf(database, owner, pieces),

    create: async (task) => {
      if (task.id !== undefined) return createAs(task.id, task);
      const created = await database.maybeOne(createTask({ owner, ...valuesOf(task) }));
      if (created === null) throw problems.erasureInProgress();
      return created;
    },

    get: (id) => database.maybeOne(getTask({ owner, id })),

    replace: (id, task, precondition) => {
      const changes = changesOf(task, { isReplacement: true });
      return write(id, updateTask({ owner, id, ...changes, ...demands(precondition) }), precondition);
    },

    update: (id, fields, precondition) =>
      write(
        id,
        updateTask({ owner, id, ...changesOf(fields), ...demands(precondition) }),
        precondition,
        (task) => metadataFault(task, fields),
      ),

    complete: (id, precondition) =>
      write(id, completeTask({ owner, id, ...demands(precondition) }), precondition),

    delete: (id, precondition) =>
      write(id, deleteTask({ owner, id, ...demands(precondition) }), precondition),

    deleteCompleted: async () => {
      const until = performance.now() + pieces.clearing;
      let after = '-infinity';
      for (let total = 0; ; ) {
        const piece = await database.one(deleteCompletedTasks({ owner, rows: pieces.rows, after }));
        if (piece.erasing) throw problems.erasureInProgress();
        total += piece.deleted;
        if (!piece.more || performance.now() >= until) return { deleted: total, hasMore: piece.more };
        after = piece.last ?? after;
      }
    },
  };
};
