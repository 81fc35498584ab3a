// The fields of a task come to tasks that are there, with the values of a new task, and go again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { queryPostgres, startEmptyPostgres } from '../support/postgres.ts';

const log = createLogger('silent');

describe('0005_fields', () => {
  let database: Awaited<ReturnType<typeof startEmptyPostgres>>;
  beforeAll(async () => {
    database = await startEmptyPostgres();
  });
  afterAll(() => database.close());

  const query = (text: string) => queryPostgres(database.url, text);
  const step = (direction: 'up' | 'down', count = 1) => migrate({ url: database.url, direction, count }, log);
  const objects = () =>
    query(`
      SELECT table_name::text AS name, column_name::text AS part, data_type::text AS kind
      FROM information_schema.columns WHERE table_schema = 'public'
      UNION ALL SELECT typname, '', typtype::text FROM pg_type
      WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'e')
      UNION ALL SELECT proname, '', '' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      UNION ALL SELECT indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public'
      ORDER BY 1, 2
    `);
  const older =
    'owner_id, id, title, description, completed, completed_at, created_at, updated_at, version, change_seq';

  test('goes up and down and up again with rows, and leaves the older schema unchanged', async () => {
    await step('up', 4);
    const insert = (title: string) =>
      query(`
        INSERT INTO tasks (owner_id, title, completed, created_at, updated_at, version, change_seq)
        VALUES ('alice', '${title}', false, now(), now(), 3, 7)
      `);
    await query(`
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at) VALUES ('alice', gen_random_uuid(), 2, now())
    `);
    await insert('a');
    const tasks = () => query(`SELECT ${older} FROM tasks ORDER BY title`);
    const [rows, before] = [await tasks(), await objects()];

    expect(await step('up')).toEqual(['0005_fields']);
    expect(await tasks()).toEqual(rows);
    // The previous version, still running during a deployment, knows none of the columns.
    await insert('b');
    const empty = { due: null, start: null, priority: 'none', labels: [], metadata: {} };
    expect(await query('SELECT due, start, priority, labels, metadata FROM tasks')).toEqual([empty, empty]);
    await query(
      `UPDATE tasks SET due = '2026-03-01', priority = 'high', labels = '["a"]', metadata = '{"b": "c"}'`,
    );

    expect(await step('down')).toEqual(['0005_fields']);
    expect(await objects()).toEqual(before);
    await query("DELETE FROM tasks WHERE title = 'b'");
    expect(await tasks()).toEqual(rows);

    expect(await step('up')).toEqual(['0005_fields']);
    expect(await query('SELECT due, priority FROM tasks')).toEqual([{ due: null, priority: 'none' }]);
  });
});
