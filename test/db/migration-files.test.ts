// Migrations are sent with one statement per query: proxies and distributed databases refuse a
// query with several, or send all of it to the database of its first statement.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'libpg-query';
import pg from 'pg';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { directionsIn, statementsIn } from '../../src/db/migration-files.ts';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { startEmptyPostgres } from '../support/postgres.ts';

const directory = new URL('../../migrations/', import.meta.url);
const files = readdirSync(directory).filter((file) => file.endsWith('.sql'));

const countIn = async (text: string): Promise<number> => ((await parse(text)).stmts ?? []).length;

describe('each file is split where Postgres parses it', () => {
  const ways = files.flatMap((file) =>
    Object.entries(directionsIn(readFileSync(new URL(file, directory), 'utf8'))).map(
      ([way, text]) => [file, way, text] as const,
    ),
  );
  test.each(ways)('%s, %s', async (_file, _way, text) => {
    const parts = statementsIn(text);
    expect(await Promise.all(parts.map(countIn))).toEqual(parts.map(() => 1));
    expect(parts).toHaveLength(await countIn(text));
  });
});

test.each([
  ['SELECT 1; SELECT 2', 2],
  ['-- one; two\nSELECT 1; -- three; four', 1],
  ['/* one; two */ SELECT 1; /* three; */', 1],
  [`SELECT 'a;b''c;d', "e;""f;g"; SELECT 2`, 2],
  ['DO $$ BEGIN NULL; NULL; END $$; SELECT 2', 2],
  [`CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $f$ SELECT $$;$$ $f$; SELECT 'it is; $f$'`, 2],
  [`${'-'.repeat(200)}\nSELECT 1`, 1],
  [' \n;;-- nothing\n;', 0],
])('%j has %i', async (text, count) => {
  expect(await countIn(text)).toBe(count);
  expect(statementsIn(text)).toHaveLength(count);
});

test.each(['SELECT 1', '-- Down Migration\n-- Down Migration\n'])('%j is refused', (text) => {
  expect(() => directionsIn(text)).toThrow('exactly one down migration');
});

test('each query has one statement, up and down', { timeout: 60_000 }, async () => {
  const empty = await startEmptyPostgres();
  onTestFinished(() => empty.close());
  const query = vi.spyOn(pg.Client.prototype, 'query');
  onTestFinished(() => query.mockRestore());
  for (const direction of ['up', 'down'] as const) {
    query.mockClear();
    const options = { url: empty.url, direction, count: files.length };
    expect(await migrate(options, createLogger('warn'))).toHaveLength(files.length);
    const texts = query.mock.calls.map(([text]) => String(text));
    expect(texts.length).toBeGreaterThan(files.length);
    const counts = await Promise.all(texts.map(async (text) => [text, await countIn(text)]));
    expect(counts.filter(([, count]) => count !== 1)).toEqual([]);
  }
});
