// DATABASE_SHARDING_KEY over HTTP, on plain Postgres: whatever the owner is called, the database
// sees exactly that as the value of the setting for as long as the transaction lasts, and no
// longer.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import { isRealPostgres, queryPostgres, startEmptyPostgres, type TestPostgres } from '../support/postgres.ts';

// Writes down, beside each row that is written, what the setting is at that moment.
const witness = `
  CREATE TABLE seen (owner_id text NOT NULL, key text);
  CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE written record := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  BEGIN
    INSERT INTO seen
    VALUES (written.owner_id, current_setting('pgdog.sharding_key', true));
    RETURN written;
  END
  $$;
  CREATE TRIGGER witness BEFORE INSERT OR UPDATE OR DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION witness();
  CREATE TRIGGER witness BEFORE INSERT OR UPDATE OR DELETE ON owner_clock FOR EACH ROW EXECUTE FUNCTION witness();
  CREATE TRIGGER witness BEFORE INSERT OR UPDATE OR DELETE ON idempotency_keys FOR EACH ROW EXECUTE FUNCTION witness();
`;

const owners: [string, string][] = [
  ['a UUID', randomUUID()],
  ['quotes', `o'brien''s "list"`],
  ['backslashes', String.raw`\' \\'; DROP TABLE tasks; --\\`],
  ['dollars, braces and comments', '$1 $$ $x$ {} /* -- */ ; %s ?'],
  ['every script', 'Ω ж 日本 🐘 \u00a0\u2028'],
  ['255 quotes', "'".repeat(255)],
  ['255 backslashes', '\\'.repeat(255)],
];

describe('with a sharding key', { timeout: 60_000 }, () => {
  let api: Api;
  let postgres: Pick<TestPostgres, 'url' | 'close'>;
  beforeAll(async () => {
    postgres = await startEmptyPostgres();
    const { url, close } = postgres;
    await migrate({ url, direction: 'up' }, createLogger('silent'));
    await queryPostgres(url, witness);
    const settings = { poolMax: isRealPostgres ? 4 : 1, preparedStatements: isRealPostgres };
    api = await startApi({ postgres: { url, close, ...settings }, shardingKey: 'pgdog.sharding_key' });
  });
  afterAll(() => api.close());

  const seenOf = (owner: string) =>
    queryPostgres<{ key: string | null }>(
      postgres.url,
      'WITH gone AS (DELETE FROM seen WHERE owner_id = $1 RETURNING *) SELECT key FROM gone',
      [owner],
    );
  const keysOf = async (owner: string) => new Set((await seenOf(owner)).map(({ key }) => key));

  const transactions: [string, (user: User) => Promise<{ status: number }>][] = [
    [
      'a batch',
      (user) =>
        user.send('POST', 'task-batches', { json: { operations: [{ op: 'create', task: { title: 'x' } }] } }),
    ],
    [
      'a write with a key',
      (user) =>
        user.send('POST', 'tasks', { json: { title: 'x' }, headers: { 'Idempotency-Key': randomUUID() } }),
    ],
    ['the deletion of everything', (user) => user.send('DELETE', '/api/v1/users/me')],
  ];

  test.each(owners)('each transaction has it, for an owner of %s', async (_name, owner) => {
    const user = await api.newUser(owner);
    for (const [name, send] of transactions) {
      expect((await send(user)).status, name).toBeLessThan(300);
      expect([...(await keysOf(owner))], name).toEqual([owner]);
    }
  });

  test('statements of their own do not, and it is not left behind on the connection', async () => {
    const user = await api.newUser();
    for (const [, send] of transactions) await send(user);
    await seenOf(user.id);
    const task = await user.create({ title: 'x' });
    await user.send('PATCH', `tasks/${task.id}`, { json: { title: 'y' } });
    const seen = await seenOf(user.id);
    expect(seen.length).toBeGreaterThan(0);
    // A setting that was once set in the session is empty afterwards.
    expect(seen.filter(({ key }) => (key ?? '') !== '')).toEqual([]);
  });
});
