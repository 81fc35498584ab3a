// No statement of the store reaches a row without naming its owner: held against the syntax tree of
// everything that the store can send, not against a run of it.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { queryPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { findings } from './owner-predicate.ts';
import { calls, owner, recorder, type Store, statementsOf, storeOn } from './store-calls.ts';

describe('every statement of the store names the owner', () => {
  let postgres: TestPostgres;
  let tables: ReadonlySet<string>;
  const catalogue = async (condition: string) => {
    const rows = await queryPostgres<{ name: string }>(
      postgres.url,
      `SELECT c.relname AS name
       FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
       WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${condition}`,
    );
    return rows.map(({ name }) => name).sort();
  };
  const hasOwner = `EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'owner_id')`;
  beforeAll(async () => {
    postgres = await startPostgres();
    tables = new Set(await catalogue(hasOwner));
  });
  afterAll(() => postgres.close());

  test('every table belongs to owners, but the list of migrations and the service’s own secret', async () => {
    expect([...tables]).toEqual(expect.arrayContaining(['owner_clock', 'task_tombstones', 'tasks']));
    expect(await catalogue(`NOT ${hasOwner}`)).toEqual(['schema_migrations', 'sync_secret']);
  });

  test('the list of calls has every function of the store', () => {
    expect(Object.keys(calls).sort()).toEqual(Object.keys(storeOn(recorder().database)).sort());
  });

  test.each(Object.keys(calls) as (keyof Store)[])('%s', async (name) => {
    const sent = await statementsOf(name);
    expect(sent.length).toBeGreaterThanOrEqual(calls[name].length);
    const found = new Map<string, string[]>();
    for (const statement of sent) {
      const faults = await findings(statement, { tables, owner });
      if (faults.length > 0) found.set(statement.sql, faults);
    }
    expect(Object.fromEntries(found)).toEqual({});
  });

  test('a prepared statement has one name, and a name one statement', async () => {
    const names = new Map<string, string | undefined>();
    const texts = new Map<string | undefined, string>();
    for (const name of Object.keys(calls) as (keyof Store)[]) {
      for (const statement of await statementsOf(name)) {
        names.set(statement.sql, names.get(statement.sql) ?? statement.name);
        texts.set(statement.name, texts.get(statement.name) ?? statement.sql);
        expect(statement.name).toBe(names.get(statement.sql));
        expect(statement.sql).toBe(texts.get(statement.name));
      }
    }
    expect(texts.has(undefined)).toBe(false);
  });

  test('SQL is written in the parts of the store, and nowhere else outside db/ and postgres/', () => {
    const source = new URL('../../src/', import.meta.url);
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
      (file) =>
        file.endsWith('.ts') && /\bsql\.(?!ts')|\bsql`/.test(readFileSync(new URL(file, source), 'utf8')),
    );
    // `statement.ts` has none of its own: it puts together what the others give it. The sandbox
    // plants example tasks under ids of their own, which no operation does.
    expect(files.filter((file) => !/^(?:db|postgres)\//.test(file)).sort()).toEqual([
      'sandbox/plant.ts',
      'tasks/batch-store.ts',
      'tasks/clearing.ts',
      'tasks/column-set.ts',
      'tasks/counts-store.ts',
      'tasks/erasure.ts',
      'tasks/feed.ts',
      'tasks/filters.ts',
      'tasks/fragments.ts',
      'tasks/history/change-rows.ts',
      'tasks/history/earlier-rows.ts',
      'tasks/history/export.ts',
      'tasks/history/read-statements.ts',
      'tasks/history/record.ts',
      'tasks/history/remembered.ts',
      'tasks/history/restore-statements.ts',
      'tasks/history/undo-conflicts.ts',
      'tasks/history/undo-statements.ts',
      'tasks/history/unit.ts',
      'tasks/idempotency.ts',
      'tasks/label-renames.ts',
      'tasks/labels.ts',
      'tasks/list-statements.ts',
      'tasks/list-tag.ts',
      'tasks/lists/known-lists.ts',
      'tasks/lists/statements.ts',
      'tasks/lock-clock.ts',
      'tasks/moments-sql.ts',
      'tasks/occurrence-statements.ts',
      'tasks/places-sql.ts',
      'tasks/precondition-sql.ts',
      'tasks/renewed-positions.ts',
      'tasks/sorts.ts',
      'tasks/statement.ts',
      'tasks/surroundings.ts',
      'tasks/task-statements.ts',
      'tasks/tombstones.ts',
      'tasks/user-data.ts',
      'webhook/outbox.ts',
    ]);
  });
});

