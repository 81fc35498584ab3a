// What each statement over many rows reads while the planner knows nothing of them: an owner has
// brought twenty thousand tasks since the tables were last analyzed. Only a real Postgres plans for
// real rows.
import pg from 'pg';
import type { QuerySqlToken } from 'slonik';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { mostRows, withoutSorting } from '../../src/tasks/fragments.ts';
import { clearSpace } from '../../src/tasks/renewed-positions.ts';
import { id, owner, type Recorded, recorder, statementsOf } from '../contract/store-calls.ts';
import { isRealPostgres, startEmptyPostgres } from '../support/postgres.ts';

const tasks = 20_000;

interface Plan {
  readonly 'Node Type': string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Plan[];
}

const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];

/** The rows that a plan has read or compared, wherever they came from. */
const readBy = (plan: Plan): number =>
  nodes(plan).reduce((sum, node) => {
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

// Three of four are in a list, every tenth is a parent and has two subtasks after it.
const brought = `
  ALTER TABLE tasks SET (autovacuum_enabled = false);
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
  FROM generate_series(10, ${tasks + 9}) AS n`;

const literal = (value: unknown): string => {
  if (value === null || value === '') return 'NULL';
  return pg.escapeLiteral(
    Array.isArray(value) ? `{${value.map((item) => JSON.stringify(item)).join(',')}}` : String(value),
  );
};

/** What is sent to make room for a row. */
const ofRenewal = async (): Promise<Recorded[]> => {
  const sent: Recorded[] = [];
  const near = ['p0000000000001000', `p0000000000001000${'0'.repeat(199)}1`].map((position) => ({
    id,
    position,
  }));
  const any = async ({ sql, values, name }: QuerySqlToken & { readonly name?: string }) => {
    sent.push({ sql: sql.replaceAll('$slonik_', '$'), values, name, mayBeSorted: false });
    return near as never;
  };
  await clearSpace({ ...recorder().database, any }, owner, {
    position: `p0000000000001000${'0'.repeat(200)}1`,
    of: 'tasks',
    index: 0,
  });
  return sent;
};

const names = [
  'delete_tasks_of_list',
  'detach_tasks_of_list',
  'delete_completed_tasks',
  'bury_tasks',
  'rename_label',
  'list_taken_ids',
  'list_subtasks',
  'list_near_positions',
  'list_occupied_lists',
  'move_subtasks',
  'list_neighbours:tasks',
  'renew_positions:tasks',
];

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
      const calls = ['deleteList', 'deleteCompleted', 'renameLabel', 'delete', 'applyBatch'] as const;
      for (const call of calls) {
        for (const statement of await statementsOf(call)) statements.set(statement.name, statement);
      }
      for (const statement of await ofRenewal()) statements.set(statement.name, statement);
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

    const readOf = async ({ sql, values }: Recorded, mode: string): Promise<number> => {
      await client.query('BEGIN');
      try {
        await client.query(`SET LOCAL plan_cache_mode = ${mode}`);
        // As the statement does that begins the transaction.
        await client.query(`SELECT ${withoutSorting.sql}`);
        await client.query(`PREPARE planned AS ${sql}`);
        const given = values.map((value) => literal(many(value))).join(', ');
        const { rows } = await client.query(
          `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE planned(${given})`,
        );
        return readBy(rows[0]['QUERY PLAN'][0].Plan);
      } finally {
        await client.query('ROLLBACK');
        await client.query('DEALLOCATE ALL');
      }
    };

    test.each(names)('%s reads no more than a few rows for each of a piece', async (name) => {
      const statement = statements.get(name);
      if (statement === undefined) throw new Error(`${name} was not sent`);
      for (const mode of ['force_custom_plan', 'force_generic_plan']) {
        const read = await readOf(statement, mode);
        expect([mode, read]).toEqual([
          mode,
          expect.toSatisfy((count: number) => count >= 100 && count <= 14 * mostRows),
        ]);
      }
    });
  },
);
