// What each statement over many rows reads while the planner knows nothing of them: an owner has
// brought twenty thousand tasks since the tables were last analyzed. Only a real Postgres plans for
// real rows.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { mostRows, withoutSorting } from '../../src/tasks/fragments.ts';
import { id, owner, type Recorded, renewalOf, statementsOf } from '../contract/store-calls.ts';
import { compiledOn, differentOf, executionWith, planModes } from '../support/planning.ts';
import { isRealPostgres, startEmptyPostgres } from '../support/postgres.ts';

const tasks = 20_000;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Plan[];
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

/** The rows that a plan has read or compared, wherever they came from, or of one table. */
const readBy = (plan: Plan, table?: string): number =>
  nodes(plan).reduce((sum, node) => {
    if (table !== undefined && node['Relation Name'] !== table) return sum;
    const isScan = node['Node Type'].endsWith('Scan');
    const each =
      (isScan ? node['Actual Rows'] : 0) +
      (node['Rows Removed by Filter'] ?? 0) +
      (node['Rows Removed by Join Filter'] ?? 0) +
      (node['Rows Removed by Index Recheck'] ?? 0);
    return sum + each * node['Actual Loops'];
  }, 0);

// Before the import: no one has anything, others have a little, or many have, the owner among them.
const earlier = {
  'nothing was there': '',
  'others had a little': `
    INSERT INTO tasks (owner_id, title, completed, created_at, updated_at, change_seq, position)
    SELECT 'other-' || n % 5, 'Task', false, now(), now(), n, task_creation_key(n, 0) FROM generate_series(1, 20) AS n`,
  'everyone had a little': `
    INSERT INTO tasks (owner_id, title, completed, created_at, updated_at, change_seq, position)
    SELECT owner_id, 'Task', false, now(), now(), n, task_creation_key(n, 0)
    FROM (SELECT 'other-' || n AS owner_id FROM generate_series(1, 500) AS n UNION ALL SELECT '${owner}') AS owners,
      generate_series(1, 3) AS n`,
};

// The change 61, which has deleted some tasks and lists and created others; what was recorded later; and the
// versions of a task that was deleted.
const recorded = `
  INSERT INTO history (
    owner_id, change_seq, id, is_list, change, total, at, operation, is_deletion, former_seq, title, name, completed,
    created_at, updated_at, version, priority, labels, metadata, list_id, parent_id, position
  )
  SELECT '${owner}', 61 + is_list::int, CASE WHEN is_list THEN gen_random_uuid() ELSE md5('gone ' || n)::uuid END,
    is_list, 61, n, now(), 'applyTaskBatch', true, 9, 'Task', 'List', false, now(), now(), 1, 'none', '[]', '{}',
    '${id}', md5('task ' || n * 10)::uuid, task_creation_key(n, 0)
  FROM generate_series(1, 300) AS n CROSS JOIN (VALUES (false), (true)) AS kind (is_list);
  INSERT INTO history (owner_id, change_seq, id, is_list, change, total, at, operation, is_deletion)
  SELECT '${owner}', 61 + is_list::int, md5(CASE WHEN is_list THEN 'list ' ELSE 'task ' END || n)::uuid, is_list, 61, n,
    now(), 'applyTaskBatch', false
  FROM generate_series(10, 209) AS n CROSS JOIN (VALUES (false), (true)) AS kind (is_list);
  INSERT INTO history (owner_id, change_seq, id, change, total, at, operation, is_deletion)
  SELECT '${owner}', 62 + n, gen_random_uuid(), 62 + n, 1, now(), 'createTask', false
  FROM generate_series(1, ${tasks}) AS n;
  INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at) VALUES ('${owner}', '${id}', 50300, now());
  INSERT INTO history (owner_id, change_seq, id, change, total, at, operation, is_deletion, former_seq, version)
  SELECT '${owner}', 50000 + n, '${id}', 50000 + n, 1, now(), 'updateTask', n = 300, 49999 + n, n
  FROM generate_series(1, 300) AS n`;

// Three of four are in a list, every tenth is a parent and has two subtasks after it.
const brought = `
  ALTER TABLE tasks SET (autovacuum_enabled = false);
  ALTER TABLE history SET (autovacuum_enabled = false);
  INSERT INTO owner_clock (owner_id, seq) VALUES ('${owner}', ${tasks});
  INSERT INTO lists (owner_id, id, name, position, created_at, updated_at, change_seq)
  SELECT '${owner}', CASE WHEN n = 0 THEN '${id}' ELSE md5('list ' || n)::uuid END, 'List', task_creation_key(n, 0), now(), now(), n + 1
  FROM generate_series(0, 499) AS n;
  INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
  SELECT '${owner}', gen_random_uuid(), n, now() FROM generate_series(1, ${tasks}) AS n;
  INSERT INTO tasks (owner_id, id, title, completed, completed_at, created_at, updated_at, change_seq, position, list_id, parent_id)
  SELECT '${owner}', md5('task ' || n)::uuid, 'Task ' || n, n % 2 = 0, CASE WHEN n % 2 = 0 THEN now() END,
    now() + n * interval '1 ms', now() + n * interval '1 ms', n, task_creation_key(n, 0),
    CASE WHEN n / 10 % 4 < 3 THEN '${id}'::uuid END,
    CASE WHEN n % 10 IN (1, 2) THEN md5('task ' || n / 10 * 10)::uuid END
  FROM generate_series(10, ${tasks + 9}) AS n;
  ${recorded}`;

