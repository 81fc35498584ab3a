// READY_PROBE reaches the running service: with `idle`, a load balancer's checks leave the database alone.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { linesOf, newDataDirectory, startService } from '../support/process.ts';

test.each([
  ['query', 2],
  ['idle', 1],
])(
  'READY_PROBE=%s: checks in two different seconds cost %i probes',
  { timeout: 120_000 },
  async (probe, probes) => {
    const env = { DATA_DIR: await newDataDirectory(), READY_PROBE: probe, LOG_LEVEL: 'debug' };
    const service = await startService(env);
    await expect
      .poll(async () => (await service.send('GET', '/readyz')).status, { timeout: 30_000 })
      .toBe(200);
    const count = () =>
      linesOf(service.stdout()).filter(({ statement }) => statement === 'applied_migrations').length;
    // Longer than a result is valid, and longer than it takes to write a log line.
    await sleep(1100);
    const before = count();
    expect(before).toBeGreaterThan(0);
    const checks = await Promise.all(Array.from({ length: 5 }, () => service.send('GET', '/readyz')));
    expect(new Set(checks.map(({ status }) => status))).toEqual(new Set([200]));
    await expect.poll(() => count() - before).toBe(probes - 1);
    await sleep(300);
    expect(count() - before).toBe(probes - 1);
  },
);
