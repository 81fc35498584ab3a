// The schema can be distributed by owner: every table of owners' data has a key that begins with the owner.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** Tables without owners: the migrations' own table, and one with a single row for all. */
const shared = ['schema_migrations', 'sync_secret'];

/** Indexes by time, for the sweep of expired data: the only operation on all owners at once. */
const forTheSweep = ['history_by_at', 'idempotency_keys_by_created_at', 'task_tombstones_by_deleted_at'];

test('every key and every index begins with owner_id', async () => {
  const indexes = await queryPostgres<{ table: string; index: string; first: string }>(
    api.postgres.url,
    `SELECT c.relname AS table, i.relname AS index, a.attname AS first
     FROM pg_index x
     JOIN pg_class c ON c.oid = x.indrelid
     JOIN pg_class i ON i.oid = x.indexrelid
     JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0]
     WHERE c.relnamespace = 'public'::regnamespace`,
  );
  const owned = indexes.filter(({ table }) => !shared.includes(table));
  expect(new Set(owned.map(({ table }) => table)).size).toBeGreaterThanOrEqual(4);
  const others = owned.filter(({ first }) => first !== 'owner_id').map(({ index }) => index);
  expect(others.sort()).toEqual(forTheSweep);
});

test('every table of owners has a primary key', async () => {
  const tables = await queryPostgres<{ table: string }>(
    api.postgres.url,
    `SELECT relname AS table FROM pg_class c
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
       AND NOT EXISTS (SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisprimary)`,
  );
  expect(tables).toEqual([]);
});

test('owner_id is of one type and one collation in every table', async () => {
  const owners = await queryPostgres<{ type: string; collation: string; tables: number }>(
    api.postgres.url,
    `SELECT atttypid::regtype::text AS type, collname AS collation, count(*)::int AS tables
     FROM pg_attribute a
     JOIN pg_class c ON c.oid = a.attrelid
     JOIN pg_collation ON pg_collation.oid = attcollation
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attname = 'owner_id'
     GROUP BY 1, 2`,
  );
  expect(owners).toEqual([{ type: 'text', collation: 'C', tables: 7 }]);
});
