// What a format lets through, Postgres stores and returns as the same value in the form of RFC
// 3339; where it would not, the format refuses it.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isDateTime } from '../../src/contract/formats.ts';
import { toRfc3339 } from '../../src/postgres/timestamp.ts';
import { queryPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';

describe('date-time', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.close());

  const stored = async (texts: readonly string[]): Promise<string[]> => {
    const rows = await queryPostgres<{ text: string }>(
      postgres.url,
      `SELECT value::timestamptz::text AS text FROM unnest($1::text[]) AS value`,
      [texts],
    );
    return rows.map(({ text }) => toRfc3339(text));
  };

  const same: [string, string][] = [
    ['2026-03-01T09:30:00Z', '2026-03-01T09:30:00.000000Z'],
    ['2026-03-01t09:30:00z', '2026-03-01T09:30:00.000000Z'],
    ['2026-03-01T09:30:00.1+02:00', '2026-03-01T07:30:00.100000Z'],
    ['2024-02-29T23:59:59.999999-00:00', '2024-02-29T23:59:59.999999Z'],
    ['0001-01-01T15:59:00+15:59', '0001-01-01T00:00:00.000000Z'],
    ['9999-12-31T08:00:59.999999-15:59', '9999-12-31T23:59:59.999999Z'],
  ];
  test('is stored as the same instant', async () => {
    expect(same.map(([text]) => isDateTime(text))).toEqual(same.map(() => true));
    expect(await stored(same.map(([text]) => text))).toEqual(same.map(([, canonical]) => canonical));
  });

  test.each([
    ...[
      'infinity',
      '-infinity',
      'now',
      'tomorrow',
      '',
      '2026-03-01',
      '2026-03-01T09:30:00',
      '2026-03-01T09:30Z',
    ],
    ...['2026-03-01 09:30:00Z', '20260301T093000Z', '2026-02-29T00:00:00Z', '2026-02-31T00:00:00Z'],
    ...['2026-13-01T00:00:00Z', '2026-00-01T00:00:00Z', '2026-03-01T24:00:00Z', '2026-03-01T23:59:60Z'],
    ...['2026-03-01T09:30:00.Z', '2026-03-01T09:30:00.1234567Z', '2026-03-01T09:30:00+16:00'],
    ...['2026-03-01T09:30:00+0200', '2026-03-01T09:30:00+02', '2026-03-01T09:30:00[UTC]'],
    ...[
      '0000-01-01T00:00:00Z',
      '0000-12-31T20:00:00-05:00',
      '0001-01-01T00:00:00+00:01',
      '9999-12-31T23:59:59-00:01',
      '10000-01-01T00:00:00Z',
    ],
    ...[
      '+002026-03-01T09:30:00Z',
      ' 2026-03-01T09:30:00Z',
      '2026-03-01T09:30:00Z\n',
      '２０２６-03-01T09:30:00Z',
    ],
  ])('is not %j', (text) => {
    expect(isDateTime(text)).toBe(false);
  });

  test('of any year, day, second and offset is stored, or is none', async () => {
    const digits = (max: number, length: number) =>
      fc.oneof(fc.nat(max), fc.constantFrom(0, 1, max)).map((n) => String(n).padStart(length, '0'));
    const texts = fc.tuple(
      ...[digits(9999, 4), digits(13, 2), digits(32, 2), digits(24, 2), digits(60, 2), digits(60, 2)],
      fc.constantFrom('', '.5', '.000001', '.999999'),
      fc.oneof(fc.constant('Z'), fc.tuple(fc.constantFrom('+', '-'), digits(16, 2), digits(59, 2))),
    );
    const sample = fc
      .sample(texts, 3000)
      .map(([year, month, day, hour, minute, second, fraction, offset]) => {
        const zone = Array.isArray(offset) ? `${offset[0]}${offset[1]}:${offset[2]}` : offset;
        return `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction}${zone}`;
      });
    const valid = sample.filter(isDateTime);
    expect(valid.length).toBeGreaterThan(100);
    const instants = (await stored(valid)).map((text) => Date.parse(text));
    expect(instants).toEqual(valid.map((text) => Date.parse(text)));
  });
});
