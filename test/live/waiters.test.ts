// The waiters against a simple model, in many random orders of events: clocks that move in this
// process and in others, readings that take their time, and clients that come and go.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Clock, createWaiters, type Waiter, type Waiters } from '../../src/live/waiters.ts';
import { type Random, randomOf } from '../support/random-keys.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A client: what it has seen, and since when it has slept. */
interface Client {
  readonly owner: string;
  seen: Clock | null;
  sleepsSince: number | null;
  readonly leave: () => void;
}

interface World {
  readonly random: Random;
  readonly waiters: Waiters;
  /** The database. */
  readonly clocks: Map<string, Clock>;
  readonly clients: Set<Client>;
  /** Clients that slept although there was something new. */
  late: number;
  isOver: boolean;
}

const none: Clock = { epoch: null, seq: 0n };
const clockOf = ({ clocks }: World, owner: string): Clock => clocks.get(owner) ?? none;
const isSame = (one: Clock, other: Clock | null): boolean =>
  one.epoch === other?.epoch && one.seq === other.seq;

/** A reading sees the database at some moment between its beginning and its end. */
const read = async (world: World, owner: string): Promise<Clock> => {
  await sleep(world.random(4));
  const clock = clockOf(world, owner);
  await sleep(world.random(4));
  return clock;
};

const follow = async (world: World, client: Client, waiter: Waiter): Promise<void> => {
  for (;;) {
    waiter.begin();
    const clock = await read(world, client.owner);
    client.seen = clock;
    waiter.saw(clock);
    client.sleepsSince = performance.now();
    const woken = await waiter.wait(60_000);
    client.sleepsSince = null;
    if (woken === 'ended') break;
  }
  world.clients.delete(client);
};

const commit = (world: World, owner: string): void => {
  const { epoch, seq } = clockOf(world, owner);
  // Now and then everything is deleted, and the owner begins anew.
  if (epoch !== null && world.random(12) === 0) world.clocks.delete(owner);
  else world.clocks.set(owner, { epoch: epoch ?? `epoch-${world.random(1e9)}`, seq: seq + 1n });
};

const writeHere = async (world: World, owner: string): Promise<void> => {
  await sleep(world.random(3));
  commit(world, owner);
  await sleep(world.random(3));
  world.waiters.wrote(owner);
};

const poll = async (world: World): Promise<void> => {
  const known = world.waiters.watched();
  await sleep(world.random(4));
  const moved = known.flatMap(({ owner, clock }) => {
    const now = clockOf(world, owner);
    return isSame(now, clock) ? [] : [{ owner, now }];
  });
  await sleep(world.random(4));
  for (const { owner, now } of moved) world.waiters.report(owner, now);
};

const newWorld = (seed: number): World => ({
  random: randomOf(seed),
  waiters: createWaiters(),
  clocks: new Map(),
  clients: new Set(),
  late: 0,
  isOver: false,
});

/** One random event. */
const step = (world: World, owner: string, hasOthers: boolean): void => {
  const { random, waiters } = world;
  const kind = random(hasOthers ? 8 : 6);
  if (kind < 2) {
    const waiter = waiters.enter(owner);
    const client: Client = { owner, seen: null, sleepsSince: null, leave: waiter.leave };
    world.clients.add(client);
    void follow(world, client, waiter);
  } else if (kind === 2) [...world.clients][random(world.clients.size)]?.leave();
  else if (kind < 6) void writeHere(world, owner);
  else commit(world, owner);
};

/** Random events close to each other, and then a pause in which all should learn of them. */
const live = async (world: World, owners: number, hasOthers: boolean): Promise<void> => {
  const { random } = world;
  for (let round = 0; round < 12; round++) {
    for (let steps = 1 + random(6); steps > 0; steps--) {
      step(world, `owner-${random(owners)}`, hasOthers);
      await sleep(random(6) === 0 ? random(150) : random(3));
    }
    // What is in progress ends, and then each question to the database finds what it should.
    await sleep(20);
    if (hasOthers) await poll(world);
    await sleep(400);
    for (const { owner, seen, sleepsSince } of world.clients) {
      if (sleepsSince === null || !isSame(clockOf(world, owner), seen)) world.late += 1;
    }
  }
  world.isOver = true;
};

