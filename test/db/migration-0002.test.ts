// Each migration on the schema before it, with rows present: up keeps them, and down keeps what the
// older schema can store.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { queryPostgres, startEmptyPostgres } from '../support/postgres.ts';

const log = createLogger('silent');

describe('0002_changes', () => {
  let database: Awaited<ReturnType<typeof startEmptyPostgres>>;
  beforeAll(async () => {
    database = await startEmptyPostgres();
  });
  afterAll(() => database.close());

  const query = (text: string) => queryPostgres(database.url, text);
  const step = (direction: 'up' | 'down') => migrate({ url: database.url, direction, count: 1 }, log);
  const older = async () => ({
    tasks: await query('SELECT * FROM tasks ORDER BY id'),
    tombstones: await query('SELECT * FROM task_tombstones ORDER BY id'),
    clocks: await query('SELECT owner_id, seq FROM owner_clock ORDER BY owner_id'),
  });
  const shape = () =>
    query(`SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
           WHERE table_schema = 'public' ORDER BY 1, 2`);
  const indexes = () => query("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1");

  test('goes up and down and up again with rows, and leaves the older schema unchanged', async () => {
    expect(await step('up')).toEqual(['0001_tasks']);
    await query(`
      INSERT INTO owner_clock (owner_id, seq) VALUES ('alice', 7), ('bob', 2);
      INSERT INTO tasks (owner_id, title, completed, completed_at, created_at, updated_at, version, change_seq)
      VALUES ('alice', 'a', false, NULL, now(), now(), 3, 7), ('bob', 'b', true, now(), now(), now(), 1, 1);
      INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at) VALUES ('bob', gen_random_uuid(), 2, now());
    `);
    const [rows, columns, indices] = [await older(), await shape(), await indexes()];

    expect(await step('up')).toEqual(['0002_changes']);
    expect(await older()).toEqual(rows);
    const clocks = await query('SELECT epoch, horizon FROM owner_clock');
    expect(new Set(clocks.map(({ epoch }) => epoch)).size).toBe(2);
    expect(clocks.map(({ horizon }) => horizon)).toEqual(['0', '0']);
    const [{ secret }] = (await query('SELECT secret FROM sync_secret')) as [{ secret: string }];
    expect(secret).toHaveLength(72);
    // The previous version, still running during a deployment, writes clocks without an epoch.
    await query("INSERT INTO owner_clock (owner_id, seq) VALUES ('carol', 1)");
    await query(
      `INSERT INTO idempotency_keys (owner_id, key, fingerprint, created_at) VALUES ('bob', 'k', 'f', now())`,
    );

    expect(await step('down')).toEqual(['0002_changes']);
    expect(await shape()).toEqual(columns);
    expect(await indexes()).toEqual(indices);
    await query("DELETE FROM owner_clock WHERE owner_id = 'carol'");
    expect(await older()).toEqual(rows);

    expect(await step('up')).toEqual(['0002_changes']);
    expect(await older()).toEqual(rows);
    expect(await query('SELECT secret FROM sync_secret')).not.toEqual([{ secret }]);
  });
});
