// The sweep: it keeps up with any rate of writes, works in small pieces, and delays no one.
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSweeper, forgettingOf, sweep } from '../../src/db/sweep.ts';
import { type Api, startApi } from '../support/app.ts';
import { whileHeld } from '../support/held.ts';
import { isRealPostgres, queryPostgres, startOwnPostgres } from '../support/postgres.ts';
import { newOwner } from '../support/tokens.ts';

describe('the sweep', () => {
  let api: Api;
  beforeAll(async () => {
    // Other test files sweep the shared database as well.
    api = await startApi({ postgres: await startOwnPostgres() });
  });
  afterAll(() => api.close());

  const query = <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    queryPostgres<Row>(api.postgres.url, text, values);
  const forget = (historyDays = 30) => sweep(api.database, forgettingOf(api.database, { historyDays }));
  /** Tombstones and stored results of an owner, numbered from 1; `age` is an interval. */
  const plant = async (owner: string, count: number, age: string) => {
    await query('INSERT INTO owner_clock (owner_id, seq) VALUES ($1, $2)', [owner, count]);
    await query(
      `INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
       SELECT $1, gen_random_uuid(), n, now() - $3::interval FROM generate_series(1, $2::int) AS n`,
      [owner, count, age],
    );
    await query(
      `INSERT INTO idempotency_keys (owner_id, key, fingerprint, created_at, status, headers)
       SELECT $1, 'key ' || n, 'x', now() - $3::interval, 204, '{}' FROM generate_series(1, $2::int) AS n`,
      [owner, count, age],
    );
  };
  const left = async (owner: string): Promise<[number, number, number]> => {
    const [row] = await query<{ tombstones: number; results: number; horizon: number }>(
      `SELECT (SELECT count(*)::int FROM task_tombstones WHERE owner_id = $1) AS tombstones,
         (SELECT count(*)::int FROM idempotency_keys WHERE owner_id = $1) AS results,
         (SELECT horizon::int FROM owner_clock WHERE owner_id = $1) AS horizon`,
      [owner],
    );
    return [row?.tombstones ?? -1, row?.results ?? -1, row?.horizon ?? -1];
  };

  test('deletes all old data of every owner after one write, however much there is', async () => {
    // More than any bound of one statement for one owner; and data of others, whose turn comes as
    // well.
    const [many, few, young] = [newOwner(), newOwner(), newOwner()];
    await plant(many, 11_500, '40 days');
    await plant(few, 3, '31 days');
    await plant(young, 3, '20 hours');
    const fresh = await startApi({ postgres: { ...api.postgres, close: async () => {} } });
    try {
      await (await fresh.newUser()).create({ title: 'any' });
      await expect.poll(() => left(many), { timeout: 30_000 }).toEqual([0, 0, 11_500]);
      await expect.poll(() => left(few)).toEqual([0, 0, 3]);
      expect(await left(young)).toEqual([3, 3, 0]);
    } finally {
      await fresh.close();
    }
  });

  test('keeps a tombstone for as long as the deletion can be undone', async () => {
    const owner = newOwner();
    await plant(owner, 3, '40 days');
    await forget(90);
    expect(await left(owner)).toEqual([3, 0, 0]);
    await forget(39);
    expect(await left(owner)).toEqual([0, 0, 3]);
  });

  describe('on a real Postgres only', () => {
    const locking = (text: string, values: unknown[], work: () => Promise<void>) =>
      whileHeld(api.postgres.url, { text, values }, work);

    test.runIf(isRealPostgres)(
      'does not wait for an owner who is writing, and deletes the data of the others',
      async () => {
        const [busy, other] = [newOwner(), newOwner()];
        await plant(busy, 5, '50 days');
        await plant(other, 5, '45 days');
        const lock = 'SELECT FROM owner_clock WHERE owner_id = $1 FOR UPDATE';
        await locking(lock, [busy], async () => {
          await forget();
          expect(await left(busy)).toEqual([5, 0, 0]);
          expect(await left(other)).toEqual([0, 0, 5]);
        });
        await forget();
        expect(await left(busy)).toEqual([0, 0, 5]);
      },
    );

    test.runIf(isRealPostgres)('keeps a key that is claimed again at the same time', async () => {
      const owner = newOwner();
      await plant(owner, 3, '2 days');
      const claim = `UPDATE idempotency_keys SET created_at = now() WHERE owner_id = $1 AND key = 'key 2'`;
      await locking(claim, [owner], forget);
      const kept = await query('SELECT key FROM idempotency_keys WHERE owner_id = $1', [owner]);
      expect(kept).toEqual([{ key: 'key 2' }]);
    });
  });
});

describe('the sweeper', () => {
  const idle = { stats: () => ({ open: 1, idle: 1, connecting: 0, running: 0, waiting: 0 }) };
  /** A chore of this many pieces that records when it begins and ends. */
  const choreOf = (name: string, pieces: number, log: string[]) => async () => {
    log.push(`${name} begins`);
    await new Promise((later) => setTimeout(later, 1));
    log.push(`${name} ends`);
    pieces -= 1;
    return pieces > 0;
  };
  const sweeperOf = (chores: (() => Promise<boolean>)[], interval: number, failures: unknown[] = []) =>
    createSweeper({
      database: idle,
      chores,
      interval,
      onFailure: (error) => failures.push(error),
      outside: (work) => work(),
    });

  test('does a piece of each chore in turn, one at a time, until no chore has more', async () => {
    const log: string[] = [];
    const run = sweeperOf([choreOf('a', 3, log), choreOf('b', 1, log)], 0);
    for (let n = 0; n < 5; n++) run(n % 2 === 0);
    await expect.poll(() => log.filter((line) => line === 'b ends').length).toBeGreaterThanOrEqual(4);
    expect(log.slice(0, 12).filter((_, n) => n % 2 === 0)).toEqual(
      ['a', 'b', 'a', 'b', 'a', 'b'].map((name) => `${name} begins`),
    );
    for (let n = 0; n < log.length; n += 2) expect(log[n + 1]).toBe(log[n]?.replace('begins', 'ends'));
  });

  test('runs rarely, and at once when there is something to finish', async () => {
    const log: string[] = [];
    const run = sweeperOf([choreOf('a', 1, log)], 3_600_000);
    run(false);
    await expect.poll(() => log.length).toBe(2);
    run(false);
    run(true);
    await expect.poll(() => log.length).toBe(4);
    run(false);
    await new Promise((later) => setTimeout(later, 20));
    expect(log).toHaveLength(4);
  });

  test('gives way to requests in line, but not forever', async () => {
    const log: string[] = [];
    let asked = 0;
    const busy = { stats: () => ({ ...idle.stats(), waiting: asked++ < 3 ? 1 : 0 }) };
    await sweep(busy, [choreOf('a', 2, log)]);
    expect(asked).toBe(4);
    await sweep({ stats: () => ({ ...idle.stats(), waiting: 1 }) }, [choreOf('b', 2, log)]);
    expect(log).toHaveLength(8);
  });

  test('reports a failure, and runs again', async () => {
    const failures: unknown[] = [];
    let isBroken = true;
    const log: string[] = [];
    const chore = choreOf('a', 1, log);
    const run = sweeperOf(
      [async () => (isBroken ? Promise.reject(new Error('broken')) : chore())],
      0,
      failures,
    );
    run(false);
    await expect.poll(() => failures.length).toBe(1);
    isBroken = false;
    run(false);
    await expect.poll(() => log.length).toBe(2);
  });
});
