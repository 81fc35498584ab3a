// Readiness costs next to nothing, however many clients ask, and can let a database sleep.
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'slonik';
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { migrate } from '../../src/db/migrations.ts';
import type { ReadyProbe } from '../../src/db/readiness.ts';
import { createLogger } from '../../src/observability/log.ts';
import { type Api, startApi } from '../support/app.ts';
import { isRealPostgres, startEmptyPostgres, startPostgres } from '../support/postgres.ts';
import { freePort } from '../support/testbed/programs.ts';
import { type FaultyProxy, startProxy } from '../support/testbed/proxy.ts';

/** How many statements of this name have run. */
const ran = (api: Api, name: string): number => api.logs.filter(({ statement }) => statement === name).length;
const probes = (api: Api): number => ran(api, 'applied_migrations');

const ready = async (api: Api): Promise<number> => (await api.send('GET', '/readyz')).status;

/** Sends 16 requests at once on one connection, and counts the responses. */
const pipeline = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `${'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(15)}GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      ),
    );
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', reject).on('close', () => resolve(text.match(/HTTP\/1\.1 \d+/g)?.length ?? 0));
  });

describe('readiness', () => {
  test('probes the database at most once a second, however many clients ask', async () => {
    const api = await startApi({ logLevel: 'debug' });
    onTestFinished(() => api.close());
    const started = performance.now();
    let answers = 0;
    for (let round = 0; round < 6; round++) {
      const counts = await Promise.all([1, 2, 3, 4].map(() => pipeline(api.url)));
      answers += counts.reduce((sum, count) => sum + count, 0);
    }
    const seconds = (performance.now() - started) / 1000;
    expect(answers).toBe(6 * 4 * 16);
    expect(probes(api)).toBeGreaterThan(0);
    expect(probes(api)).toBeLessThanOrEqual(1 + seconds);
    expect(ran(api, 'sync_secret')).toBe(1);
  });

  test('that fails is shared as well, and probes again later', async () => {
    const port = await freePort();
    const postgres = await startPostgres();
    const url = new URL(postgres.url);
    const target = Number(url.port);
    url.port = String(port);
    const api = await startApi({ postgres: { ...postgres, url: url.href }, logLevel: 'debug' });
    onTestFinished(() => api.close());
    const started = performance.now();
    const statuses = await Promise.all(Array.from({ length: 40 }, () => ready(api)));
    expect(new Set(statuses)).toEqual(new Set([503]));
    const { text } = await api.send('GET', '/metrics');
    const failures = Number(/^database_errors_total\{kind="connection"\} (\d+)$/m.exec(text)?.[1]);
    expect(failures).toBeGreaterThan(0);
    expect(failures).toBeLessThanOrEqual(1 + (performance.now() - started) / 1000);
    const proxy = await startProxy(target, { port });
    onTestFinished(() => proxy.close());
    await expect.poll(() => ready(api), { timeout: 10_000 }).toBe(200);
  });

  const deadline = 1500;
  const throughProxy = async (readyProbe: ReadyProbe): Promise<{ api: Api; proxy: FaultyProxy }> => {
    const postgres = await startPostgres();
    const url = new URL(postgres.url);
    const proxy = await startProxy(Number(url.port));
    url.port = String(proxy.port);
    const api = await startApi({
      postgres: { ...postgres, url: url.href },
      logLevel: 'debug',
      timeout: deadline,
      readyProbe,
    });
    onTestFinished(async () => {
      await api.close();
      await proxy.close();
    });
    await expect.poll(() => ready(api), { timeout: 10_000 }).toBe(200);
    return { api, proxy };
  };
  /** Longer than a result is shared. */
  const later = () => sleep(1100);

  test('on idle does not probe again once it is ready, not even when an unused connection ends', async () => {
    const { api, proxy } = await throughProxy('idle');
    const before = probes(api);
    await later();
    expect(await ready(api)).toBe(200);
    // A compute that goes to sleep closes them.
    proxy.cut();
    await later();
    expect([await ready(api), await ready(api)]).toEqual([200, 200]);
    expect(probes(api)).toBe(before);
    const user = await api.newUser();
    expect((await user.send('GET', 'tasks')).status).toBe(200);
    await later();
    expect(await ready(api)).toBe(200);
    expect(probes(api)).toBe(before);
  });

  test('on query probes again', async () => {
    const { api } = await throughProxy('query');
    const before = probes(api);
    await later();
    expect(await ready(api)).toBe(200);
    expect(probes(api)).toBe(before + 1);
  });

  test('on idle probes after a request has failed, until a probe succeeds', async () => {
    const { api, proxy } = await throughProxy('idle');
    const user = await api.newUser();
    proxy.stall();
    expect((await user.send('GET', 'tasks')).status).toBe(503);
    await expect.poll(() => ready(api), { timeout: 10_000 }).toBe(503);
    proxy.cut();
    await expect.poll(() => ready(api), { timeout: 15_000 }).toBe(200);
    const before = probes(api);
    await later();
    expect(await ready(api)).toBe(200);
    expect(probes(api)).toBe(before);
  });

  // The embedded database blocks all clients while it sleeps.
  test.skipIf(!isRealPostgres)('is not lost to statements that take all connections', async () => {
    const postgres = await startPostgres();
    const api = await startApi({ postgres: { ...postgres, poolMax: 1 } });
    onTestFinished(() => api.close());
    await expect.poll(() => ready(api), { timeout: 10_000 }).toBe(200);
    await later();
    const slow = api.database.probe(
      sql.type(z.object({ n: z.int() }))`SELECT 1 AS n FROM (SELECT pg_sleep(4)) AS slept`,
      15_000,
    );
    expect(await ready(api)).toBe(200);
    expect((await api.send('GET', '/metrics')).text).toMatch(
      /^database_errors_total\{kind="overloaded"\} 1$/m,
    );
    await slow;
  });

  test('on idle waits for the schema, and notices when it is removed', async () => {
    const empty = await startEmptyPostgres();
    const log = createLogger('silent');
    const api = await startApi({
      postgres: { url: empty.url, poolMax: 1, preparedStatements: isRealPostgres, close: empty.close },
      readyProbe: 'idle',
    });
    onTestFinished(() => api.close());
    const user = await api.newUser();
    expect(await ready(api)).toBe(503);
    await migrate({ url: empty.url, direction: 'up' }, log);
    await expect.poll(() => ready(api), { timeout: 10_000 }).toBe(200);
    await migrate({ url: empty.url, direction: 'down', count: 100 }, log);
    expect((await user.send('GET', 'tasks')).status).toBe(503);
    await expect.poll(() => ready(api), { timeout: 10_000 }).toBe(503);
  });
});
