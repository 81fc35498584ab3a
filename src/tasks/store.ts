// All SQL on tasks. A store is closed over one owner: every statement carries that owner's predicate, and "not there"
// and "not yours" are the same null.
//
// Each operation is one statement. A write locks the owner's clock row first, so that the writes of an owner follow
// each other and no two of them deadlock; what it then sees of a task is the newest version, because UPDATE, DELETE and
// FOR UPDATE read a row again that has changed since the snapshot. A write that changes nothing leaves the clock alone.
import { type FragmentSqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { OwnerId } from '../auth/principal.ts';
import type { components } from '../contract/operation.ts';
import type { Statements } from '../db/pool.ts';
import { type BatchStore, batchesOf } from './batch-store.ts';
import type { Keyset } from './cursor.ts';
import { type Everything, everythingOf } from './everything.ts';
import { type ChangeFeed, feedOf } from './feed.ts';
import type { Precondition } from './precondition.ts';
import { type Task, taskColumns, taskRow } from './row.ts';

export type TaskSort = components['schemas']['TaskSort'];
export type TaskCreate = components['schemas']['TaskCreate'];
export type TaskUpdate = components['schemas']['TaskUpdate'];

export interface ListOptions {
  readonly completed: boolean | undefined;
  readonly q: string | undefined;
  readonly sort: TaskSort;
  readonly limit: number;
  readonly after: Keyset | undefined;
  /** What is asked for, as a text that no other page shares. */
  readonly page: string;
  /** The tags of pages that need not be read again; null when any page needs not. */
  readonly known: readonly string[] | null;
}

/** A page of a list; `tasks` is empty when its tag is a known one. */
export interface ListPage {
  /** Made of the owner's clock and of what is asked for: 32 hexadecimal digits. */
  readonly tag: string;
  readonly known: boolean;
  readonly tasks: readonly Task[];
}

/** What a conditional write did: `changed` is false when the precondition, or the task itself, left nothing to do. */
export interface Written {
  readonly changed: boolean;
  readonly task: Task;
}

export interface TaskStore extends BatchStore, ChangeFeed, Everything {
  list(options: ListOptions): Promise<ListPage>;
  create(task: TaskCreate): Promise<Task>;
  get(id: string): Promise<Task | null>;
  /** Writes the fields that are present. Null when there is no such task. */
  update(id: string, fields: TaskUpdate, precondition: Precondition): Promise<Written | null>;
  /** Completes an open task. Null when there is no such task. */
  complete(id: string, precondition: Precondition): Promise<Written | null>;
  /** Null when there is no such task; otherwise the task as it was. */
  delete(id: string, precondition: Precondition): Promise<Written | null>;
  /** Answers how many tasks were deleted. */
  deleteCompleted(): Promise<number>;
}

const state = { tag: z.string(), known: z.boolean() };
const listedRow = z.union([taskRow.extend(state), z.object({ ...state, id: z.null() })]);
const writtenRow = taskRow.extend({ changed: z.boolean() });
const deletedCount = z.strictObject({ deleted: z.int() });

const toWritten = (row: z.infer<typeof writtenRow> | null): Written | null => {
  if (row === null) return null;
  const { changed, ...task } = row;
  return { changed, task };
};

const sortColumns = {
  created_at: sql.fragment`created_at`,
  updated_at: sql.fragment`updated_at`,
  title: sql.fragment`title`,
};

// In a LIKE pattern `%`, `_` and `\` mean something; here they stand for themselves. Greek writes its sigma in another
// way at the end of a word, which ILIKE, letter by letter, takes for another letter.
const containing = (text: string) => `%${text.replaceAll('ς', 'σ').replace(/[\\%_]/g, '\\$&')}%`;

// An array literal: one parameter of one type, whether it is there or not.
const versions = (list: readonly number[] | null) => (list === null ? null : `{${list.join(',')}}`);

// Likewise; what is no tag of a list cannot be a known one.
const tags = (list: readonly string[] | null) =>
  list === null ? null : `{${list.filter((tag) => /^[0-9a-f]{32}$/.test(tag)).join(',')}}`;

const meets = ({ match, noneMatch, mustNotExist }: Precondition) => sql.fragment`
  coalesce(version = ANY (${versions(mustNotExist ? [] : match)}::int4[]), true)
  AND version <> ALL (${versions(noneMatch)}::int4[])
`;

/** The tasks of one owner. */
export const tasksOf = (database: Statements, owner: OwnerId): TaskStore => {
  const mine = sql.fragment`owner_id = ${owner}`;

  // The owner's clock, locked, with the number and the time of the change that is about to happen. MATERIALIZED, so
  // that the time is taken once, after the lock.
  const tick = () => sql.fragment`
    clock AS (SELECT seq FROM owner_clock WHERE ${mine} FOR UPDATE),
    tick AS MATERIALIZED (SELECT seq + 1 AS seq, clock_timestamp() AS at FROM clock)
  `;

  // What follows a change: the clock moves, or else the task is read again, locked, so that the answer is about its
  // newest version. The clock is joined, not tested with EXISTS: Postgres cannot repeat such a test when it finds that
  // another write has moved the clock since the snapshot.
  const outcome = () => sql.fragment`
    ticked AS (UPDATE owner_clock SET seq = changed.seq FROM changed WHERE owner_clock.${mine})
  `;
  const answer = (id: string) => sql.fragment`
    SELECT ${taskColumns}, true AS changed FROM changed
    UNION ALL
    SELECT ${taskColumns}, false
    FROM (SELECT ${taskColumns} FROM tasks WHERE ${mine} AND id = ${id} FOR UPDATE) AS unchanged
    WHERE NOT EXISTS (SELECT FROM changed)
  `;

  const change = (name: string, id: string, assignments: FragmentSqlToken, condition: FragmentSqlToken) =>
    database
      .maybeOne(sql.prepared(name, writtenRow)`
        WITH ${tick()},
        changed AS (
          UPDATE tasks
          SET ${assignments}, updated_at = at, version = version + 1, change_seq = seq
          FROM tick
          WHERE ${mine} AND id = ${id} AND ${condition}
          RETURNING ${taskColumns}, seq
        ),
        ${outcome()}
        ${answer(id)}
      `)
      .then(toWritten);

  return {
    ...batchesOf(database, owner),
    ...feedOf(database, owner),
    ...everythingOf(database, owner),

    list: async ({ completed, q, sort, limit, after, page, known }) => {
      const descending = sort.startsWith('-');
      const name = sort.replace('-', '') as keyof typeof sortColumns;
      const column = sortColumns[name];
      const direction = descending ? sql.fragment`DESC` : sql.fragment`ASC`;
      const filters = [mine];
      if (completed !== undefined) filters.push(sql.fragment`completed = ${completed}`);
      if (q !== undefined) {
        filters.push(sql.fragment`(
          replace(title, 'ς', 'σ') COLLATE task_search ILIKE ${containing(q)}
          OR replace(description, 'ς', 'σ') COLLATE task_search ILIKE ${containing(q)}
        )`);
      }
      if (after !== undefined) {
        const key = name === 'title' ? sql.fragment`${after.key}` : sql.fragment`${after.key}::timestamptz`;
        const beyond = descending ? sql.fragment`<` : sql.fragment`>`;
        filters.push(sql.fragment`(${column}, id) ${beyond} (${key}, ${after.id}::uuid)`);
      }
      const variant = [
        'list_tasks',
        sort,
        completed !== undefined && 'completed',
        q && 'q',
        after && 'after',
      ];
      // One snapshot of the clock and the tasks. While the tag is a known one, the tasks are not even looked at.
      const rows = await database.any(sql.prepared(variant.filter(Boolean).join(':'), listedRow)`
        WITH tagged AS MATERIALIZED (
          SELECT left(encode(sha256(convert_to(
            concat_ws(' ', (SELECT epoch || ' ' || seq FROM owner_clock WHERE ${mine}), ${page}::text), 'UTF8'
          )), 'hex'), 32) AS tag
        ),
        state AS MATERIALIZED (SELECT tag, coalesce(tag = ANY (${tags(known)}::text[]), true) AS known FROM tagged)
        SELECT tag, known, ${taskColumns}
        FROM state
        LEFT JOIN LATERAL (
          SELECT ${taskColumns}
          FROM tasks
          WHERE ${sql.join(filters, sql.fragment` AND `)} AND NOT known
          ORDER BY ${column} ${direction}, id ${direction}
          LIMIT ${limit}
        ) AS page ON true
        ORDER BY ${column} ${direction}, id ${direction}
      `);
      const { tag = '', known: unchanged = false } = rows[0] ?? {};
      const tasks = rows.flatMap((row) => {
        if (row.id === null) return [];
        const { tag: _tag, known: _known, ...task } = row;
        return task;
      });
      return { tag, known: unchanged, tasks };
    },

    create: ({ title, description = null, completed = false }) =>
      database.one(sql.prepared('create_task', taskRow)`
        WITH clock AS (
          INSERT INTO owner_clock (owner_id, seq)
          VALUES (${owner}, 1)
          ON CONFLICT (owner_id) DO UPDATE SET seq = owner_clock.seq + 1
          RETURNING seq
        ),
        tick AS MATERIALIZED (SELECT seq, clock_timestamp() AS at FROM clock)
        INSERT INTO tasks (owner_id, title, description, completed, completed_at, created_at, updated_at, change_seq)
        SELECT ${owner}, ${title}, ${description}, ${completed}::boolean,
          CASE WHEN ${completed}::boolean THEN at END, at, at, seq
        FROM tick
        RETURNING ${taskColumns}
      `),

    get: (id) =>
      database.maybeOne(sql.prepared('get_task', taskRow)`
        SELECT ${taskColumns}
        FROM tasks
        WHERE ${mine} AND id = ${id}
      `),

    update: (id, { title, description, completed }, precondition) =>
      change(
        'update_task',
        id,
        sql.fragment`
          title = coalesce(${title ?? null}, title),
          description = CASE WHEN ${description !== undefined}::boolean THEN ${description ?? null} ELSE description END,
          completed = coalesce(${completed ?? null}::boolean, completed),
          completed_at = CASE
            WHEN coalesce(${completed ?? null}::boolean, completed) THEN coalesce(completed_at, at)
          END
        `,
        meets(precondition),
      ),

    complete: (id, precondition) =>
      change(
        'complete_task',
        id,
        sql.fragment`completed = true, completed_at = at`,
        sql.fragment`NOT completed AND ${meets(precondition)}`,
      ),

    delete: (id, precondition) =>
      database
        .maybeOne(sql.prepared('delete_task', writtenRow)`
          WITH ${tick()},
          changed AS (
            DELETE FROM tasks
            USING tick
            WHERE ${mine} AND id = ${id} AND ${meets(precondition)}
            RETURNING ${taskColumns}, seq, at
          ),
          buried AS (
            INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
            SELECT ${owner}, id, seq, at
            FROM changed
          ),
          ${outcome()}
          ${answer(id)}
        `)
        .then(toWritten),

    deleteCompleted: async () => {
      const { deleted } = await database.one(sql.prepared('delete_completed_tasks', deletedCount)`
        WITH ${tick()},
        deleted AS (
          DELETE FROM tasks
          USING tick
          WHERE ${mine} AND completed
          RETURNING id, seq, at
        ),
        buried AS (
          INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
          SELECT ${owner}, id, seq, at
          FROM deleted
        ),
        changed AS (SELECT seq FROM deleted LIMIT 1),
        ${outcome()}
        SELECT count(*)::int4 AS deleted
        FROM deleted
      `);
      return deleted;
    },
  };
};
