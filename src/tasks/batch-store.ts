// The SQL of a batch: one transaction, however many operations. The first statement locks the
// owner's clock, as every write does, and reads the tasks that the batch names; the last writes what
// has become of them, and returns the result of each operation as the database has it, so that a
// value has one text wherever it is read. Between them, what else the operations depend on is read
// (surroundings.ts).
import { randomUUID } from 'node:crypto';
import { sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import { type Fault, problems } from '../contract/problem.ts';
import type { Statements } from '../postgres/database.ts';
import { applyInOrder, type Beginning, type Outcome } from './batch.ts';
import {
  excludedAssignments,
  nullColumns,
  recordColumns,
  recordOf,
  type Task,
  taskColumns,
  taskOf,
  taskRow,
} from './columns.ts';
import { believedOne, ownedBy, withId, withoutSorting } from './fragments.ts';
import { type Author, type RecordSlot, valuesOfAuthor } from './history/author.ts';
import { recorded } from './history/record.ts';
import { batchUnitOf, recordedOf, touchedColumns } from './history/unit.ts';
import type { TaskList } from './lists/columns.ts';
import { writeLists } from './lists/known-lists.ts';
import type { BatchOperation, BatchResult, Deleted, Touched } from './operation.ts';
import { successorId } from './recurrence/successor-id.ts';
import { maxSubtasks } from './relations.ts';
import { clearSpace } from './renewed-positions.ts';
import { recurringCompletions, seriesOfRuled } from './series-needs.ts';
import { arrayOf, type Slots, statement } from './statement.ts';
import { namedIds, surroundingsOf } from './surroundings.ts';

type Applied = Exclude<Outcome, { readonly crowded: object }>;

export interface BatchStore {
  /**
   * Applies the operations in order, all of them or none. Throws a Problem while everything is
   * being deleted.
   */
  applyBatch(operations: readonly BatchOperation[]): Promise<Applied>;
}

// The time of the change, and a task that the batch names; the first row holds the time alone. `seq`
// is the number of the change before, null where there is no clock to lock.
const beginning = { at: z.string(), erasing: z.boolean(), seq: z.bigint().nullable() };
const beginningRow = z.union([taskRow.extend(beginning), z.object({ ...beginning, id: z.null() })]);
const takenRow = z.strictObject({ id: z.string() });
const recurringRow = z.strictObject({ id: z.string(), series_id: z.string() });
const clockRow = z.strictObject({ seq: z.bigint() });
const nothing = z.strictObject({});
// A task and the operation that made it what it is, by its place from 1; or nothing, after
// deletions only.
const resultRow = z.union([taskRow.extend({ place: z.int() }), z.object({ id: z.null() })]);

// FOR UPDATE of the tasks comes after the clock's: it stands above the join with `next_change`. It
// makes Postgres read the newest version of a task that changed while this statement waited for the
// clock.
const beginBatch = statement(
  'begin_batch',
  beginningRow,
  (slot: Slots<'owner' | 'ids'>) => sql.fragment`
    WITH clock AS MATERIALIZED (
      SELECT seq, erasing FROM owner_clock WHERE ${ownedBy(slot, 'owner_clock')} FOR UPDATE
    ),
    next_change AS MATERIALIZED (
      SELECT clock_timestamp() AS at, erasing, seq
      FROM (SELECT coalesce(bool_or(erasing), false) AS erasing, max(seq)::bigint AS seq FROM clock) AS owned
    )
    SELECT at, erasing, seq, ${nullColumns()}
    FROM next_change
    WHERE ${withoutSorting} IS NOT NULL
    UNION ALL
    SELECT at, erasing, seq, ${taskColumns}
    FROM (
      SELECT at, next_change.erasing, next_change.seq, ${taskColumns}
      FROM next_change
      CROSS JOIN tasks
      WHERE ${ownedBy(slot, 'tasks')} AND id = ANY (${slot.ids}::uuid[])
      FOR UPDATE OF tasks
    ) AS named
  `,
);

// The statement that locks the clock does not see a task that was created while it waited, so the
// ids that new tasks are to have are looked up by another one, which begins with the clock locked.
// LATERAL with a limit looks up each id; joined, Postgres would read all that the owner has.
const listTakenIds = statement(
  'list_taken_ids',
  takenRow,
  (slot: Slots<'owner' | 'ids'>) => sql.fragment`
    SELECT chosen.id
    FROM unnest(${slot.ids}::uuid[]) AS chosen (id)
    CROSS JOIN LATERAL (
      (${withId(slot, 'tasks', { columns: sql.fragment`true`, id: sql.fragment`chosen.id` })})
      UNION ALL
      (
        SELECT true
        FROM task_tombstones
        WHERE ${ownedBy(slot, 'task_tombstones')} AND task_tombstones.id BETWEEN chosen.id AND chosen.id AND NOT is_list
        ORDER BY task_tombstones.id
        LIMIT 1
      )
      LIMIT 1
    ) AS known
  `,
);

// For an owner who has no clock to lock; the batch then takes the first numbers. No row when another
// write has created it.
const createClock = statement(
  'create_clock',
  clockRow,
  (slot: Slots<'owner'>) => sql.fragment`
    INSERT INTO owner_clock (owner_id, seq)
    VALUES (${slot.owner}, 1)
    ON CONFLICT (owner_id) DO NOTHING
    RETURNING seq
  `,
);

// Also after the clock has been locked: a completion in between moves the rule to another task.
const listRecurring = statement(
  'list_recurring',
  recurringRow,
  (slot: Slots<'owner' | 'series'>) => sql.fragment`
    SELECT id, series_id
    FROM tasks
    WHERE ${ownedBy(slot, 'tasks')} AND series_id = ANY (${slot.series}::uuid[]) AND recurrence IS NOT NULL
  `,
);

const takenOf = async (
  statements: Statements,
  owner: OwnerId,
  chosen: readonly string[],
): Promise<ReadonlySet<string>> => {
  if (chosen.length === 0) return new Set();
  const taken = await statements.any(listTakenIds({ owner, ids: arrayOf(chosen) }));
  return new Set(taken.map(({ id }) => id));
};

// The ids of the deleted tasks come twice, because by an array Postgres looks each of them up, and
// joined with a list of unknown length it would read all that the owner has. A task that the batch
// creates and deletes leaves a tombstone as well: its id was chosen, and is not given again. Each operation takes a
// change number of its own, so that the change feed has them in the order of the request; the
// number leads back from a task to its operation. `touched` has every task of the batch, also those
// that `move_subtasks` writes after it: all of them are as they were before the batch.
const writeBatch = statement(
  'write_batch',
  resultRow,
  (
    slot: Slots<
      'owner' | 'base' | 'steps' | 'written' | 'passing' | 'touched' | 'gone' | 'change' | RecordSlot
    >,
  ) => sql.fragment`
    WITH clock AS (
      UPDATE owner_clock
      SET seq = ${slot.base}::bigint + ${slot.steps}::bigint, has_news = true
      WHERE ${ownedBy(slot, 'owner_clock')} AND NOT erasing
      RETURNING seq, ${slot.base}::bigint AS base
    ),
    written AS (
      INSERT INTO tasks (${taskColumns}, change_seq)
      SELECT ${recordOf(slot)}, base + place
      FROM clock
      CROSS JOIN jsonb_to_recordset(${slot.written}::jsonb) AS task (${recordColumns}, place integer)
      ON CONFLICT (owner_id, id) DO UPDATE
      SET ${excludedAssignments}, change_seq = excluded.change_seq
      RETURNING ${taskColumns}, change_seq
    ),
    deleted AS (
      DELETE FROM tasks
      USING clock
      WHERE ${ownedBy(slot, 'tasks')} AND tasks.id = ANY (${slot.gone}::uuid[])
    ),
    touched AS MATERIALIZED (
      SELECT touched.id, base + place AS seq, touched.at, total, is_gone, is_recorded, reached
      FROM clock
      CROSS JOIN jsonb_to_recordset(${slot.touched}::jsonb) AS touched (${touchedColumns})
    ),
    recorded AS (${recorded(slot, recordedOf(slot, 'tasks'))}),
    buried AS (
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
      SELECT ${slot.owner}, id, seq, at FROM touched WHERE is_gone
    )
    SELECT coalesce(place, (change_seq - base)::integer) AS place, ${taskColumns}
    FROM clock
    LEFT JOIN (
      SELECT NULL::integer AS place, change_seq, ${taskColumns}
      FROM written
      UNION ALL
      SELECT place, NULL, ${recordOf(slot)}
      FROM jsonb_to_recordset(${slot.passing}::jsonb) AS task (${recordColumns}, place integer)
    ) AS result ON true
  `,
);

// Subtasks of a hundred parents.
const mostMoved = 100 * maxSubtasks;

// The subtasks that went with their parent. After the batch, whose numbers the clock has taken.
const moveSubtasks = statement(
  'move_subtasks',
  nothing,
  (slot: Slots<'owner' | 'base' | 'moved'>) => sql.fragment`
    UPDATE tasks
    SET list_id = moved.list_id, parent_id = moved.parent_id, updated_at = moved.at, version = version + changes,
      change_seq = ${slot.base}::bigint + moved.place
    FROM (${believedOne(
      sql.fragment`
        SELECT present.place AS row_place, moved.*
        FROM jsonb_to_recordset(${slot.moved}::jsonb)
          AS moved (id uuid, list_id uuid, parent_id uuid, at timestamptz, place integer, changes integer)
        CROSS JOIN LATERAL (
          ${withId(slot, 'tasks', { columns: sql.fragment`ctid AS place`, id: sql.fragment`moved.id` })}
        ) AS present
      `,
      mostMoved,
    )}) AS moved
    WHERE ${ownedBy(slot, 'tasks')} AND tasks.ctid = moved.row_place
  `,
);

const isUnnamed = (operation: BatchOperation): boolean =>
  (operation.op === 'create' && operation.task.id === undefined) ||
  (operation.op === 'create_list' && operation.list.id === undefined);

// Random ids, handed out in ascending order: where two tasks of a batch are equal by the key of a
// list, and in the export, the id decides, so they keep the order of the request there as well.
const idsInOrder = (operations: readonly BatchOperation[]): (() => string) => {
  const ids = operations.flatMap((operation) => (isUnnamed(operation) ? randomUUID() : [])).sort();
  return () => {
    const id = ids.shift();
    if (id === undefined) throw new Error('more ids than creations');
    return id;
  };
};

// The results with the tasks that the database has returned in the place of those that were worked
// out.
const resultsOf = (
  results: readonly BatchResult[],
  stored: readonly z.infer<typeof resultRow>[],
  lists: ReadonlyMap<number, TaskList>,
): BatchResult[] => {
  const tasks = new Map(
    stored.flatMap((row) => (row.id === null ? [] : [[`${row.place} ${row.id}`, taskOf(row)] as const])),
  );
  return results.map((result, index) => {
    const find = ({ id }: Task): Task => {
      const task = tasks.get(`${index + 1} ${id}`);
      if (task === undefined) throw new Error('the statement has not returned what it has written');
      return task;
    };
    if ('list' in result) return { ...result, list: lists.get(index + 1) ?? result.list };
    if (!('task' in result)) return result;
    const { task } = result;
    return 'next' in result && result.next !== undefined
      ? { ...result, task: find(task), next: find(result.next) }
      : { ...result, task: find(task) };
  });
};

/** The number before an owner's first change. */
const firstBase = 0n;

/** Beyond this number of changes there is no position for a new task. */
export const maxChange = 10n ** 13n - 1n;

/** Null while everything is being deleted. */
const beginningOf = async (
  statements: Statements,
  owner: OwnerId,
  operations: readonly BatchOperation[],
): Promise<(Omit<Beginning, 'isRenewed'> & { readonly hasClock: boolean }) | null> => {
  const rows = await statements.any(beginBatch({ owner, ids: arrayOf(namedIds(operations)) }));
  const [first] = rows;
  if (first === undefined) throw new Error('the statement has not returned the time');
  if (first.erasing) return null;
  // With tasks there is a clock; without it their numbers would begin anew.
  if (first.seq === null && rows.length > 1) throw new Error('the owner of tasks has no clock');
  const tasks = new Map<string, Task>();
  for (const row of rows) {
    if (row.id === null) continue;
    tasks.set(row.id, taskOf(row));
  }
  const series = seriesOfRuled(operations, tasks);
  const recurring =
    series.length === 0 ? [] : await statements.any(listRecurring({ owner, series: arrayOf(series) }));
  const completed = recurringCompletions(operations, tasks);
  const chosen = operations.flatMap((operation) =>
    operation.op === 'create' ? (operation.task.id ?? []) : [],
  );
  const taken = await takenOf(statements, owner, [...chosen, ...completed.map(successorId)]);
  const surroundings = await surroundingsOf(statements, owner, operations, completed);
  const { at, seq } = first;
  return {
    owner,
    at,
    base: seq ?? firstBase,
    hasClock: seq !== null,
    tasks,
    recurring,
    taken,
    newId: idsInOrder(operations),
    otherId: randomUUID,
    ...surroundings,
  };
};

/**
 * How often positions are renewed for one batch. Each time at most a thousand rows change, while the
 * owner's other writes wait.
 */
const maxRenewals = 5;

const noRoom = (operation: BatchOperation | undefined, index: number): Fault => {
  const content = ['task', 'list', 'changes'].filter((name) => operation !== undefined && name in operation);
  return {
    loc: ['body', 'operations', index, ...content, 'place'],
    msg: 'has no room for another one: too much was moved there',
    type: 'place',
  };
};

type Row = { readonly id: string } & Touched;

// Each task and list of the batch, as the history has it.
const touchedBy = (
  { written, moved, deleted, lists }: Extract<Outcome, { readonly applicable: true }>,
  { tasks, subtasks, lists: { positions } }: Pick<Beginning, 'tasks' | 'subtasks' | 'lists'>,
) => {
  const before = {
    tasks: new Set([...tasks.keys(), ...subtasks.map(({ id }) => id)]),
    lists: new Set(positions.keys()),
  };
  const rows = (table: 'tasks' | 'lists', there: readonly Row[], gone: readonly Deleted[]) => [
    ...there.map(({ id, at, place }) => ({
      id,
      at,
      place,
      is_gone: false,
      is_recorded: true,
      reached: null,
    })),
    ...gone.map(({ id, at, place, reached }) => ({
      id,
      at,
      place,
      reached,
      is_gone: true,
      is_recorded: before[table].has(id),
    })),
  ];
  const ofTasks = rows('tasks', [...written, ...moved], deleted);
  const ofLists = rows('lists', lists.written, lists.deleted);
  const recordedRows = [...ofTasks, ...ofLists].filter(({ is_recorded }) => is_recorded);
  const unit = batchUnitOf(recordedRows.map(({ place }) => place));
  const counted = (row: (typeof ofTasks)[number]) => ({ ...row, total: unit.totalAt(row.place) });
  return { first: unit.first, touched: { tasks: ofTasks.map(counted), lists: ofLists.map(counted) } };
};

/** Null while everything is being deleted. */
export const applyIn = async (
  statements: Statements,
  owner: OwnerId,
  author: Author,
  operations: readonly BatchOperation[],
): Promise<Applied | null> => {
  for (let renewals = 0; ; ) {
    const beginning = await beginningOf(statements, owner, operations);
    if (beginning === null) return null;
    if (beginning.base + BigInt(operations.length) > maxChange) throw problems.changeLimitReached();
    const outcome = applyInOrder(operations, { ...beginning, isRenewed: renewals > 0 });
    if ('crowded' in outcome) {
      const { crowded } = outcome;
      renewals += 1;
      if (renewals <= maxRenewals && (await clearSpace(statements, { owner, author }, crowded))) continue;
      return { applicable: false, faults: [noRoom(operations[crowded.index], crowded.index)] };
    }
    if (!outcome.applicable) return outcome;
    if (!beginning.hasClock && (await statements.maybeOne(createClock({ owner }))) === null) {
      // Another write has created it: what it did is known the next time.
      continue;
    }
    const { written, passing, moved, deleted, lists, passingLists, results } = outcome;
    const { base } = beginning;
    const { first, touched } = touchedBy(outcome, beginning);
    const change = first === null ? null : base + BigInt(first);
    const recording = { change, ...valuesOfAuthor(author) };
    const stored = await statements.any(
      writeBatch({
        owner,
        base,
        steps: operations.length,
        written: JSON.stringify(written),
        passing: JSON.stringify(passing),
        touched: JSON.stringify(touched.tasks),
        gone: arrayOf(deleted.map(({ id }) => id)),
        ...recording,
      }),
    );
    if (stored.length === 0) return null;
    if (moved.length > 0) {
      await statements.any(moveSubtasks({ owner, base, moved: JSON.stringify(moved) }));
    }
    const storedLists = await writeLists(statements, owner, {
      base,
      ...lists,
      passing: passingLists,
      touched: touched.lists,
      recording,
    });
    if (change !== null) author.made(change);
    return { ...outcome, results: resultsOf(results, stored, storedLists) };
  }
};

export const batchesOf = (database: Statements, owner: OwnerId, author: Author): BatchStore => ({
  applyBatch: async (operations) => {
    const outcome = await database.transaction((statements) =>
      applyIn(statements, owner, author, operations),
    );
    if (outcome === null) throw problems.erasureInProgress();
    return outcome;
  },
});
