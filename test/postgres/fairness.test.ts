// One owner's turns at the database and another's: who is served when, how many an owner may have
// at once, and to whom the line is closed when it is full.
import { sql } from 'slonik';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../../src/observability/log.ts';
import type { Database } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/pool.ts';
import { isRealPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';

const one = sql.prepared('fairness', z.object({ n: z.int() }))`SELECT 1 AS n`;

/** A turn that lasts until it is let go, and the promise of its end. */
const hold = (database: Database, owner: string) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { done: database.as({ owner }).turn(() => promise), letGo: resolve };
};

describe('the line for a connection', () => {
  let postgres: TestPostgres;
  let database: Database;
  let refusals: string[] = [];
  let served: string[] = [];

  const open = (poolMax: number) => {
    const { url, preparedStatements } = postgres;
    return openDatabase({ url, poolMax, preparedStatements, timeout: 15_000 }, createLogger('silent'), {
      waited: () => {},
      failed: () => {},
      refused: (reason) => refusals.push(reason),
      cancelled: () => {},
    });
  };
  beforeAll(async () => {
    postgres = await startPostgres();
    database = await open(1);
  });
  afterAll(async () => {
    await database.close();
    await postgres.close();
  });

  const ask = (owner: string, count = 1) =>
    Array.from({ length: count }, () =>
      database
        .as({ owner })
        .any(one)
        .then(
          () => void served.push(owner),
          (error) => void served.push(`${owner}: ${error.status}`),
        ),
    );

  /**
   * Runs `inLine` while another turn has the only connection, and returns in which order the turns
   * were served.
   */
  const orderOf = async (inLine: () => Promise<unknown>[]): Promise<string[]> => {
    served = [];
    refusals = [];
    const { done, letGo } = hold(database, 'holder');
    await expect.poll(() => database.stats().running).toBe(1);
    const asked = inLine();
    letGo();
    await Promise.all([done, ...asked]);
    return served;
  };

  test("lets another owner's turn wait behind one of an owner's hundred", async () => {
    const order = await orderOf(() => [...ask('many', 100), ...ask('single')]);
    expect(order).toHaveLength(101);
    expect(order.indexOf('single')).toBe(1);
  });

  test("lets another owner's turns pass those that take long, as many as take the same time", async () => {
    const slow = sql.type(z.object({ n: z.int() }))`SELECT 1 AS n FROM (SELECT pg_sleep(0.5)) AS slept`;
    const order = await orderOf(() => [
      ...Array.from({ length: 4 }, () =>
        database
          .as({ owner: 'slow' })
          .any(slow)
          .then(() => served.push('slow')),
      ),
      ...ask('quick', 10),
    ]);
    // The one that was first, and one more where the quick ones take long, too.
    expect(order.lastIndexOf('quick')).toBeLessThanOrEqual(11);
  });

  test('is closed to an owner who has too many in it, and to no other', async () => {
    const order = await orderOf(() => [...ask('many', 110), ...ask('other', 10)]);
    expect(order.filter((name) => name === 'many: 429')).toHaveLength(9);
    expect(order.filter((name) => name === 'other')).toHaveLength(10);
    expect(refusals).toEqual(Array.from({ length: 9 }, () => 'owner'));
  });

  test('refuses with the seconds to wait', async () => {
    const { done, letGo } = hold(database, 'many');
    const all = Promise.allSettled(
      Array.from({ length: 105 }, () => database.as({ owner: 'many' }).any(one)),
    );
    letGo();
    await done;
    const [refused] = (await all).filter((result) => result.status === 'rejected');
    expect(refused?.reason).toMatchObject({ slug: 'too-many-requests', headers: { 'Retry-After': '1' } });
  });

  test('has room for an owner with few turns even when others fill it: their latest give way', async () => {
    const order = await orderOf(() => [...ask('a', 101), ...ask('b', 101), ...ask('c', 3)]);
    expect(order.filter((name) => name === 'c')).toHaveLength(3);
    expect(order.filter((name) => name === 'a' || name === 'b')).toHaveLength(197);
    expect(refusals.filter((reason) => reason === 'displaced').length).toBeGreaterThanOrEqual(3);
  });

  test('is full for all when two hundred owners wait, each with one turn', async () => {
    const names = Array.from({ length: 200 }, (_, n) => `owner ${n}`);
    const order = await orderOf(() => [...names.flatMap((name) => ask(name)), ...ask('late')]);
    expect(order.filter((name) => name.endsWith(': 503'))).toEqual(['late: 503']);
    expect(refusals).toEqual(['full']);
  });

  test('does not hold up what the service does for itself', async () => {
    const order = await orderOf(() => [
      ...ask('many', 100),
      database.probe(one, 15_000).then(() => served.push('probe')),
    ]);
    expect(order[0]).toBe('probe');
  });

  test('is left by a read whose client goes away, and not by a write', async () => {
    let go = () => {};
    const whenGone = (left: () => void) => {
      go = left;
      return () => {};
    };
    const order = await orderOf(() => {
      const read = database.as({ owner: 'a', whenGone }).any(one);
      const write = database.as({ owner: 'a', whenGone }).turn((statements) => statements.any(one));
      expect(database.stats().waiting).toBe(2);
      go();
      expect(database.stats().waiting).toBe(1);
      return [
        read.then(
          () => served.push('read'),
          () => served.push('left'),
        ),
        write.then(() => served.push('write')),
        ...ask('b'),
      ];
    });
    expect(order).toEqual(['left', 'write', 'b']);
    expect(refusals).toEqual(['gone']);
  });

  test('is not even joined by a read whose client has gone before', async () => {
    const whenGone = (left: () => void) => {
      left();
      return () => {};
    };
    await expect(database.as({ owner: 'a', whenGone }).any(one)).rejects.toMatchObject({ status: 503 });
    expect(database.stats()).toMatchObject({ running: 0, waiting: 0 });
  });
});

