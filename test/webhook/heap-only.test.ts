// Without a webhook, the columns for it cost a write nothing: the clock's update stays heap-only, because
// no column of an index changes.
import { expect, test } from 'vitest';
import { startApi } from '../support/app.ts';
import { isRealPostgres, queryPostgres } from '../support/postgres.ts';
import { ownPostgres } from '../support/receiver.ts';

const postgres = ownPostgres();

const updates = async () => {
  const [row] = await queryPostgres<{ hot: number; all: number }>(
    postgres().url,
    `SELECT n_tup_hot_upd::int AS hot, n_tup_upd::int AS all FROM pg_stat_user_tables WHERE relname = 'owner_clock'`,
  );
  return row ?? { hot: 0, all: 0 };
};

// The embedded Postgres has one session, which does not count while it lasts.
test.runIf(isRealPostgres)('a write updates the clock without its indexes', async () => {
  const before = await updates();
  const api = await startApi({ postgres: postgres() });
  const user = await api.newUser();
  for (let n = 0; n < 21; n++) await user.create({ title: 'x' });
  // Sessions count when they end.
  await api.close();
  await expect.poll(async () => (await updates()).all - before.all).toBe(20);
  expect((await updates()).hot - before.hot).toBe(20);
});

test('no index of the clock has a column that a write changes', async () => {
  const indexes = await queryPostgres<{ definition: string }>(
    postgres().url,
    `SELECT indexdef AS definition FROM pg_indexes WHERE tablename = 'owner_clock'`,
  );
  expect(indexes.length).toBeGreaterThan(1);
  for (const { definition } of indexes) expect(definition).not.toMatch(/\bseq\b|notifying_until/);
});
