// How long the history is kept: it goes in small pieces, and no reader sees a part of a change.
import pg from 'pg';
import { type QuerySqlToken, sql } from 'slonik';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { forgettingOf, sweep } from '../../src/db/sweep.ts';
import type { Statements } from '../../src/postgres/database.ts';
import { ownedBy } from '../../src/tasks/fragments.ts';
import { isRemembered } from '../../src/tasks/history/remembered.ts';
import { type Slots, statement } from '../../src/tasks/statement.ts';
import { recorder } from '../contract/store-calls.ts';
import { type Api, startApi } from '../support/app.ts';
import { whileHeld } from '../support/held.ts';
import { isRealPostgres, queryPostgres, startOwnPostgres } from '../support/postgres.ts';
import { newOwner } from '../support/tokens.ts';

const remembered = statement(
  'remembered',
  z.strictObject({ count: z.int() }),
  (slot: Slots<'owner' | 'historyDays'>) => sql.fragment`
    SELECT count(*)::int AS count FROM history WHERE ${ownedBy(slot, 'history')} AND ${isRemembered(slot)}
  `,
);

describe('the sweep of the history', () => {
  let api: Api;
  beforeAll(async () => {
    // Other test files sweep the shared database as well.
    api = await startApi({ postgres: await startOwnPostgres() });
  });
  afterAll(() => api.close());
  beforeEach(() => query('TRUNCATE history'));

  const query = <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    queryPostgres<Row>(api.postgres.url, text, values);
  const forget = (historyDays = 30) => sweep(api.database, forgettingOf(api.database, { historyDays }));
  const piece = async (historyDays = 30) => {
    for (const chore of forgettingOf(api.database, { historyDays })) await chore();
  };
  /** A change of `count` rows that begins with the number `change`; `age` is an interval. */
  const plant = (owner: string, count: number, age: string, change = 1) =>
    query(
      `INSERT INTO history (owner_id, change_seq, id, change, total, at, operation, is_deletion)
       SELECT $1, $4::int + n / 100, gen_random_uuid(), $4, least((n / 100 + 1) * 100, $2), now() - $3::interval, 'applyTaskBatch', false
       FROM generate_series(0, $2::int - 1) AS n`,
      [owner, count, age, change],
    );
  const left = async (owner: string): Promise<number> =>
    (
      await query<{ left: number }>('SELECT count(*)::int AS left FROM history WHERE owner_id = $1', [owner])
    )[0]?.left ?? -1;
  const shown = async (owner: string, historyDays = 30) =>
    (await api.database.one(remembered({ owner, historyDays }))).count;

  test('deletes what is older than HISTORY_DAYS and an hour, however much, and nothing else', async () => {
    const [many, few, young] = [newOwner(), newOwner(), newOwner()];
    await plant(many, 11_500, '40 days');
    await plant(many, 7, '3 days', 200);
    await plant(few, 3, '721 hours 1 minute');
    await plant(young, 3, '720 hours 59 minutes');
    await forget();
    expect(await Promise.all([many, few, young].map(left))).toEqual([7, 0, 3]);
  });

  test('counts what it deletes', async () => {
    const swept: unknown[] = [];
    await plant(newOwner(), 3, '40 days');
    await sweep(
      api.database,
      forgettingOf(api.database, { historyDays: 30, swept: (...one) => swept.push(one) }),
    );
    expect(swept).toEqual([['history', 3]]);
  });

  test('of an application follows its HISTORY_DAYS, after a write, and its metrics have the rows', async () => {
    const [old, recent] = [newOwner(), newOwner()];
    await plant(old, 3, '50 hours');
    await plant(recent, 3, '40 hours');
    const fresh = await startApi({
      postgres: { ...api.postgres, close: async () => {} },
      app: { historyDays: 2, showMetrics: true },
    });
    try {
      await (await fresh.newUser()).create({ title: 'any' });
      await expect.poll(() => left(old)).toBe(0);
      expect(await left(recent)).toBe(3);
      await expect
        .poll(async () => (await fresh.send('GET', '/metrics')).text)
        .toContain('database_rows_swept_total{table="history"} 3\n');
    } finally {
      await fresh.close();
    }
  });

  test('never leaves a part of a change that is shown', async () => {
    const [going, waiting, whole] = [newOwner(), newOwner(), newOwner()];
    await plant(going, 2500, '31 days');
    await plant(waiting, 5, '720 hours 30 minutes');
    await plant(whole, 5, '719 hours 59 minutes');
    await piece();
    // In the middle of a change: the rest of it is there, and is not shown.
    expect(await Promise.all([going, waiting, whole].map(left))).toEqual([1500, 5, 5]);
    expect(await Promise.all([going, waiting, whole].map((owner) => shown(owner)))).toEqual([0, 0, 5]);
    await forget();
    expect(await Promise.all([going, waiting, whole].map(left))).toEqual([0, 5, 5]);
  });

  test('goes on with the days of another setting: fewer forget sooner, and 0 forgets all after an hour', async () => {
    const owner = newOwner();
    await plant(owner, 2, '29 days', 1);
    await plant(owner, 3, '6 days', 10);
    await plant(owner, 4, '61 minutes', 20);
    await plant(owner, 5, '59 minutes', 30);
    await forget(30);
    expect([await left(owner), await shown(owner, 30)]).toEqual([14, 14]);
    expect(await shown(owner, 7)).toBe(12);
    await forget(7);
    expect(await left(owner)).toBe(12);
    // What a process has recorded just now that has a history already stays.
    expect(await shown(owner, 0)).toBe(0);
    await forget(0);
    expect(await left(owner)).toBe(5);
  });

  test('keeps 3650 days, the most that can be set', async () => {
    const owner = newOwner();
    await plant(owner, 2, '3651 days', 1);
    await plant(owner, 3, '3649 days', 10);
    expect(await shown(owner, 3650)).toBe(3);
    await forget(3650);
    expect(await left(owner)).toBe(3);
  });

  describe('on a real Postgres only', () => {
    const during = (text: string, values: unknown[], work: () => Promise<void>) =>
      whileHeld(api.postgres.url, { text, values }, work);

    test.runIf(isRealPostgres)(
      'waits for no write of the owner, and takes what it does not hold',
      async () => {
        const owner = newOwner();
        await query('INSERT INTO owner_clock (owner_id, seq) VALUES ($1, 9)', [owner]);
        await plant(owner, 5, '40 days');
        await during('SELECT FROM owner_clock WHERE owner_id = $1 FOR UPDATE', [owner], async () => {
          await forget();
          expect(await left(owner)).toBe(0);
        });
      },
    );

    test.runIf(isRealPostgres)('waits for no other sweep', async () => {
      const owner = newOwner();
      await plant(owner, 5, '40 days');
      const other = 'SELECT FROM history WHERE owner_id = $1 ORDER BY id LIMIT 2 FOR UPDATE';
      await during(other, [owner], async () => {
        await forget();
        expect(await left(owner)).toBe(2);
      });
      await forget();
      expect(await left(owner)).toBe(0);
    });

    // The buffers that a piece reads, hit or not, where the tables were last analyzed when they were
    // empty.
    test.runIf(isRealPostgres)('reads as little whatever else is there', async () => {
      const client = new pg.Client(api.postgres.url);
      await client.connect();
      try {
        const [one, busy] = [newOwner(), newOwner()];
        const text = await sentBySweep();
        await client.query('ALTER TABLE history SET (autovacuum_enabled = false)');
        const readBy = async (name: string, values: unknown[]): Promise<number> => {
          const literals = values.map((value) => pg.escapeLiteral(String(value))).join(', ');
          await client.query(`PREPARE look AS ${text.get(name)}`);
          await client.query('BEGIN');
          const { rows } = await client.query(
            `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE look (${literals})`,
          );
          await client.query('ROLLBACK');
          await client.query('DEALLOCATE look');
          const { Plan: plan } = rows[0]['QUERY PLAN'][0];
          return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
        };
        const long = new Date(Date.now() - 35 * 86_400_000).toISOString();
        const read = async () => [
          await readBy('find_old_history', [30, 1000]),
          await readBy('forget_history', [one, 20, long, one]),
        ];
        for (const mode of ['force_generic_plan', 'force_custom_plan']) {
          await client.query(`SET plan_cache_mode = ${mode}`);
          await query('TRUNCATE history');
          await query('ANALYZE history');
          await plant(one, 20, '40 days');
          const few = await read();
          await plant(one, 20_000, '1 day', 100);
          await plant(busy, 20_000, '1 day');
          await plant(busy, 20_000, '36 days', 1000);
          const many = await read();
          // A full piece instead of twenty rows, which lie in tens of the table's thousand pages.
          expect(many[0]).toBeLessThan((few[0] ?? 0) + 100);
          expect(many[1]).toBeLessThan((few[1] ?? 0) * 2);
        }
      } finally {
        await client.end();
      }
    });

    /** The text of each statement that a sweep sends. */
    const sentBySweep = async (): Promise<Map<string, string>> => {
      const sent = new Map<string, string>();
      const record = ({ sql: text, name = '' }: QuerySqlToken & { readonly name?: string }) =>
        sent.set(name, text.replaceAll('$slonik_', '$'));
      const database: Statements = {
        ...recorder().database,
        any: async (query) => {
          record(query);
          return [{ owner_id: 'any', at: 'any' }] as never;
        },
        one: async (query) => {
          record(query);
          return { forgotten: 0 } as never;
        },
      };
      for (const chore of forgettingOf(database, { historyDays: 30 })) await chore();
      return sent;
    };
  });
});
