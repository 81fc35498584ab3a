// A timestamp keeps its microseconds from Postgres to the wire, in whatever time zone the session
// lives.
import fc from 'fast-check';
import { sql } from 'slonik';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ownerIdFrom } from '../../src/auth/principal.ts';
import { createLogger } from '../../src/observability/log.ts';
import type { Database } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/pool.ts';
import { toRfc3339 } from '../../src/postgres/timestamp.ts';
import type { Task } from '../../src/tasks/columns.ts';
import { microsecondsAfter } from '../../src/tasks/microseconds.ts';
import { tasksOf } from '../../src/tasks/store.ts';
import { someone } from '../support/author.ts';
import {
  isRealPostgres,
  queryPostgres,
  startEmptyPostgres,
  startPostgres,
  type TestPostgres,
} from '../support/postgres.ts';
import { newOwner } from '../support/tokens.ts';

describe('microsecondsAfter', () => {
  test.each([
    ['2026-01-12T09:30:00.123456Z', 0, '2026-01-12T09:30:00.123456Z'],
    ['2026-01-12T09:30:00.000009Z', 1, '2026-01-12T09:30:00.000010Z'],
    ['2026-12-31T23:59:59.999950Z', 99, '2027-01-01T00:00:00.000049Z'],
    ['0001-02-28T23:59:59.999999Z', 1, '0001-03-01T00:00:00.000000Z'],
  ])('%s, %i later', (time, microseconds, later) => {
    expect(microsecondsAfter(time, microseconds)).toBe(later);
  });
});

describe('toRfc3339', () => {
  test.each([
    ['2026-01-12 09:30:00.123456+00', '2026-01-12T09:30:00.123456Z'],
    ['2026-01-12 09:30:00.12345+00', '2026-01-12T09:30:00.123450Z'],
    ['2026-01-12 09:30:00.1204+00', '2026-01-12T09:30:00.120400Z'],
    ['2026-01-12 09:30:00.003+00', '2026-01-12T09:30:00.003000Z'],
    ['2026-01-12 09:30:00.12+00', '2026-01-12T09:30:00.120000Z'],
    ['2026-01-12 09:30:00.1+00', '2026-01-12T09:30:00.100000Z'],
    ['2026-01-12 09:30:00+00', '2026-01-12T09:30:00.000000Z'],
    ['2026-01-12 09:30:00.000001+00', '2026-01-12T09:30:00.000001Z'],
    ['2026-01-12 15:00:00.123456+05:30', '2026-01-12T09:30:00.123456Z'],
    ['2025-12-31 19:15:00.999999-05', '2026-01-01T00:15:00.999999Z'],
    ['2026-01-01 05:44:59.999999+05:45', '2025-12-31T23:59:59.999999Z'],
    ['2024-02-28 20:00:00-09:30', '2024-02-29T05:30:00.000000Z'],
    ['2026-01-12 09:30:00.5+00:30', '2026-01-12T09:00:00.500000Z'],
  ])('turns %s into %s', (text, rfc3339) => {
    expect(toRfc3339(text)).toBe(rfc3339);
  });

  test.each([
    'infinity',
    '-infinity',
    '2026-01-12T09:30:00Z',
    '2026-01-12T09:30:00.123456+00',
    '2026-01-12 09:30:00',
    '2026-01-12 09:30:00.+00',
    '12026-01-12 09:30:00+00',
    '12026-01-12 09:30:00.12+00',
    '12026-01-12 09:30:00.12-05',
    '9999-12-31 23:30:00-05',
    '0000-01-01 00:10:00+05',
    '01/07/2026 10:00:00.1 +00',
    '01.07.2026 10:00:00.1 +00',
    '0044-03-15 12:00:00+00 BC',
    '0044-03-15 12:00:00.5+00 BC',
    'Mon Jan 12 09:30:00.123456 2026 UTC',
    '',
  ])('refuses "%s"', (text) => {
    expect(() => toRfc3339(text)).toThrow(TypeError);
  });
});

