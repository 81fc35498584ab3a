// Migrations up and down, on a separate database: a new embedded one, or one created for this on
// TEST_DATABASE_URL.
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { isRealPostgres, queryPostgres, startEmptyPostgres, type TestPostgres } from '../support/postgres.ts';
import { linesOf, runToEnd, startService } from '../support/process.ts';
import { testSecret, tokenFor } from '../support/tokens.ts';

const migrations = readdirSync(new URL('../../migrations', import.meta.url))
  .filter((file) => file.endsWith('.sql'))
  .map((file) => file.slice(0, -4))
  .sort();

const log = createLogger('warn');

describe('the migrations', { timeout: 120_000 }, () => {
  let empty: Pick<TestPostgres, 'url' | 'close'>;
  beforeAll(async () => {
    empty = await startEmptyPostgres();
  });
  afterAll(() => empty.close());

  const up = (count?: number) => migrate({ url: empty.url, direction: 'up', count }, log);
  const down = (count?: number) => migrate({ url: empty.url, direction: 'down', count }, log);

  /** All objects of every schema, except the migrations' own table. */
  const everything = async (): Promise<string[]> => {
    const rows = await queryPostgres<{ kind: string; schema: string; name: string }>(
      empty.url,
      `SELECT kind, nspname AS schema, name
       FROM (
         SELECT 'namespace' AS kind, oid AS namespace, nspname::text AS name FROM pg_namespace
         UNION ALL SELECT 'class ' || relkind::text, relnamespace, relname::text FROM pg_class
         UNION ALL SELECT 'type ' || typtype::text, typnamespace, typname::text FROM pg_type
         UNION ALL SELECT 'collation', collnamespace, collname::text FROM pg_collation
         UNION ALL SELECT 'function', pronamespace, proname || '(' || oidvectortypes(proargtypes) || ')' FROM pg_proc
         UNION ALL SELECT 'constraint', connamespace, conname::text FROM pg_constraint
         UNION ALL SELECT 'trigger', 'pg_catalog'::regnamespace::oid, tgname::text FROM pg_trigger
         UNION ALL SELECT 'extension', extnamespace, extname::text FROM pg_extension
         UNION ALL SELECT 'setting', 'pg_catalog'::regnamespace::oid, array_to_string(setconfig, ',')
         FROM pg_db_role_setting JOIN pg_database ON pg_database.oid = setdatabase
         WHERE datname = current_database()
       ) AS things
       JOIN pg_namespace ON pg_namespace.oid = namespace
       WHERE nspname !~ '^pg_(temp|toast_temp)_' AND name !~ '^pg_(temp|toast_temp)_'`,
    );
    return (
      rows
        // The name of a TOAST table contains its table's oid, which is different each time.
        .map(({ kind, schema, name }) => `${kind} ${schema}.${name.replace(/_toast_\d+/, '_toast_N')}`)
        .filter((thing) => !thing.includes('schema_migrations'))
        .sort()
    );
  };

  test('go up, leave nothing behind when they go down, and go up again', async () => {
    const before = await everything();
    expect(await up()).toEqual(migrations);
    const migrated = await everything();
    expect(migrated).toContain('class r public.tasks');
    expect(await up()).toEqual([]);
    expect(await down(migrations.length)).toEqual(migrations.toReversed());
    expect(await everything()).toEqual(before);
    expect(await up()).toEqual(migrations);
    expect(await everything()).toEqual(migrated);
  });

  test('go down one at a time, and each step is undone by the next up', async () => {
    await up();
    for (const name of migrations.toReversed()) {
      const above = await everything();
      expect(await down(1)).toEqual([name]);
      expect(await up(1)).toEqual([name]);
      expect(await everything()).toEqual(above);
      expect(await down(1)).toEqual([name]);
    }
    expect(await down(1)).toEqual([]);
    await up();
  });

  test('run by the command line: up, down a step, and up again, while readiness follows', async () => {
    await up();
    const env = { DATABASE_URL: empty.url, JWT_SECRET: testSecret, DATABASE_POOL_MAX: '1' };
    const service = await startService({ ...env, DATABASE_PREPARED_STATEMENTS: 'false' });
    const token = await tokenFor('alice');
    expect((await service.send('GET', '/readyz')).status).toBe(200);

    const last = migrations.at(-1);
    const step = await runToEnd('src/commands/migrate.ts', ['down'], env);
    expect(step).toMatchObject({ code: 0, stderr: '' });
    expect(linesOf(step.stdout).at(-1)).toMatchObject({ direction: 'down', ran: [last], msg: 'migrated' });
    // The result is valid for a second.
    const readiness = async () => {
      const { status, headers } = await service.send('GET', '/readyz');
      return { status, saysWhen: headers.has('retry-after') };
    };
    await expect.poll(readiness, { timeout: 10_000 }).toEqual({ status: 503, saysWhen: true });
    expect((await service.send('GET', '/healthz')).status).toBe(200);

    const again = await runToEnd('src/commands/migrate.ts', [], env);
    expect(linesOf(again.stdout).at(-1)).toMatchObject({ direction: 'up', ran: [last], msg: 'migrated' });
    await expect.poll(readiness, { timeout: 10_000 }).toEqual({ status: 200, saysWhen: false });
    const created = await service.send('POST', '/api/v1/users/me/tasks', { token, json: { title: 'x' } });
    expect(created.status).toBe(201);
    const none = await runToEnd('src/commands/migrate.ts', ['up'], env);
    expect(linesOf(none.stdout).at(-1)).toMatchObject({ ran: [], msg: 'nothing to migrate' });
  });

  // PGlite has one session for all its connections, and a session never waits for its own lock.
  test.skipIf(!isRealPostgres)('run once when several processes start them at once', async () => {
    await down(migrations.length);
    const env = { DATABASE_URL: empty.url, JWT_SECRET: testSecret };
    const runs = await Promise.all([1, 2, 3, 4].map(() => runToEnd('src/commands/migrate.ts', [], env)));
    expect(runs.map(({ code, stderr }) => [code, stderr])).toEqual(runs.map(() => [0, '']));
    const ran = runs.flatMap(({ stdout }) => linesOf(stdout).at(-1)?.ran);
    expect(ran).toEqual(migrations);
  });
});