const names = [
  'record_deletion',
  'record_detachment',
  'record_completed_tasks',
  'delete_tasks',
  'detach_tasks',
  'record_renaming',
  'rename_label',
  'list_taken_ids',
  'list_subtasks',
  'list_near_positions',
  'list_occupied_lists',
  'find_change',
  'find_version',
  'list_task_conflicts',
  'list_list_conflicts',
  'undo_tasks',
  'undo_lists',
  'delete_created_tasks',
  'delete_created_lists',
  'move_subtasks',
  'list_neighbours:tasks',
  'record_renewal:tasks',
  'renew_positions:tasks',
];

// What reads and writes one task or list. Where the planner is sure that the owner has nothing, it
// takes any index for the first five executions on a connection: that lasts until the tables are
// analyzed, a minute at most, and an update that names no other index than that by id is not to be had.
const single = ['get', 'create', 'update', 'replace', 'complete', 'delete', 'getList', 'updateList'] as const;

describe.skipIf(!isRealPostgres).each(Object.entries(earlier))(
  'where %s before, on a real Postgres only (TEST_DATABASE_URL)',
  (_, before) => {
    let database: Awaited<ReturnType<typeof startEmptyPostgres>>;
    let client: pg.Client;
    let ids: string[];
    const statements = new Map<string | undefined, Recorded>();
    beforeAll(async () => {
      database = await startEmptyPostgres();
      await migrate({ url: database.url, direction: 'up' }, createLogger('silent'));
      client = new pg.Client(database.url);
      await client.connect();
      await client.query(before);
      await client.query('ANALYZE');
      await client.query(brought);
      const { rows } = await client.query<{ id: string }>(
        'SELECT id FROM tasks WHERE owner_id = $1 ORDER BY position LIMIT $2',
        [owner, mostRows],
      );
      ids = rows.map((row) => row.id);
      const calls = [
        'deleteList',
        'deleteCompleted',
        'renameLabel',
        'delete',
        'applyBatch',
        'undo',
        'restore',
      ] as const;
      for (const call of calls) {
        for (const statement of await statementsOf(call)) statements.set(statement.name, statement);
      }
      for (const statement of await renewalOf('tasks')) statements.set(statement.name, statement);
      for (const call of ['recordedChanges', 'versions'] as const) {
        const [first] = await statementsOf(call);
        if (first !== undefined) statements.set(first.name, first);
      }
    });
    afterAll(async () => {
      await client.end();
      await database.close();
    });

    /** As many ids, positions or rows as a statement may get, where it was given one. */
    const many = (value: unknown): unknown => {
      if (typeof value !== 'string') return value;
      if (/^\{[\da-f]{8}-/.test(value)) return `{${ids.join(',')}}`;
      if (/^\{p\d/.test(value))
        return `{${ids.map((_id, n) => `p${String(n).padStart(16, '0')}`).join(',')}}`;
      if (!value.startsWith('[{"')) return value;
      const [first] = JSON.parse(value);
      return JSON.stringify(ids.map((one, n) => ({ ...first, id: one, place: n + 1 })));
    };

    const readOf = async (
      { sql, values, mayBeSorted }: Recorded,
      mode: string,
      table?: string,
    ): Promise<number> => {
      await client.query('BEGIN');
      try {
        await client.query(`SET LOCAL plan_cache_mode = ${mode}`);
        // As the statement does that begins the transaction.
        if (!mayBeSorted) await client.query(`SELECT ${withoutSorting.sql}`);
        await client.query(`PREPARE planned AS ${sql}`);
        const { rows } = await client.query(
          `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${executionWith(values.map(many))}`,
        );
        return readBy(rows[0]['QUERY PLAN'][0].Plan, table);
      } finally {
        await client.query('ROLLBACK');
        await client.query('DEALLOCATE ALL');
      }
    };

    test('none is compiled', async () => expect(await compiledOn(client)).toEqual([]));

    /** What is read of a row of the owner by a statement that the connection has executed before. */
    const readLater = async ({ sql, values }: Recorded, present: string | undefined): Promise<number> => {
      await client.query('BEGIN');
      try {
        await client.query(`PREPARE planned AS ${sql}`);
        const execution = executionWith(values.map((value) => (value === id ? present : value)));
        // Postgres plans for the parameters five times, then for any.
        for (let n = 0; n < 5; n++) await client.query(`EXPLAIN ${execution}`);
        const { rows } = await client.query(`EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${execution}`);
        return readBy(rows[0]['QUERY PLAN'][0].Plan);
      } finally {
        await client.query('ROLLBACK');
        await client.query('DEALLOCATE ALL');
      }
    };

    test.each(single)('%s reads a few rows, once Postgres plans for any parameters', async (call) => {
      const present = call.endsWith('List') ? id : ids[500];
      for (const statement of await differentOf(call)) {
        if (!statement.mayBeSorted || statement.name === 'begin_batch') continue;
        const read = await readLater(statement, present);
        const isFew = (count: number) => count >= 1 && count <= 25;
        expect([statement.name, read]).toEqual([statement.name, expect.toSatisfy(isFew)]);
      }
    });

    test.each(['list_changes', 'list_task_versions'])(
      '%s reads no more than a few rows of the history for each of a page',
      async (name) => {
        const statement = statements.get(name);
        if (statement === undefined) throw new Error(`${name} was not sent`);
        for (const mode of planModes) {
          const read = await readOf(statement, mode, 'history');
          const isFew = (count: number) => count >= 50 && count <= 250;
          expect([mode, read]).toEqual([mode, expect.toSatisfy(isFew)]);
        }
      },
    );

    test.each(names)('%s reads no more than a few rows for each of a piece', async (name) => {
      const statement = statements.get(name);
      if (statement === undefined) throw new Error(`${name} was not sent`);
      for (const mode of planModes) {
        const read = await readOf(statement, mode);
        expect([mode, read]).toEqual([
          mode,
          expect.toSatisfy((count: number) => count >= 100 && count <= 14 * mostRows),
        ]);
      }
    });
  },
);
