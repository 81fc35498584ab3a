// The question to the databases for what other processes have written: how often it is asked, and
// what happens if one of them does not respond.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLive, type LiveOptions } from '../../src/live/live.ts';
import { createTurns } from '../../src/live/turns.ts';
import type { Statements } from '../../src/postgres/database.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const unused = (): never => {
  throw new Error('not used');
};

/** A database whose question for clocks is `ask`. */
const databaseOf = (ask: () => unknown): Statements => ({
  any: async () => ask() as never,
  one: unused,
  maybeOne: unused,
  turn: unused,
  transaction: unused,
});

const start = (options: Partial<LiveOptions> & Pick<LiveOptions, 'databases'>) => {
  const reported: string[] = [];
  const live = createLive({
    pollInterval: 1000,
    onFailure: () => reported.push('failed'),
    onRecovery: () => reported.push('recovered'),
    outside: (work) => work(),
    ...options,
  });
  return { live, reported };
};

const enterAll = (live: ReturnType<typeof createLive>, owners: number) =>
  Array.from({ length: owners }, (_, at) => {
    const waiter = live.enter(`owner-${at}`);
    waiter.begin();
    waiter.saw({ epoch: 'e', seq: 1n });
    void waiter.wait(3_600_000);
    return waiter;
  });

test.each([
  [1, 10],
  [1000, 10],
  [1001, 20],
])('%i owners are asked for with %i statements in ten seconds', async (owners, expected) => {
  const ask = vi.fn(() => []);
  const { live } = start({ databases: [databaseOf(ask)] });
  const waiters = enterAll(live, owners);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ask).toHaveBeenCalledTimes(expected);
  for (const waiter of waiters) waiter.leave();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(ask).toHaveBeenCalledTimes(expected);
  // Asking begins anew with the next one.
  enterAll(live, 1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(ask).toHaveBeenCalledTimes(expected + 1);
});

test('nothing is asked without other processes', async () => {
  const ask = vi.fn(() => []);
  const { live } = start({ databases: [databaseOf(ask)], pollInterval: null });
  enterAll(live, 3);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ask).not.toHaveBeenCalled();
});

test('a database that fails is asked less often, is reported once, and delays no other one', async () => {
  let isDown = true;
  const down = vi.fn(() => {
    if (isDown) throw new Error('down');
    return [];
  });
  const up = vi.fn(() => []);
  const { live, reported } = start({ databases: [databaseOf(down), databaseOf(up)] });
  enterAll(live, 1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(up).toHaveBeenCalledTimes(60);
  expect(down.mock.calls.length).toBeLessThan(20);
  expect(reported).toEqual(['failed']);
  isDown = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reported).toEqual(['failed', 'recovered']);
});

test('an owner is gone only if it is in none of the databases', async () => {
  const gone = { owner: 'owner-0', epoch: null, seq: 0n };
  let inSecond: (typeof gone)[] = [];
  const { live } = start({ databases: [databaseOf(() => [gone]), databaseOf(() => inSecond)] });
  const waiter = live.enter('owner-0');
  waiter.begin();
  waiter.saw({ epoch: 'e', seq: 1n });
  let woken: string | undefined;
  void waiter.wait(60_000).then((why) => {
    woken = why;
  });
  await vi.advanceTimersByTimeAsync(5000);
  expect(woken).toBeUndefined();
  inSecond = [gone];
  await vi.advanceTimersByTimeAsync(2000);
  expect(woken).toBe('news');
});

test('readings take turns in order, also after one that has failed', async () => {
  const takeTurn = createTurns(2);
  const order: number[] = [];
  let running = 0;
  let most = 0;
  const work = async (at: number): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 10));
    running -= 1;
    order.push(at);
    if (at % 3 === 0) throw new Error('failed');
  };
  const all = Promise.allSettled(Array.from({ length: 10 }, (_, at) => takeTurn(() => work(at))));
  await vi.advanceTimersByTimeAsync(200);
  const failed = (await all).filter(({ status }) => status === 'rejected');
  expect([most, running, failed.length]).toEqual([2, 0, 4]);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
