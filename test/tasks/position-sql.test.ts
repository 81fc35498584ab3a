// The arithmetic of the manual order in the database is that of `position.ts`, whatever the
// database's collation; what is not a key is not stored, whoever writes it.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  anyKeyBetween,
  creationKey,
  keyBetween,
  keyPattern,
  maxKeyLength,
} from '../../src/tasks/position.ts';
import { queryPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { randomBounds, randomOf } from '../support/random-keys.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

const query = <Row extends object>(text: string, values: readonly unknown[] = []) =>
  queryPostgres<Row & Record<string, unknown>>(postgres.url, text, values);

const refused = (text: string, values: readonly unknown[]) =>
  query(text, values).then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );

describe('task_key_between', () => {
  test('returns what keyBetween returns', async () => {
    const random = randomOf(5);
    const bounds = Array.from({ length: 25_000 }, () => randomBounds(random));
    const [row] = await query<{ keys: string[]; between: boolean }>(
      `SELECT array_agg(key ORDER BY place) AS keys,
        bool_and((lower IS NULL OR lower COLLATE "C" < key) AND (upper IS NULL OR key < upper COLLATE "C")) AS between
      FROM (
        SELECT place, lower, upper, task_key_between(lower, upper)::text COLLATE "C" AS key
        FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS bounds (lower, upper, place)
      ) AS found`,
      [bounds.map(([lower]) => lower), bounds.map(([, upper]) => upper)],
    );
    expect(row?.between).toBe(true);
    const wrong = bounds.filter(([lower, upper], index) => keyBetween(lower, upper) !== row?.keys[index]);
    expect(wrong).toEqual([]);
  });

  const key = creationKey(1n, 0);
  test.each([
    ['the same twice', key, key, '22023'],
    ['in descending order', creationKey(2n, 0), key, '22023'],
    ['before the first key', null, `o${'0'.repeat(15)}`, '22023'],
    ['of what is not a key', 'a0', key, '23514'],
  ])('%s is refused', async (_name, lower, upper, code) => {
    expect(await refused('SELECT task_key_between($1, $2)', [lower, upper])).toBe(code);
  });

  test('returns what is too long for a key as well, which no column takes', async () => {
    const [lower, upper] = [`${key}${'0'.repeat(237)}1`, `${key}${'0'.repeat(237)}2`];
    const [row] = await query<{ key: string }>('SELECT task_key_between($1, $2) AS key', [lower, upper]);
    expect([row?.key.length, row?.key]).toEqual([maxKeyLength + 1, anyKeyBetween(lower, upper)]);
    expect(await refused('SELECT task_key_between($1, $2)::task_position', [lower, upper])).toBe('23514');
  });

  test('finds a key at both ends of the integers', async () => {
    const ends = [
      [null, null],
      [null, `o${'0'.repeat(14)}1`],
      [null, `p${'0'.repeat(16)}`],
      [`o${'z'.repeat(15)}`, null],
      [`p${'z'.repeat(16)}`, null],
    ] as const;
    for (const [lower, upper] of ends) {
      expect(await query('SELECT task_key_between($1, $2) AS key', [lower, upper])).toEqual([
        { key: keyBetween(lower, upper) },
      ]);
    }
  });
});

test('task_creation_key returns what creationKey returns, or what is not a key', async () => {
  const places = [
    [0n, 0],
    [12n, 3],
    [10n ** 13n - 1n, 999],
  ] as const;
  for (const [seq, ordinal] of places) {
    expect(
      await query('SELECT task_creation_key($1, $2)::task_position AS key', [String(seq), ordinal]),
    ).toEqual([{ key: creationKey(seq, ordinal) }]);
  }
  for (const place of [
    [10n ** 13n, 0],
    [-1n, 0],
    [1n, 1000],
    [1n, -1],
  ] as const) {
    const [seq, ordinal] = place;
    expect(await refused('SELECT task_creation_key($1, $2)::task_position', [String(seq), ordinal])).toBe(
      '23514',
    );
  }
});

test('the domain has the pattern and the length of position.ts', async () => {
  const directory = new URL('../../generated/', import.meta.url);
  const schema = readFileSync(new URL('schema.sql', directory), 'utf8');
  expect(schema).toContain(keyPattern);
  const key = creationKey(1n, 0);
  const texts: [string, boolean][] = [
    [key, true],
    [`${key}${'1'.repeat(maxKeyLength - 17)}`, true],
    [`${key}${'1'.repeat(maxKeyLength - 16)}`, false],
    ...[
      '',
      'a0',
      `${key}0`,
      `${key}\n`,
      `${key}é`,
      `${key}-1`,
      key.slice(1),
      ` ${key}`,
      key.toUpperCase(),
    ].map((text): [string, boolean] => [text, false]),
  ];
  for (const [text, isKey] of texts) {
    expect([text, await refused('SELECT $1::task_position', [text])]).toEqual([
      text,
      isKey ? undefined : '23514',
    ]);
  }
});
