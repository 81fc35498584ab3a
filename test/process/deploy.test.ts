// Deployment: instances start and stop behind a load balancer that checks whether they are ready, and
// no client notices. Several processes need a Postgres that accepts several connections (npm run
// test:postgres).
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { isRealPostgres } from '../support/postgres.ts';
import { linesOf, type Service, startService } from '../support/process.ts';
import { newOwner, testSecret, tokenFor } from '../support/tokens.ts';

const environment = (): Record<string, string> => ({
  DATABASE_URL: process.env.TEST_DATABASE_URL ?? '',
  DATABASE_PREPARED_STATEMENTS: process.env.DATABASE_PREPARED_STATEMENTS ?? 'true',
  DATABASE_POOL_MAX: '4',
  HOST: '127.0.0.1',
  JWT_SECRET: testSecret,
  RATE_LIMIT: '0',
  // Many times what the load balancer below takes to notice, also where it gets little of the processor.
  SHUTDOWN_DELAY_MS: '4000',
});

/** Sends to the first instance that is ready, as a load balancer does that asks each of them every 100 ms. */
const balance = (instances: Service[], token: string) => {
  const ready = new Set(instances);
  const failures: string[] = [];
  let sent = 0;
  let going = true;
  const ask = async (): Promise<void> => {
    while (going) {
      await Promise.all(
        instances.map(async (instance) => {
          const status = await instance.send('GET', '/readyz', { token: null }).then(
            (answer) => answer.status,
            () => 0,
          );
          if (status === 200) ready.add(instance);
          else ready.delete(instance);
        }),
      );
      await sleep(100);
    }
  };
  const send = async (client: number): Promise<void> => {
    for (let n = 0; going; n++) {
      const [instance] = [...ready].slice((client + n) % ready.size);
      sent += 1;
      try {
        const path = '/api/v1/users/me/tasks';
        const answer = await instance?.send('POST', path, { token, json: { title: `${client} ${n}` } });
        if (answer?.status !== 201) failures.push(`${answer?.status} ${answer?.text}`);
      } catch (error) {
        failures.push(String((error as Error).cause ?? error));
      }
    }
  };
  const done = Promise.all([ask(), ...[0, 1, 2, 3].map(send)]);
  return {
    end: async () => {
      going = false;
      await done;
      return { sent, failures };
    },
  };
};

describe.skipIf(!isRealPostgres)('a deployment (npm run test:postgres)', () => {
  test('of two instances one after the other fails no request', async () => {
    const first = await startService(environment());
    const second = await startService(environment());
    const token = await tokenFor(newOwner());
    const instances = [first, second];
    const load = balance(instances, token);
    await sleep(500);
    for (const old of [first, second]) {
      const exit = await old.end('SIGTERM');
      expect(exit).toEqual({ code: 0, signal: null });
      const fresh = await startService(environment());
      instances.splice(instances.indexOf(old), 1, fresh);
      await sleep(500);
    }
    const { sent, failures } = await load.end();
    console.log(JSON.stringify({ deployment: 'two instances replaced', sent, failed: failures.length }));
    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThan(50);
  });

  test('makes readiness fail at once while requests are still served', async () => {
    const service = await startService(environment());
    const token = await tokenFor(newOwner());
    expect((await service.send('GET', '/readyz', { token: null })).status).toBe(200);
    const ended = service.end('SIGTERM');
    await service.until(() => service.stdout().includes('"msg":"draining"'));
    expect((await service.send('GET', '/readyz', { token: null })).status).toBe(503);
    expect((await service.send('GET', '/healthz', { token: null })).status).toBe(200);
    const json = { title: 'late' };
    expect((await service.send('POST', '/api/v1/users/me/tasks', { token, json })).status).toBe(201);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(linesOf(service.stdout()).at(-1)).toMatchObject({ msg: 'stopped' });
  });
});

const workersOf = async (service: Service): Promise<number[]> => {
  const { childrenOf } = await import('../support/testbed/programs.ts');
  return childrenOf(service.child);
};

describe.skipIf(!isRealPostgres)('WEB_CONCURRENCY (npm run test:postgres)', () => {
  test('serves with several workers, replaces a killed one, shows the metrics of all, and ends in order', async () => {
    const { freePort, eventually } = await import('../support/testbed/programs.ts');
    const metricsPort = await freePort();
    const service = await startService({
      ...environment(),
      WEB_CONCURRENCY: '2',
      METRICS_PORT: String(metricsPort),
    });
    const token = await tokenFor(newOwner());
    const post = () => service.send('POST', '/api/v1/users/me/tasks', { token, json: { title: 'a' } });
    const before = await eventually(20_000, async () => {
      const found = await workersOf(service);
      expect(linesOf(service.stdout()).filter(({ msg }) => msg === 'listening')).toHaveLength(2);
      return found;
    });
    expect(before).toHaveLength(2);
    expect((await post()).status).toBe(201);
    process.kill(before[0] ?? 0, 'SIGKILL');
    await eventually(20_000, async () => {
      expect(linesOf(service.stdout()).filter(({ msg }) => msg === 'listening')).toHaveLength(3);
    });
    expect(await workersOf(service)).toHaveLength(2);
    for (let n = 0; n < 20; n++) expect((await post()).status).toBe(201);
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toContain('http_request_duration_seconds_count{operation="createTask",status="201"}');
    expect((await service.send('GET', '/metrics', { token: null })).status).toBe(404);
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(linesOf(service.stdout()).filter(({ msg }) => msg === 'stopped')).toHaveLength(2);
  });
});
