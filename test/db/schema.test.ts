// generated/schema.sql: the result of the migrations, no more and no less.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeSchema } from '../../src/db/describe-schema.ts';
import { statementsIn } from '../../src/db/migration-files.ts';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { queryPostgres, startEmptyPostgres, type TestPostgres } from '../support/postgres.ts';

const file = readFileSync(new URL('../../generated/schema.sql', import.meta.url), 'utf8');

describe('generated/schema.sql', () => {
  let postgres: Pick<TestPostgres, 'url' | 'close'>;
  beforeAll(async () => {
    // A separate database: other tests create tables in the shared one.
    postgres = await startEmptyPostgres();
    await migrate({ url: postgres.url, direction: 'up' }, createLogger('warn'));
  });
  afterAll(() => postgres.close());

  const query = (text: string) => queryPostgres(postgres.url, text);
  const described = () => describeSchema(postgres.url);
  const withoutComments = (text: string) => text.replace(/^--.*\n/gm, '').trim();

  test('is the result of the migrations: after a new one, run `npm run generate`', async () => {
    expect(file).toContain('CREATE TABLE tasks (');
    expect(file.replace(/^-- The schema after[\s\S]*?\n\n/, '')).toBe(await described());
  });

  test('has types, functions and triggers as well, and does not silently omit unknown objects', async () => {
    await query("CREATE TYPE mood AS ENUM ('well', 'it''s fine')");
    await query('CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$');
    await query('CREATE TRIGGER kept BEFORE UPDATE ON tasks FOR EACH ROW EXECUTE FUNCTION keep()');
    await query(
      'CREATE TABLE numbered (n int GENERATED ALWAYS AS IDENTITY, twice int GENERATED ALWAYS AS (n * 2) STORED, mood mood)',
    );
    const text = await described();
    expect(text).toContain("CREATE TYPE mood AS ENUM ('well', 'it''s fine');\n");
    expect(text).toMatch(/^CREATE OR REPLACE FUNCTION public\.keep\(\)$/m);
    expect(text).toMatch(/^CREATE TRIGGER kept BEFORE UPDATE ON tasks /m);
    expect(text).toMatch(/^ {2}n integer NOT NULL GENERATED ALWAYS AS IDENTITY,$/m);
    expect(text).toMatch(/^ {2}twice integer GENERATED ALWAYS AS \(\(n \* 2\)\) STORED,$/m);
    await query('CREATE VIEW seen AS SELECT 1 AS n');
    await expect(described()).rejects.toThrow('cannot describe the relation seen of kind v');
  });

  test('creates the same schema when it is run', async () => {
    await query('DROP SCHEMA public CASCADE');
    await query('CREATE SCHEMA public');
    expect(await described()).toBe('');
    for (const statement of statementsIn(file)) await query(statement);
    expect(withoutComments(await described())).toBe(withoutComments(file));
  });
});
