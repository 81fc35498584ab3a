// Databases and roles whose settings are not Postgres' defaults: the service works correctly on
// them, or reports in one line why it cannot. Only a real Postgres has databases with their own
// settings.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { forgettingOf, sweep } from '../../src/db/sweep.ts';
import { createLogger } from '../../src/observability/log.ts';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { isRealPostgres, queryPostgres, startEmptyPostgres, type TestPostgres } from '../support/postgres.ts';
import { runToEnd, startService } from '../support/process.ts';
import { testSecret } from '../support/tokens.ts';

const log = createLogger('silent');

/** A database with these settings, without a schema. */
const databaseWith = async (settings: Readonly<Record<string, string>>, before = '', options = '') => {
  const database = await startEmptyPostgres(options);
  const name = new URL(database.url).pathname.slice(1);
  if (before !== '') await queryPostgres(database.url, before);
  for (const [setting, value] of Object.entries(settings)) {
    // The names of schemas are a list, not one text.
    const text = setting === 'search_path' ? value : `'${value}'`;
    await queryPostgres(database.url, `ALTER DATABASE ${name} SET ${setting} = ${text}`);
  }
  return database;
};

const migrated = async (settings: Readonly<Record<string, string>>, before = ''): Promise<TestPostgres> => {
  const database = await databaseWith(settings, before);
  await migrate({ url: database.url, direction: 'up' }, log);
  return { poolMax: 4, preparedStatements: true, ...database };
};

/** Most of the service's work on the database, with results that settings could change. */
const exercise = async (api: Api): Promise<void> => {
  const user: User = await api.newUser();
  const title = `100% "quoted" \\\\ back\\slash ΣΑΣ 日本 🦆`;
  const task = await user.create({ title, description: "it's\n\ttext" });
  expect(task).toMatchObject({ title, description: "it's\n\ttext", version: 1 });
  expect(Math.abs(Date.parse(task.created_at) - Date.now())).toBeLessThan(3_600_000);
  expect(task.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  for (const q of ['back\\slash', '100%', 'σας', 'ΣΑΣ', "it's"]) {
    const { items } = (await user.send('GET', `tasks?q=${encodeURIComponent(q)}`)).json;
    expect([q, items]).toEqual([q, [task]]);
  }
  const refused = await user.send('POST', 'tasks', { json: { title: '\u00a0\u3000' } });
  expect(refused.status).toBe(422);

  const headers = { 'Idempotency-Key': `'"\\{}` };
  const operations = Array.from({ length: 12 }, (_, n) => ({
    op: 'create',
    task: { title: `t${n}`, completed: n % 2 === 0 },
  }));
  const first = await user.send('POST', 'task-batches', { json: { operations }, headers });
  const again = await user.send('POST', 'task-batches', { json: { operations }, headers });
  expect([first.status, again.text]).toEqual([200, first.text]);

  const titles: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await user.send('GET', `tasks?limit=5&sort=created_at${cursor && `&cursor=${cursor}`}`);
    titles.push(...page.json.items.map((item: Task) => item.title));
    cursor = page.json.next_cursor;
  }
  expect(titles).toEqual([title, ...operations.map((operation) => operation.task.title)]);

  const since = (await user.send('GET', 'task-changes')).json.next_since;
  const patched = await user.send('PATCH', `tasks/${task.id}`, {
    json: { description: null },
    headers: { 'If-Match': '"1"' },
  });
  expect(patched.json).toMatchObject({ description: null, version: 2 });
  expect((await user.send('PATCH', `tasks/${task.id}/complete`)).json).toMatchObject({ completed: true });
  expect((await user.send('DELETE', 'tasks?completed=true')).json).toEqual({ deleted: 7, has_more: false });
  const changes = (await user.send('GET', `task-changes?since=${since}`)).json.items;
  expect(changes.map(({ type }: { type: string }) => type)).toEqual(Array(7).fill('deleted'));
  const age = () =>
    queryPostgres(
      api.postgres.url,
      `SET search_path = public, app; UPDATE task_tombstones SET deleted_at = deleted_at - interval '31 days'`,
    ).then(() => null, String);
  // One of the databases ends this session as well, if the machine is busy between its opening and its statement.
  await expect.poll(age).toBe(null);
  await sweep(api.database, forgettingOf(api.database, { historyDays: 30 }));
  expect((await user.send('GET', `task-changes?since=${since}`)).status).toBe(410);
  const writers = Array.from({ length: 8 }, (_, n) => user.create({ title: `w${n}` }));
  expect(new Set((await Promise.all(writers)).map(({ version }) => version))).toEqual(new Set([1]));
  expect((await user.send('DELETE', '/api/v1/users/me')).status).toBe(200);
  expect((await user.send('GET', 'task-export')).text).not.toContain(user.id);
  expect((await api.send('GET', '/readyz')).status).toBe(200);
};