// The embedded one has one connection.
describe.skipIf(!isRealPostgres)('a pool of nine connections', () => {
  let database: Database;
  beforeAll(async () => {
    const { url, preparedStatements } = await startPostgres();
    database = await openDatabase(
      { url, poolMax: 9, preparedStatements, timeout: 15_000 },
      createLogger('silent'),
    );
  });
  afterAll(() => database.close());

  test('gives one owner a third of the connections, and the others the rest at once', async () => {
    const held = Array.from({ length: 7 }, () => hold(database, 'many'));
    await expect.poll(() => database.stats()).toMatchObject({ running: 3, waiting: 4 });
    // None of the held turns has ended.
    for (const owner of ['b', 'c']) await database.as({ owner }).any(one);
    const others = ['d', 'd', 'd', 'e', 'e', 'e'].map((owner) => hold(database, owner));
    await expect.poll(() => database.stats()).toMatchObject({ running: 9, waiting: 4 });
    for (const { letGo } of [...held, ...others]) letGo();
    await Promise.all([...held, ...others].map(({ done }) => done));
    expect(database.stats()).toMatchObject({ running: 0, waiting: 0 });
  });

  test('gives an owner whose connection breaks another one, and no more than the share', async () => {
    const broken = sql.type(z.object({}))`SELECT pg_terminate_backend(pg_backend_pid())`;
    const held = Array.from({ length: 5 }, () => hold(database, 'many'));
    const failing = database.as({ owner: 'other' }).turn((statements) => statements.any(broken));
    await expect(failing).rejects.toMatchObject({ status: 503 });
    await expect.poll(() => database.stats()).toMatchObject({ running: 3, waiting: 2 });
    held[0]?.letGo();
    await expect.poll(() => database.stats()).toMatchObject({ running: 3, waiting: 1 });
    for (const { letGo } of held) letGo();
    await Promise.all(held.map(({ done }) => done));
  });
});
