// Clients that have left while they waited: nothing is asked for them any more.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { type EventStream, openEvents } from '../support/events.ts';
import { whileHeld } from '../support/held.ts';
import { isRealPostgres, queryPostgres, startOwnPostgres, type TestPostgres } from '../support/postgres.ts';

const pollInterval = 50;

let postgres: TestPostgres;
let api: Api;
let writer: Api;
beforeAll(async () => {
  postgres = await startOwnPostgres();
  const shared = { ...postgres, close: async () => {} };
  api = await startApi({ postgres: { ...shared, poolMax: 1 }, logLevel: 'debug', app: { pollInterval } });
  writer = await startApi({ postgres: shared });
});
afterAll(async () => {
  await Promise.all([api.close(), writer.close()]);
  await postgres.close();
});

const statements = (name: RegExp): number =>
  api.logs.filter(({ msg, statement }) => msg === 'database' && name.test(String(statement))).length;
const readings = () => statements(/list_task_changes/);
const questions = () => statements(/find_moved_clocks/);

const waiters = (count: number) =>
  expect
    .poll(async () => (await api.send('GET', '/metrics')).text, { interval: 100 })
    .toMatch(new RegExp(`^live_waiters ${count}$`, 'm'));

const openStreams = async ({ token }: User, count: number): Promise<EventStream[]> => {
  const streams: EventStream[] = [];
  for (let at = 0; at < count; at++) streams.push(await openEvents(api.url, token));
  return streams;
};

test('no statement runs for clients that have left', async () => {
  const [here, other] = [await api.newUser(), await api.newUser()];
  const there = await writer.newUser(here.id);
  const streams = await openStreams(here, 5);
  const since = (await here.send('GET', 'task-changes')).json.next_since;
  const leaving = new AbortController();
  const waiting = fetch(`${api.url}/api/v1/users/me/task-changes?since=${since}&wait=30`, {
    headers: { Authorization: `Bearer ${here.token}` },
    signal: leaving.signal,
  }).catch(() => null);
  const [stays] = await openStreams(other, 1);
  await waiters(7);
  for (const stream of streams) stream.close();
  leaving.abort();
  await waiting;
  await waiters(1);
  const before = readings();
  // Writes of another process and of this one, and then one for the client that has stayed.
  await there.create({ title: 'From elsewhere' });
  await here.create({ title: 'From here' });
  await other.create({ title: 'For the one that is left' });
  await stays?.event(0);
  // The question to the database can find the write before this process has reported it: then the
  // one that is left reads twice.
  expect(readings() - before).toBeLessThanOrEqual(2);
  stays?.close();
  await waiters(0);
  const asked = questions();
  expect(asked).toBeGreaterThan(0);
  await sleep(20 * pollInterval);
  // One can have been under way.
  expect(questions() - asked).toBeLessThanOrEqual(1);
});

const waitingForLocks = async (): Promise<number> =>
  (
    await queryPostgres(
      postgres.url,
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
  ).length;

// The embedded database has one session, which cannot wait for itself.
test.runIf(isRealPostgres)('clients that leave in the line for their reading are not read for', async () => {
  const user = await api.newUser();
  await user.create({ title: 'x' });
  const streams = await openStreams(user, 40);
  await waiters(40);
  const before = readings();
  const lock = { text: 'LOCK TABLE tasks IN ACCESS EXCLUSIVE MODE', values: [] };
  await whileHeld(postgres.url, lock, async () => {
    await queryPostgres(postgres.url, `UPDATE owner_clock SET seq = seq + 1 WHERE owner_id = '${user.id}'`);
    // The first of them reads, and the others are in line behind it: more than may read at once.
    await expect.poll(waitingForLocks).toBe(1);
    for (const stream of streams) stream.close();
    await waiters(0);
  });
  expect((await user.send('GET', 'tasks')).status).toBe(200);
  expect(readings() - before).toBeLessThanOrEqual(1);
});