const settings: [string, Readonly<Record<string, string>>, string?][] = [
  [
    'how values are written',
    {
      DateStyle: 'German, DMY',
      TimeZone: 'Asia/Kathmandu',
      IntervalStyle: 'sql_standard',
      client_encoding: 'LATIN1',
      standard_conforming_strings: 'off',
      backslash_quote: 'off',
      escape_string_warning: 'on',
      bytea_output: 'escape',
      extra_float_digits: '-15',
      array_nulls: 'off',
      quote_all_identifiers: 'on',
      xmloption: 'document',
    },
  ],
  [
    'how statements are read and planned',
    {
      transform_null_equals: 'on',
      plan_cache_mode: 'force_generic_plan',
      enable_indexscan: 'off',
      enable_tidscan: 'off',
      enable_nestloop: 'off',
      join_collapse_limit: '1',
      from_collapse_limit: '1',
      work_mem: '64kB',
      row_security: 'off',
      constraint_exclusion: 'on',
      max_parallel_workers_per_gather: '4',
      parallel_setup_cost: '0',
      parallel_tuple_cost: '0',
      min_parallel_table_scan_size: '0',
      synchronous_commit: 'off',
      client_min_messages: 'debug1',
      default_transaction_deferrable: 'on',
    },
  ],
  [
    'compilation of every statement',
    { jit: 'on', jit_above_cost: '0', plan_cache_mode: 'force_custom_plan' },
  ],
  ['sessions that end when they are idle', { idle_session_timeout: '50ms' }],
  ['tables in another schema', { search_path: 'app' }, 'CREATE SCHEMA app'],
];

describe.runIf(isRealPostgres)('a database with settings of its own', { timeout: 120_000 }, () => {
  test.each(settings)('%s', async (_what, values, before) => {
    const api = await startApi({ postgres: await migrated(values, before) });
    try {
      await exercise(api);
      const failed = api.logs.filter(({ status }) => Number(status) >= 500);
      expect(failed).toEqual([]);
    } finally {
      await api.close();
    }
  });

  test('that only allows reads: reads work, and writes are 503 until that ends', async () => {
    const postgres = await migrated({});
    const name = new URL(postgres.url).pathname.slice(1);
    const settled = await startApi({ postgres: { ...postgres, close: async () => {} } });
    const { id } = await settled.newUser();
    await settled.close();
    await queryPostgres(postgres.url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    const api = await startApi({ postgres });
    try {
      const user = await api.newUser(id);
      expect((await user.send('GET', 'tasks')).json.items).toEqual([]);
      for (const headers of [{}, { 'Idempotency-Key': 'k' }]) {
        const answer = await user.send('POST', 'tasks', { json: { title: 'x' }, headers });
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      }
      expect((await user.send('DELETE', '/api/v1/users/me')).status).toBe(503);
      expect((await api.send('GET', '/readyz')).status).toBe(200);
    } finally {
      await api.close();
    }
  });
});

describe.runIf(isRealPostgres)('a database that the service cannot use', { timeout: 120_000 }, () => {
  const environment = (url: string) => ({
    DATABASE_URL: url,
    DATABASE_URL_UNPOOLED: url,
    JWT_SECRET: testSecret,
    PORT: '0',
  });

  describe.each(['serializable', 'repeatable read'])('with %s transactions', (isolation) => {
    let postgres: TestPostgres;
    beforeAll(async () => {
      postgres = await migrated({ default_transaction_isolation: isolation });
    });
    afterAll(() => postgres.close());

    const line = `default_transaction_isolation is "${isolation}" for this role in this database. It must be "read committed": npm run limits sets it.\n`;

    test('is refused at start, in one line, by one process and by several', async () => {
      for (const workers of ['1', '2']) {
        const env = { ...environment(postgres.url), WEB_CONCURRENCY: workers };
        const { code, stdout, stderr } = await runToEnd('src/start.js', [], env);
        expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: line });
      }
    });

    test('is not ready if it could not be checked before, and the log reports why', async () => {
      const api = await startApi({ postgres: { ...postgres, close: async () => {} } });
      expect((await api.send('GET', '/readyz')).status).toBe(503);
      expect(JSON.stringify(api.logs)).toContain('default_transaction_isolation is');
      await api.close();
    });

    test('is corrected by npm run limits', async () => {
      const { code } = await runToEnd('src/commands/limits.ts', [], environment(postgres.url));
      expect(code).toBe(0);
      const service = await startService(environment(postgres.url));
      expect((await service.send('GET', '/readyz')).status).toBe(200);
    });
  });

  test('of another encoding is not migrated, and refused at start, in one line', async () => {
    const options = "TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'";
    const database = await databaseWith({}, '', options);
    const line =
      'The database has the encoding LATIN1. It must be UTF8, because tasks are in any language.\n';
    const run = await runToEnd('src/commands/migrate.ts', [], environment(database.url));
    expect(run).toMatchObject({ code: 1, stderr: `Not migrated: ${line}` });
    const start = await runToEnd('src/start.js', [], environment(database.url));
    expect(start).toMatchObject({ code: 1, stderr: line });
    await database.close();
  });

  test('without a schema for its tables is not migrated, in one line', async () => {
    const database = await databaseWith({ search_path: 'nowhere' });
    const { code, stderr } = await runToEnd('src/commands/migrate.ts', [], environment(database.url));
    expect([code, stderr]).toEqual([1, 'Not migrated: No schema in the search_path of this role exists.\n']);
    await database.close();
  });
});