describe('the check finds', () => {
  const tables = new Set(['tasks', 'owner_clock']);
  const values = [owner, 'another owner'];
  const check = (sql: string) => findings({ sql, values }, { tables, owner });

  test.each([
    ['a missing predicate', 'SELECT id FROM tasks WHERE id = $2'],
    ['no WHERE at all', 'DELETE FROM tasks'],
    ['a predicate beside an OR', 'SELECT id FROM tasks WHERE tasks.owner_id = $1 OR completed'],
    ['a predicate under a NOT', 'SELECT id FROM tasks WHERE NOT tasks.owner_id = $1'],
    ['a predicate that names no table', 'SELECT id FROM tasks WHERE owner_id = $1'],
    ['another operator', 'SELECT id FROM tasks WHERE tasks.owner_id >= $1'],
    ['a list of owners', 'SELECT id FROM tasks WHERE tasks.owner_id IN ($1, $2)'],
    ['another value', 'SELECT id FROM tasks WHERE tasks.owner_id = $2'],
    ['a parameter that was not sent', 'SELECT id FROM tasks WHERE tasks.owner_id = $3'],
    ['a value instead of a parameter', `SELECT id FROM tasks WHERE tasks.owner_id = '${owner}'`],
    ['the column compared with itself', 'SELECT id FROM tasks WHERE tasks.owner_id = tasks.owner_id'],
    ['another column', 'SELECT id FROM tasks WHERE title = $1'],
    [
      'a predicate on another table',
      'SELECT id FROM tasks AS t, owner_clock AS c WHERE c.owner_id = $1 AND t.change_seq = c.seq',
    ],
    [
      'a predicate that one of two tables may mean',
      'SELECT id FROM tasks AS t JOIN owner_clock AS c ON true WHERE owner_id = $1',
    ],
    [
      'a predicate of an outer join only',
      'SELECT id FROM owner_clock AS c LEFT JOIN tasks AS t ON t.owner_id = $1 WHERE c.owner_id = $1',
    ],
    [
      'a predicate in the outer query only',
      'SELECT id FROM (SELECT id, owner_id FROM tasks LIMIT 9) AS t WHERE t.owner_id = $1',
    ],
    [
      'a predicate in the inner query only',
      'SELECT id FROM tasks WHERE id IN (SELECT id FROM tasks WHERE tasks.owner_id = $1)',
    ],
    [
      'a subquery without one',
      'SELECT (SELECT count(*) FROM tasks) FROM owner_clock WHERE owner_clock.owner_id = $1',
    ],
    [
      'a WITH query without one',
      'WITH t AS (UPDATE tasks SET completed = true RETURNING id) SELECT count(*) FROM t',
    ],
    [
      'a table behind a WITH query of its own name',
      'WITH tasks AS (SELECT id, owner_id FROM tasks) SELECT id FROM tasks WHERE tasks.owner_id = $1',
    ],
    ['one side of a UNION', 'SELECT id FROM tasks WHERE tasks.owner_id = $1 UNION ALL SELECT id FROM tasks'],
    ['a sample of a table', 'SELECT id FROM tasks TABLESAMPLE system (10)'],
    ['a table by its short name', 'TABLE tasks'],
    ['UPDATE by another table', 'UPDATE tasks SET title = $2 FROM owner_clock AS c WHERE c.owner_id = $1'],
    ['DELETE by another table', 'DELETE FROM tasks USING owner_clock AS c WHERE c.owner_id = $1'],
    ['a task given away', 'UPDATE tasks SET owner_id = $2 WHERE tasks.owner_id = $1'],
    ['INSERT without an owner', 'INSERT INTO tasks (title) VALUES ($1)'],
    ['INSERT without a list of columns', 'INSERT INTO tasks VALUES ($1)'],
    ['INSERT for another owner', 'INSERT INTO tasks (owner_id) VALUES ($1), ($2)'],
    [
      'INSERT of what a query says',
      'INSERT INTO tasks (owner_id) SELECT title FROM tasks WHERE tasks.owner_id = $1',
    ],
    ['INSERT of two queries', 'INSERT INTO tasks (owner_id) SELECT $1 UNION SELECT $2'],
    [
      "an upsert of another owner's row",
      'INSERT INTO tasks (owner_id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET title = $2',
    ],
    ['a table that no owner has', 'SELECT rolname FROM pg_roles'],
    ['a schema in front', 'SELECT id FROM public.tasks WHERE public.tasks.owner_id = $1'],
    ['a new table', 'SELECT id INTO copy FROM tasks WHERE tasks.owner_id = $1'],
    ['TRUNCATE', 'TRUNCATE tasks'],
    ['COPY', 'COPY tasks TO STDOUT'],
    ['MERGE', 'MERGE INTO tasks AS t USING owner_clock AS c ON t.owner_id = $1 WHEN MATCHED THEN DELETE'],
    ['a second statement', 'SELECT 1; SELECT id FROM tasks'],
  ])('%s', async (_name, sql) => {
    expect(await check(sql)).not.toEqual([]);
  });

  test.each([
    'SELECT id FROM tasks WHERE tasks.owner_id = $1 AND (completed OR id = $2)',
    'SELECT t.id FROM tasks AS t JOIN owner_clock AS c ON true WHERE t.owner_id = $1 AND c.owner_id = $1',
    'WITH t AS (SELECT id FROM tasks WHERE tasks.owner_id = $1) SELECT id FROM t',
    'INSERT INTO tasks (title, owner_id) VALUES ($2, $1) ON CONFLICT (owner_id, id) DO UPDATE SET title = $2',
  ])('nothing in %s', async (sql) => {
    expect(await check(sql)).toEqual([]);
  });
});
