// What Postgres does with a statement that the service has given up: it stops, and no other
// statement does.
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { sql } from 'slonik';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from '../../src/observability/log.ts';
import type { Database, Statements } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/pool.ts';
import { isRealPostgres, queryPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { startProxy } from '../support/testbed/proxy.ts';

/** Found in pg_stat_activity, past a pooler as well. */
const mark = `cancel ${randomUUID()}`;

const row = z.object({ n: z.int() });
const sleep = (seconds: number) => sql.type(row)`
  SELECT 1 AS n FROM (SELECT pg_sleep(${seconds})) AS slept WHERE ${mark}::text IS NOT NULL
`;
// The mark is a parameter, which pg_stat_activity does not show: the text of this one has it.
const marked = (seconds: number) => {
  const query = sleep(seconds);
  return { ...query, sql: `${query.sql} /* ${mark} */` };
};

const poolMax = 4;

/** What a database has reported: the outcomes of its cancel requests, and the kinds of failures. */
interface Reports {
  readonly outcomes: string[];
  readonly kinds: string[];
}

// The embedded one does one thing after the other, and knows no cancel requests.
describe.skipIf(!isRealPostgres)('a statement that is given up', () => {
  let postgres: TestPostgres;
  let database: Database;
  let outcomes: string[];
  let kinds: string[];
  let whenCancelled: () => void;

  /** `own` receives what this database alone reports: one of an earlier test may report late. */
  const open = (url: string, timeout: number, most = poolMax, own?: Reports) =>
    openDatabase(
      { url, poolMax: most, preparedStatements: postgres.preparedStatements, timeout, connectTimeout: 5000 },
      createLogger('silent'),
      {
        waited: () => {},
        failed: (kind) => (own?.kinds ?? kinds).push(kind),
        refused: (reason) => (own?.kinds ?? kinds).push(reason),
        cancelled: (outcome) => {
          (own?.outcomes ?? outcomes).push(outcome);
          whenCancelled();
        },
      },
    );
  beforeAll(async () => {
    postgres = await startPostgres();
    database = await open(postgres.url, 10_000);
  });
  afterAll(async () => {
    await database.close();
    await postgres.close();
  });
  beforeEach(() => {
    outcomes = [];
    kinds = [];
    whenCancelled = () => {};
  });

  const active = async (): Promise<number> => {
    const url = process.env.TEST_DATABASE_URL_UNPOOLED ?? postgres.url;
    const [counted] = await queryPostgres<{ n: number }>(
      url,
      `SELECT count(*)::int AS n FROM pg_stat_activity
       WHERE query LIKE '%' || $1 || '%' AND state = 'active' AND pid <> pg_backend_pid()`,
      [mark],
    );
    return counted?.n ?? -1;
  };
  /** Opens all connections of the pool: each turn lasts until all have begun. */
  const openAll = async ({ turn }: Database): Promise<void> => {
    const all = Promise.withResolvers<void>();
    let begun = 0;
    const wait = async (on: Statements) => {
      await on.any(sleep(0));
      begun += 1;
      if (begun === poolMax) all.resolve();
      await all.promise;
    };
    await Promise.all(Array.from({ length: poolMax }, () => turn(wait)));
  };
  const giveUp = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () =>
        expect(database.any(marked(60), 200)).rejects.toMatchObject({ status: 503 }),
      ),
    );

  test('ends in Postgres: however many are, no more run than the pool has connections, and soon none', async () => {
    const running = database.any(marked(60), 1000).catch(() => {});
    await expect.poll(active).toBe(1);
    await giveUp(5 * poolMax);
    expect(await active()).toBeLessThanOrEqual(poolMax);
    await running;
    await expect.poll(active).toBe(0);
    expect(new Set(outcomes)).toEqual(new Set(['ended']));
    expect(new Set(kinds)).toEqual(new Set(['deadline']));
  });

  test('ends inside of a transaction as well, which is rolled back', async () => {
    const table = `cancelled_${randomUUID().replaceAll('-', '')}`;
    const url = process.env.TEST_DATABASE_URL_UNPOOLED ?? postgres.url;
    await queryPostgres(url, `CREATE TABLE ${table} (n integer)`);
    const short = await open(postgres.url, 500);
    try {
      const insert = { ...sql.type(z.object({}))`SELECT`, sql: `INSERT INTO ${table} VALUES (1)` };
      const transaction = short.transaction(async (statements) => {
        await statements.any(insert);
        return statements.any(marked(60));
      });
      await expect(transaction).rejects.toMatchObject({ status: 503 });
      await expect.poll(active).toBe(0);
      const [counted] = await queryPostgres<{ n: number }>(url, `SELECT count(*)::int AS n FROM ${table}`);
      expect(counted?.n).toBe(0);
      expect(outcomes).toEqual(['ended']);
    } finally {
      await short.close();
      await queryPostgres(url, `DROP TABLE ${table}`);
    }
  });

  test('takes no other statement with it', async () => {
    let isOver = false;
    const others = Array.from({ length: 2 }, async (_, n) => {
      let done = 0;
      for (; !isOver; done++) await database.as({ owner: `other ${n}` }).any(sleep(0.005));
      return done;
    });
    for (let round = 0; round < 4; round++) await giveUp(poolMax);
    isOver = true;
    const done = await Promise.all(others);
    expect(Math.min(...done)).toBeGreaterThan(0);
    expect(kinds.filter((kind) => kind !== 'deadline')).toEqual([]);
  });

  test('costs other owners nothing when it waits for a lock until its deadline, again and again', async () => {
    const table = `locked_${randomUUID().replaceAll('-', '')}`;
    const url = process.env.TEST_DATABASE_URL_UNPOOLED ?? postgres.url;
    await queryPostgres(url, `CREATE TABLE ${table} AS SELECT 'locked' AS name, 0 AS n`);
    await queryPostgres(url, `INSERT INTO ${table} SELECT 'other ' || n, 0 FROM generate_series(1, 3) AS n`);
    const increment = (name: string) => ({
      ...sql.type(z.object({ pid: z.int() }))`SELECT`,
      sql: `UPDATE ${table} SET n = n + 1 WHERE name = $1 RETURNING pg_backend_pid() AS pid`,
      values: [name],
    });
    const mostConnections = 9;
    const own: Reports = { outcomes: [], kinds: [] };
    const short = await open(postgres.url, 1500, mostConnections, own);
    const locker = new pg.Client(url);
    await locker.connect();
    try {
      await locker.query('BEGIN');
      await locker.query(`SELECT FROM ${table} WHERE name = 'locked' FOR UPDATE`);
      let isOver = false;
      const backends = new Set<number>();
      const failures: unknown[] = [];
      // Both kinds of turns have moments without a statement, in which their connection is theirs.
      const write = async (on: Statements, name: string): Promise<void> => {
        for (let n = 0; n < 2; n++) {
          backends.add((await on.one(increment(name))).pid);
          await pause(5);
        }
      };
      const others = [1, 2, 3].map(async (n) => {
        const name = `other ${n}`;
        const statements = short.as({ owner: name });
        let asked = 0;
        for (; !isOver; asked++) {
          const turn = asked % 2 === 0 ? statements.transaction : statements.turn;
          await turn((on) => write(on, name)).catch((error) => failures.push(error));
        }
        return asked;
      });
      const rounds = 2;
      const waiting = Array.from({ length: mostConnections / 3 }, async (_, n) => {
        await pause(n * 50);
        for (let round = 0; round < rounds; round++) {
          await expect(short.as({ owner: 'locked' }).one(increment('locked'))).rejects.toMatchObject({
            status: 503,
          });
        }
      });
      await Promise.all(waiting);
      const givenUp = rounds * waiting.length;
      isOver = true;
      const asked = await Promise.all(others);
      expect(failures).toEqual([]);
      expect(Math.min(...asked)).toBeGreaterThan(10);
      const counted = await queryPostgres<{ n: number }>(
        url,
        `SELECT n FROM ${table} WHERE name <> 'locked' ORDER BY name`,
      );
      // Each of them was done, and done once.
      expect(counted.map(({ n }) => n)).toEqual(asked.map((turns) => 2 * turns));
      await expect.poll(() => own.outcomes.length).toBe(givenUp);
      expect(new Set(own.outcomes)).toEqual(new Set(['ended']));
      expect(own.kinds).toEqual(Array.from({ length: givenUp }, () => 'deadline'));
      // At most one connection was replaced for each statement that was given up.
      expect(backends.size).toBeLessThanOrEqual(mostConnections + givenUp);
    } finally {
      await locker.end();
      await short.close();
      await queryPostgres(url, `DROP TABLE ${table}`);
    }
  });

  test('ends when the client of a read has gone', async () => {
    let go = () => {};
    const whenGone = (left: () => void) => {
      go = left;
      return () => {};
    };
    const read = database.as({ owner: 'gone', whenGone }).any(marked(60));
    const failed = expect(read).rejects.toMatchObject({ status: 503 });
    await expect.poll(active).toBe(1);
    go();
    await failed;
    await expect.poll(active).toBe(0);
    expect(kinds).toEqual(['gone']);
  });

  test('is left alone when the network is down, and requests are served again when it is back', async () => {
    const url = new URL(postgres.url);
    const proxy = await startProxy(Number(url.port));
    url.port = String(proxy.port);
    const away = await open(url.href, 10_000);
    try {
      await away.any(sleep(0));
      const late = expect(away.any(sleep(1), 300)).rejects.toMatchObject({ status: 503 });
      proxy.stall();
      await late;
      await expect.poll(() => outcomes).toEqual(['failed']);
      proxy.cut();
      expect(await away.any(sleep(0))).toEqual([{ n: 1 }]);
    } finally {
      await away.close();
      await proxy.close();
    }
  });

  test('costs its own connection only, and none that is unused, when it is cancelled', async () => {
    const other = await open(postgres.url, 10_000);
    try {
      await openAll(other);
      // Longer than a lease without a turn is kept: all connections are back in Slonik's pool.
      await pause(2200);
      await expect.poll(other.stats).toMatchObject({ open: poolMax, idle: poolMax });
      await expect(other.any(marked(60), 100)).rejects.toMatchObject({ status: 503 });
      await expect.poll(() => outcomes).toEqual(['ended']);
      await expect.poll(other.stats).toMatchObject({ open: poolMax - 1, idle: poolMax - 1 });
    } finally {
      await other.close();
    }
  });

  test('costs the unused connections when it is not even cancelled, because the network is down', async () => {
    const url = new URL(postgres.url);
    const proxy = await startProxy(Number(url.port));
    url.port = String(proxy.port);
    const away = await open(url.href, 10_000);
    try {
      await openAll(away);
      expect(away.stats()).toMatchObject({ open: poolMax });
      const late = expect(away.any(sleep(1), 300)).rejects.toMatchObject({ status: 503 });
      proxy.stall();
      await late;
      const failed = Promise.withResolvers<void>();
      whenCancelled = failed.resolve;
      expect(away.stats().open).toBe(poolMax - 1);
      const before: number[] = [];
      const watch = setInterval(() => outcomes.length === 0 && before.push(away.stats().open), 20);
      await failed.promise;
      clearInterval(watch);
      expect(outcomes).toEqual(['failed']);
      expect(new Set(before)).toEqual(new Set([poolMax - 1]));
      // At once: a turn that begins now gets no connection that is being closed.
      await new Promise((next) => setImmediate(next));
      expect(away.stats().open).toBe(0);
      proxy.cut();
      expect(await away.turn((on) => on.any(sleep(0)))).toEqual([{ n: 1 }]);
    } finally {
      proxy.cut();
      await away.close();
      await proxy.close();
    }
  });
});
