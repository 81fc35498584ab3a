import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMetrics } from '../../src/observability/metrics.ts';
import { type Api, startApi } from '../support/app.ts';

describe('getMetrics', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('counts requests by operation and status, and reports the pool, the queue and the process', async () => {
    const user = await api.newUser();
    await user.create({ title: 'counted' });
    await user.send('GET', `tasks/${randomUUID()}`);
    const { text } = await api.send('GET', '/metrics');
    expect(text).toMatch(/^http_request_duration_seconds_count\{operation="createTask",status="201"\} 1$/m);
    expect(text).toMatch(/^http_request_duration_seconds_count\{operation="getTask",status="404"\} 1$/m);
    expect(text).toMatch(/^database_pool\{state="open"\} \d+$/m);
    expect(text).toMatch(/^database_wait_seconds_count [1-9]/m);
    expect(text).toMatch(/^http_requests_in_flight 1$/m);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  });

  test('labels come from short lists, whatever clients ask for', async () => {
    for (let n = 0; n < 30; n++) await api.send('GET', `/nowhere/${randomUUID()}`);
    // A reading of the previous test may still be valid.
    await expect
      .poll(async () => (await api.send('GET', '/metrics')).text, { timeout: 10_000, interval: 200 })
      .toContain('{operation="none",status="404"} 30');
    expect((await api.send('GET', '/metrics')).text).not.toContain('nowhere');
  });

  test('are read once for all clients within a second', async () => {
    const metrics = createMetrics();
    let readings = 0;
    metrics.watch({
      stats: () => {
        readings += 1;
        return { open: 0, idle: 0, connecting: 0, running: 0, waiting: 0 };
      },
    });
    const asked = await startApi({ app: { metrics } });
    try {
      const together = await Promise.all(Array.from({ length: 40 }, () => asked.send('GET', '/metrics')));
      for (const { text } of together) expect(text).toContain('database_pool{state="open"} 0');
      // A slow machine takes more than one second for them.
      expect(readings).toBeLessThan(10);
      const before = readings;
      await expect
        .poll(async () => (await asked.send('GET', '/metrics')) && readings, { timeout: 10_000 })
        .toBeGreaterThan(before);
    } finally {
      await asked.close();
    }
  });

  test('a failing database is counted by the kind of failure', async () => {
    const down = await startApi({ databaseUrl: 'postgres://u@127.0.0.1:1/d', timeout: 200 });
    try {
      await (await down.newUser()).send('GET', 'tasks');
      expect((await down.send('GET', '/metrics')).text).toMatch(
        /^database_errors_total\{kind="connection"\} 1$/m,
      );
    } finally {
      await down.close();
    }
  });

  test('are 404, like any unknown path, where they are not served', async () => {
    const elsewhere = await startApi({ app: { showMetrics: false } });
    try {
      const [metrics, unknown] = [
        await elsewhere.send('GET', '/metrics'),
        await elsewhere.send('GET', '/nowhere'),
      ];
      expect(metrics.status).toBe(404);
      expect({ ...metrics.json, instance: '' }).toEqual({ ...unknown.json, instance: '' });
    } finally {
      await elsewhere.close();
    }
  });
});

describe('traceparent', () => {
  test.each([
    ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '0af7651916cd43dd8448eb211c80319c'],
    ['00-00000000000000000000000000000000-b7ad6b7169203331-01', undefined],
    ['nonsense', undefined],
  ])('%s: the log line of the request has its trace', async (traceparent, trace) => {
    const api = await startApi();
    try {
      const { headers } = await api.send('GET', '/healthz', { headers: { traceparent } });
      const line = api.logs.find(({ request_id }) => request_id === headers.get('x-request-id'));
      expect(line?.trace_id).toBe(trace);
    } finally {
      await api.close();
    }
  });
});