const worlds = 300;

test.each([
  ['its own writes', false],
  ['its own writes and those of others', true],
])('none sleeps with old news, and nothing remains: %s', async (_name, hasOthers) => {
  const all = Array.from({ length: worlds }, (_, seed) => newWorld(seed + 1));
  for (const [at, world] of all.entries()) void live(world, 1 + (at % 3), hasOthers);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(all.filter(({ isOver }) => isOver)).toHaveLength(worlds);
  expect(all.filter(({ late }) => late > 0).map(({ late }) => late)).toEqual([]);
  expect(all.some(({ clients }) => clients.size > 3)).toBe(true);
  for (const { waiters } of all) waiters.end();
  await vi.advanceTimersByTimeAsync(0);
  expect(all.flatMap(({ clients }) => [...clients])).toEqual([]);
});

test('when all have left, no owner is watched and no timer remains', async () => {
  const waiters = createWaiters();
  const all = Array.from({ length: 300 }, (_, at) => waiters.enter(`owner-${at % 7}`));
  const waits = all.map((waiter) => {
    waiter.saw(none);
    return waiter.wait(60_000);
  });
  waiters.wrote('owner-1');
  waiters.wrote('owner-1');
  for (const waiter of all) {
    waiter.leave();
    waiter.leave();
  }
  await Promise.all(waits);
  expect([waiters.count, waiters.watched(), vi.getTimerCount()]).toEqual([0, [], 0]);
});

/** How often waiters are woken in ten seconds, in which something is written every 5 ms. */
const wakeUpsOf = async (count: number, wrote: (waiters: Waiters, at: bigint) => void): Promise<number[]> => {
  const times = new Set<number>();
  const waiters = createWaiters({ woken: () => times.add(performance.now()) });
  let now = 0n;
  const run = async (waiter: Waiter): Promise<void> => {
    do {
      waiter.begin();
      const seen = { epoch: 'e', seq: now };
      await sleep(2);
      waiter.saw(seen);
    } while ((await waiter.wait(60_000)) === 'news');
  };
  for (let at = 0; at < count; at++) void run(waiters.enter('owner'));
  for (let step = 0; step < 2000; step++) {
    now += 1n;
    wrote(waiters, now);
    await vi.advanceTimersByTimeAsync(5);
  }
  waiters.end();
  await vi.advanceTimersByTimeAsync(0);
  return [...times];
};

test.each([
  ['own writes', 3, 100, (waiters: Waiters) => waiters.wrote('owner')],
  [
    'writes of others',
    3,
    100,
    (waiters: Waiters, seq: bigint) => waiters.report('owner', { epoch: 'e', seq }),
  ],
  ['own writes, with many waiters', 50, 500, (waiters: Waiters) => waiters.wrote('owner')],
  // What one of them has seen, the others learn.
  [
    'what a waiter sees',
    50,
    500,
    (waiters: Waiters, seq: bigint) => seq % 20n === 0n && waiters.wrote('owner'),
  ],
])('are not woken again before the gap is over: %s', async (_name, count, gap, wrote) => {
  const times = await wakeUpsOf(count, wrote);
  const pauses = times.slice(1).map((time, at) => time - (times[at] ?? 0));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(gap - 1);
  // They are woken as soon as it is.
  expect(times.length).toBeGreaterThan(8000 / (gap + 20));
});

test('a request whose time is over reads what the gap has held back', async () => {
  const waiters = createWaiters();
  const waiter = waiters.enter('owner');
  waiter.begin();
  waiter.saw(none);
  waiters.wrote('owner');
  expect(await waiter.wait(1000)).toBe('news');
  waiter.begin();
  const wait = waiter.wait(50);
  waiters.wrote('owner');
  await vi.advanceTimersByTimeAsync(50);
  expect(await wait).toBe('news');
});
