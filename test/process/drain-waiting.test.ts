// The end of a process on which hundreds wait for changes: after one signal they get their responses,
// and after a second one nothing is waited for, whatever they do.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { openEvents } from '../support/events.ts';
import { headOf, sendAndIgnore } from '../support/hostile.ts';
import { linesOf, newDataDirectory, type Service, startService } from '../support/process.ts';
import { testSecret, tokenFor } from '../support/tokens.ts';

const path = '/api/v1/users/me/task-changes';
const longEnough = '600000';

const start = async (env: Readonly<Record<string, string>>) =>
  startService({ DATA_DIR: await newDataDirectory(), JWT_SECRET: testSecret, LOG_LEVEL: 'info', ...env });

const waiters = (service: Service, count: number) =>
  expect
    .poll(async () => (await service.send('GET', '/metrics')).text, { interval: 200 })
    .toMatch(new RegExp(`^live_waiters ${count}$`, 'm'));

/** Opens 50 streams and 50 requests that wait for each of three users. Each resolves with its end. */
const openAll = async (service: Service) => {
  const all: Promise<string>[] = [];
  for (const owner of ['alice', 'bob', 'carol']) {
    const token = await tokenFor(owner);
    const since = (await service.send('GET', path, { token })).json.next_since;
    for (let at = 0; at < 50; at++) {
      const stream = await openEvents(service.url, token);
      all.push(stream.ended.then(stream.text));
      const waiting = service.send('GET', `${path}?since=${since}&wait=30`, { token });
      all.push(
        waiting.then(
          ({ status, json }) => `${status} ${json.items?.length}`,
          () => 'cut',
        ),
      );
    }
  }
  await waiters(service, all.length);
  return all;
};

describe('a process on which requests wait', { timeout: 120_000 }, () => {
  test('responds to all 300 when it drains, and ends as usual', async () => {
    const service = await start({ SHUTDOWN_TIMEOUT_MS: longEnough });
    const all = await openAll(service);
    const exit = await service.end('SIGTERM');
    const ends = await Promise.all(all);
    const counts = new Map<string, number>();
    for (const end of ends) counts.set(end, (counts.get(end) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toEqual({ 'retry: 1000\n\n': 150, '200 0': 150 });
    expect(exit).toEqual({ code: 0, signal: null });
    const lines = linesOf(service.stdout());
    expect(lines.filter(({ waited_ms }) => waited_ms !== undefined)).toHaveLength(300);
    expect(lines.at(-1)).toMatchObject({ msg: 'stopped' });
  });

  test('ends with 300 of them at a second signal, although it is to wait longer', async () => {
    const service = await start({ SHUTDOWN_DELAY_MS: longEnough, SHUTDOWN_TIMEOUT_MS: longEnough });
    const all = await openAll(service);
    service.child.kill('SIGTERM');
    await service.until(() => service.stdout().includes('"msg":"draining"'));
    // Until then they wait on, as those that come now do.
    await sleep(1100);
    await waiters(service, all.length);
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await Promise.all(all)).toHaveLength(300);
    const lines = linesOf(service.stdout());
    expect(lines.filter(({ waited_ms }) => waited_ms !== undefined)).toHaveLength(300);
    expect(lines.at(-1)).toMatchObject({ msg: 'stopped' });
  });

  test('ends at a second signal, although some read nothing', async () => {
    const service = await start({ SHUTDOWN_TIMEOUT_MS: longEnough });
    const token = await tokenFor('stalls');
    const description = 'x'.repeat(2000);
    for (let round = 0; round < 25; round++) {
      const operations = Array.from({ length: 100 }, () => ({
        op: 'create',
        task: { title: 'x', description },
      }));
      await service.send('POST', '/api/v1/users/me/task-batches', { token, json: { operations } });
    }
    const head = headOf('GET', path, `Authorization: Bearer ${token}`, 'Accept: text/event-stream');
    const stalled = Array.from({ length: 3 }, () => sendAndIgnore(service.url, head).pause());
    await waiters(service, stalled.length);
    service.child.kill('SIGTERM');
    await sleep(1100);
    expect(service.stdout()).not.toContain('"stopped"');
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    for (const socket of stalled) socket.destroy();
  });
});