describe('npm run migrate', { timeout: 120_000 }, () => {
  const unreachable = { DATABASE_URL: 'postgresql://u:hunter2@127.0.0.1:1/none', JWT_SECRET: testSecret };

  test.each([
    [['sideways'], 'Usage: npm run migrate, or npm run migrate -- down [steps]\n'],
    [['down', 'all'], 'The number of steps must be 1 or more.\n'],
    [['down', '0'], 'The number of steps must be 1 or more.\n'],
  ])('refuses %j', async (args, stderr) => {
    expect(await runToEnd('src/commands/migrate.ts', args, unreachable)).toMatchObject({
      code: 1,
      stdout: '',
      stderr,
    });
  });

  test('reports that the embedded database needs none', async () => {
    const stderr = 'DATABASE_URL is not set. The embedded database migrates itself on start.\n';
    expect(await runToEnd('src/commands/migrate.ts', [], {})).toMatchObject({ code: 1, stdout: '', stderr });
  });

  test('reports in one line that the database is unreachable', async () => {
    const { code, stdout, stderr } = await runToEnd('src/commands/migrate.ts', [], unreachable);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Not migrated: [^\n]*ECONNREFUSED[^\n]*\n$/);
    expect(linesOf(stdout).every(({ level }) => level === 'error')).toBe(true);
    expect(stdout + stderr).not.toContain('hunter2');
  });
});

describe('the tables', () => {
  let empty: Pick<TestPostgres, 'url' | 'close'>;
  beforeAll(async () => {
    empty = await startEmptyPostgres();
    await migrate({ url: empty.url, direction: 'up' }, log);
  });
  afterAll(() => empty.close());

  const good = {
    owner_id: 'alice',
    title: 'a title',
    description: null,
    completed: false,
    completed_at: null,
    created_at: '2026-01-12T09:30:00.123456Z',
    updated_at: '2026-01-12T09:30:00.123456Z',
    version: 1,
    change_seq: 1,
  };
  const insert = (row: Record<string, unknown>) => {
    const columns = Object.keys(row);
    return queryPostgres(
      empty.url,
      `INSERT INTO tasks (${columns.join(', ')}) VALUES (${columns.map((_, n) => `$${n + 1}`).join(', ')})`,
      Object.values(row),
    );
  };
  const count = async () =>
    (await queryPostgres<{ n: number }>(empty.url, 'SELECT count(*)::int4 AS n FROM tasks'))[0]?.n;

  test('accept what the contract allows, up to its limits', async () => {
    await insert(good);
    await insert({
      ...good,
      title: '🦆'.repeat(200),
      description: 'é'.repeat(2000),
      owner_id: 'x'.repeat(255),
    });
    await insert({ ...good, completed: true, completed_at: good.created_at, description: '' });
    expect(await count()).toBe(3);
  });

  const checkViolation = '23514';
  const notNull = '23502';
  test.each([
    ['an empty owner', { owner_id: '' }, checkViolation],
    ['an owner of 256 characters', { owner_id: 'x'.repeat(256) }, checkViolation],
    ['no owner', { owner_id: null }, notNull],
    ['an empty title', { title: '' }, checkViolation],
    ['a title of spaces', { title: ' \t\n ' }, checkViolation],
    ['a title of 201 characters', { title: 'x'.repeat(201) }, checkViolation],
    ['no title', { title: null }, notNull],
    ['a description of 2001 characters', { description: 'x'.repeat(2001) }, checkViolation],
    ['completed without a time', { completed: true }, checkViolation],
    ['a time without completed', { completed_at: good.created_at }, checkViolation],
    ['neither completed nor open', { completed: null }, notNull],
    ['version 0', { version: 0 }, checkViolation],
    ['change 0', { change_seq: 0 }, checkViolation],
    ['no creation time', { created_at: null }, notNull],
    ['no change time', { updated_at: null }, notNull],
  ])('refuse %s', async (_what, fields, code) => {
    const before = await count();
    await expect(insert({ ...good, ...fields })).rejects.toMatchObject({ code });
    expect(await count()).toBe(before);
  });

  test('store an id of an owner once, and allow another owner the same id', async () => {
    const id = randomUUID();
    await insert({ ...good, id });
    await expect(insert({ ...good, id })).rejects.toMatchObject({ code: '23505' });
    await insert({ ...good, id, owner_id: 'bob' });
  });

  test('refuse a clock before its first change', async () => {
    const clock = queryPostgres(empty.url, "INSERT INTO owner_clock (owner_id, seq) VALUES ('alice', 0)");
    await expect(clock).rejects.toMatchObject({ code: checkViolation });
  });
});
