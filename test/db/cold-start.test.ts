// A sleeping database: unreachable at the start, slow to wake, and back without help.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { startPostgres, type TestPostgres } from '../support/postgres.ts';
import { eventually, freePort } from '../support/testbed/programs.ts';
import { type FaultyProxy, startProxy } from '../support/testbed/proxy.ts';

const timeout = 400;

describe('a database that is not there yet', () => {
  let api: Api;
  let postgres: TestPostgres;
  let proxy: FaultyProxy | undefined;
  let port: number;
  const start = async (): Promise<void> => {
    postgres = await startPostgres();
    port = await freePort();
    const url = new URL(postgres.url);
    url.port = String(port);
    // A service that starts while no server listens there.
    api = await startApi({ postgres: { ...postgres, url: url.href }, timeout });
  };
  const wake = async (late: number) => {
    proxy = await startProxy(Number(new URL(postgres.url).port), { port });
    proxy.delay(late);
  };
  afterEach(async () => {
    await api.close();
    await proxy?.close();
  });

  test('leaves the service alive, not ready, and responding; all works when it appears', async () => {
    await start();
    const user = await api.newUser();
    expect((await user.send('GET', '/healthz')).status).toBe(200);
    expect((await user.send('GET', '/readyz')).status).toBe(503);
    const refused = await user.send('POST', 'tasks', { json: { title: 'early' } });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await wake(0);
    await eventually(30_000, async () => {
      expect((await user.send('GET', '/readyz')).status).toBe(200);
    });
    await eventually(30_000, async () => {
      expect((await user.send('POST', 'tasks', { json: { title: 'late' } })).status).toBe(201);
    });
    // The write that was refused never happened.
    const { json } = await user.send('GET', 'tasks');
    expect(json.items.map(({ title }: { title: string }) => title)).toEqual(['late']);
  });

  test('and takes longer than a request waits: the connection is kept for the next request', async () => {
    await start();
    await wake(3 * timeout);
    const user = await api.newUser();
    expect((await user.send('GET', 'tasks')).status).toBe(503);
    await sleep(3 * timeout);
    await eventually(30_000, async () => {
      expect((await user.send('GET', 'tasks')).status).toBe(200);
    });
    expect((await user.send('GET', '/readyz')).status).toBe(200);
  });
});