describe('a timestamp in the database', () => {
  let postgres: TestPostgres;
  let database: Database;
  beforeAll(async () => {
    postgres = await startPostgres();
    const { url, preparedStatements } = postgres;
    // One connection, so that what is set on its session holds for what follows.
    database = await openDatabase(
      { url, preparedStatements, poolMax: 1, timeout: 15_000 },
      createLogger('silent'),
    );
  });
  afterAll(async () => {
    await database.close();
    await postgres.close();
  });

  const setZone = (zone: string) =>
    database.one(sql.type(z.object({ zone: z.string() }))`
      SELECT set_config('TimeZone', ${zone}, false) AS zone
    `);

  const microseconds = 1_000_000n;

  // From 1970 to 2100, to the microsecond.
  const instant = fc.bigInt({ min: 0n, max: 4_102_444_800n * microseconds - 1n });

  const written = (at: bigint) => {
    const seconds = new Date(Number(at / microseconds) * 1000).toISOString().slice(0, 19);
    return `${seconds}.${String(at % microseconds).padStart(6, '0')}Z`;
  };

  const found = z.strictObject({ there: z.string(), back: z.string(), same: z.boolean() });

  test.each([
    'UTC',
    'Europe/Berlin',
    'America/St_Johns',
    'Asia/Kathmandu',
    'Pacific/Marquesas',
    'Pacific/Kiritimati',
    'Etc/GMT+12',
  ])('goes both ways unchanged in %s', async (zone) => {
    expect((await setZone(zone)).zone).toBe(zone);
    await fc.assert(
      fc.asyncProperty(instant, async (at) => {
        const text = written(at);
        const row = await database.one(sql.type(found)`
          SELECT
            ${text}::timestamptz AS there,
            to_timestamp(0) + ${String(at)}::int8 * interval '1 microsecond' AS back,
            ${text}::timestamptz = to_timestamp(0) + ${String(at)}::int8 * interval '1 microsecond' AS same
        `);
        expect(row).toEqual({ there: text, back: text, same: true });
      }),
      { numRuns: 60 },
    );
  });

  test('of a task is the same in every zone, and pages keep their place by it', async () => {
    const owner = ownerIdFrom(newOwner());
    if (owner === null) throw new Error('no owner');
    const store = tasksOf(database, owner, someone);
    const tasks: Task[] = [];
    // Twelve within one millisecond.
    for (let n = 0; n < 12; n++) {
      const { id } = await store.create({ title: `task ${n}` });
      const at = `2026-01-12T09:30:00.1239${String(n).padStart(2, '0')}Z`;
      await database.one(sql.type(z.object({ id: z.string() }))`
        UPDATE tasks
        SET created_at = ${at}::timestamptz
        WHERE owner_id = ${owner} AND id = ${id}
        RETURNING id
      `);
      const task = await store.get(id);
      expect(task?.created_at).toBe(at);
      if (task !== null) tasks.push(task);
    }
    for (const zone of ['Asia/Kolkata', 'America/Caracas', 'UTC']) {
      await setZone(zone);
      const all = { filters: {}, sort: 'created_at', limit: 1 } as const;
      const walked: Task[] = [];
      for (;;) {
        const last = walked.at(-1);
        const after = last && { key: last.created_at, id: last.id };
        const [next] = (await store.list({ ...all, after, page: '', known: [] })).tasks;
        if (next === undefined) break;
        walked.push(next);
      }
      expect(walked).toEqual(tasks);
    }
  });

  // The embedded Postgres has one session, whose style is that of its start.
  test.skipIf(!isRealPostgres)('is read in ISO style whatever style the database prefers', async () => {
    const empty = await startEmptyPostgres();
    await queryPostgres(
      empty.url,
      `ALTER DATABASE ${new URL(empty.url).pathname.slice(1)} SET DateStyle = 'SQL, DMY'`,
    );
    const other = await openDatabase(
      { url: empty.url, preparedStatements: true, poolMax: 1, timeout: 15_000 },
      createLogger('silent'),
    );
    const row = await other.one(sql.type(z.strictObject({ at: z.string() }))`
      SELECT timestamptz '2026-07-31 09:30:00.5+00' AS at
    `);
    expect(row.at).toBe('2026-07-31T09:30:00.500000Z');
    await other.close();
    await empty.close();
  });
});
