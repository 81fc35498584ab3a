// Owners spread over several databases: statements that name no owner (about old data and
// interrupted erasures) run on each database at its direct address, because a proxy sends them to
// only one.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { queryPostgres, startEmptyPostgres, type TestPostgres } from '../support/postgres.ts';
import { linesOf, startService } from '../support/process.ts';
import { testSecret, tokenFor } from '../support/tokens.ts';

const dead = 'postgresql://u:hunter2@127.0.0.1:1/none';

let shards: Pick<TestPostgres, 'url' | 'close'>[];
let urls: string[];
beforeAll(async () => {
  shards = [await startEmptyPostgres(), await startEmptyPostgres()];
  urls = shards.map(({ url }) => url);
  for (const url of urls) await migrate({ url, direction: 'up' }, createLogger('silent'));
}, 60_000);
afterAll(() => Promise.all(shards.map(({ close }) => close())));

/** An owner whose erasure was interrupted, and one with old data. */
const plant = async (url: string): Promise<void> => {
  const [erased, old] = [randomUUID(), randomUUID()];
  await queryPostgres(
    url,
    'INSERT INTO owner_clock (owner_id, seq, erasing) VALUES ($1, 9, true), ($2, 9, false)',
    [erased, old],
  );
  await queryPostgres(
    url,
    `INSERT INTO tasks (owner_id, title, completed, created_at, updated_at, change_seq)
     SELECT $1, 'x', false, now(), now(), n FROM generate_series(1, 5) AS n`,
    [erased],
  );
  await queryPostgres(
    url,
    `INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
     SELECT $1, gen_random_uuid(), n, now() - interval '40 days' FROM generate_series(1, 5) AS n`,
    [old],
  );
  await queryPostgres(
    url,
    `INSERT INTO idempotency_keys (owner_id, key, fingerprint, created_at, status, headers)
     SELECT $1, 'key ' || n, 'x', now() - interval '2 days', 204, '{}' FROM generate_series(1, 5) AS n`,
    [old],
  );
};

const left = async (url: string) => {
  const [row] = await queryPostgres(
    url,
    `SELECT (SELECT count(*)::int FROM owner_clock WHERE erasing) AS erasing,
       (SELECT count(*)::int FROM tasks WHERE title = 'x') AS tasks,
       (SELECT count(*)::int FROM task_tombstones) AS tombstones,
       (SELECT count(*)::int FROM idempotency_keys) AS results`,
  );
  return row;
};

test('one write starts a sweep of each, and one that is down does not stop the others', {
  timeout: 60_000,
}, async () => {
  for (const url of urls) await plant(url);
  const service = await startService({
    DATABASE_URL: urls[0] ?? '',
    DATABASE_URL_UNPOOLED: [dead, ...urls].join(' '),
    DATABASE_POOL_MAX: '1',
    DATABASE_PREPARED_STATEMENTS: 'false',
    DATABASE_TIMEOUT_MS: '5000',
    JWT_SECRET: testSecret,
  });
  const token = await tokenFor(randomUUID());
  expect((await service.send('POST', '/api/v1/users/me/tasks', { token, json: { title: 'y' } })).status).toBe(
    201,
  );
  const nothing = { erasing: 0, tasks: 0, tombstones: 0, results: 0 };
  for (const url of urls) await expect.poll(() => left(url), { timeout: 30_000 }).toEqual(nothing);
  const failed = 'old data could not be deleted; the next sweep tries again';
  await service.until(() => service.stdout().includes(failed));
  const failures = linesOf(service.stdout()).filter(({ msg }) => msg === failed);
  expect(failures.map(({ database }) => database)).toEqual(['127.0.0.1:1/none']);
  expect((await service.send('GET', '/readyz')).status).toBe(200);
  expect((await service.end('SIGINT')).code).toBe(0);
  expect(service.stdout() + service.stderr()).not.toContain('hunter2');
});
