// Lists, families, places and series come to tasks that are there: each has a place in the order in
// which they were created. They go again, and leave the older schema unchanged.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { creationKey } from '../../src/tasks/position.ts';
import { queryPostgres, startEmptyPostgres } from '../support/postgres.ts';

const log = createLogger('silent');

describe('0008_lists_and_order', () => {
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
  const older = 'owner_id, id, title, completed, due, priority, created_at, updated_at, version, change_seq';

  test('goes up and down and up again with rows', async () => {
    await step('up', 7);
    const insert = (owner: string, title: string, at: string) =>
      query(`
        INSERT INTO tasks (owner_id, title, completed, created_at, updated_at, version, change_seq)
        VALUES ('${owner}', '${title}', false, '${at}', now(), 3, 7)
      `);
    await query(`
      INSERT INTO owner_clock (owner_id, seq) VALUES ('alice', 9), ('bob', 7);
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at) VALUES ('alice', gen_random_uuid(), 2, now())
    `);
    // Written in another order than they were created.
    await insert('alice', 'second', '2026-01-02T00:00:00Z');
    await insert('bob', 'his', '2026-01-01T12:00:00Z');
    await insert('alice', 'third', '2026-01-03T00:00:00Z');
    await insert('alice', 'first', '2026-01-01T00:00:00Z');
    const tasks = () => query(`SELECT ${older} FROM tasks ORDER BY id`);
    const [rows, before] = [await tasks(), await objects()];

    expect(await step('up')).toEqual(['0008_lists_and_order']);
    expect(await tasks()).toEqual(rows);
    const inOrder = () => query('SELECT title, position FROM tasks ORDER BY owner_id, position, id');
    const placed = [
      { title: 'first', position: creationKey(1n, 0) },
      { title: 'second', position: creationKey(2n, 0) },
      { title: 'third', position: creationKey(3n, 0) },
      { title: 'his', position: creationKey(1n, 0) },
    ];
    expect(await inOrder()).toEqual(placed);
    // No place is as late as that of the next new task.
    expect(
      await query(`
        SELECT title FROM tasks JOIN owner_clock USING (owner_id) WHERE position >= task_creation_key(seq + 1, 0)
      `),
    ).toEqual([]);
    // The previous version, still running during a deployment, knows none of the columns.
    await insert('alice', 'late', '2026-01-04T00:00:00Z');
    const [late] = await query(
      "SELECT list_id, parent_id, position, recurrence, series_id, occurrence, next_id FROM tasks WHERE title = 'late'",
    );
    expect(late).toEqual({
      list_id: null,
      parent_id: null,
      position: creationKey(0n, 0),
      recurrence: null,
      series_id: null,
      occurrence: null,
      next_id: null,
    });
    await query(`
      INSERT INTO lists (owner_id, name, position, created_at, updated_at, change_seq)
      VALUES ('alice', 'list', task_creation_key(9, 0), now(), now(), 9);
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at, is_list)
      VALUES ('alice', gen_random_uuid(), 3, now(), true);
      UPDATE tasks SET list_id = (SELECT id FROM lists), parent_id = gen_random_uuid(), series_id = id
    `);

    expect(await step('down')).toEqual(['0008_lists_and_order']);
    expect(await objects()).toEqual(before);
    // The tombstone of a list would be taken for that of a task.
    expect(await query('SELECT change_seq FROM task_tombstones')).toEqual([{ change_seq: '2' }]);
    await query("DELETE FROM tasks WHERE title = 'late'");
    expect(await tasks()).toEqual(rows);

    expect(await step('up')).toEqual(['0008_lists_and_order']);
    expect(await inOrder()).toEqual(placed);
  });

  test('its domains take only what the contract does', async () => {
    const code = (type: string, value: string | null) =>
      queryPostgres(database.url, `SELECT $1::${type}`, [value]).then(
        () => 'taken',
        (error: { code?: string }) => error.code,
      );
    const rule = { rrule: 'FREQ=DAILY', anchor: 'schedule', missed: 'skip' };
    const occurrence = { start: '2026-01-31', date: '2026-02-28', number: 2 };
    const taken: [string, unknown][] = [
      ['task_recurrence', null],
      ['task_recurrence', rule],
      ['task_recurrence', { ...rule, anchor: 'completion', missed: 'keep', rrule: 'x'.repeat(500) }],
      ['task_occurrence', null],
      ['task_occurrence', occurrence],
      ['task_occurrence', { ...occurrence, number: 2_147_483_647 }],
    ];
    const refused: [string, unknown][] = [
      ...[
        {},
        [],
        'x',
        1,
        { ...rule, rrule: '' },
        { ...rule, rrule: 'x'.repeat(501) },
        { ...rule, rrule: 1 },
        { ...rule, anchor: 'other' },
        { ...rule, missed: null },
        { ...rule, more: true },
        { rrule: rule.rrule, anchor: rule.anchor },
      ].map((value): [string, unknown] => ['task_recurrence', value]),
      ...[
        {},
        [],
        { ...occurrence, number: 0 },
        { ...occurrence, number: 2_147_483_648 },
        { ...occurrence, number: '2' },
        { ...occurrence, start: '2026-1-31' },
        { ...occurrence, date: null },
        { ...occurrence, date: '2026-02-28\n' },
        { ...occurrence, more: 1 },
        { start: occurrence.start, date: occurrence.date },
      ].map((value): [string, unknown] => ['task_occurrence', value]),
    ];
    const text = (value: unknown) => (value === null ? null : JSON.stringify(value));
    for (const [type, value] of taken)
      expect([value, await code(type, text(value))]).toEqual([value, 'taken']);
    for (const [type, value] of refused) {
      expect([value, await code(type, text(value))]).toEqual([value, '23514']);
    }
  });
});
