// Two processes on one database: what one writes, those that wait in the other one learn.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { type EventStream, openEvents } from '../support/events.ts';
import { isRealPostgres, queryPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { type FaultyProxy, startProxy } from '../support/testbed/proxy.ts';
import { tokenFor } from '../support/tokens.ts';

let postgres: TestPostgres;
let writer: Api;
let api: Api;
beforeAll(async () => {
  postgres = await startPostgres();
  writer = await startApi({ postgres: { ...postgres, close: async () => {} } });
  api = await startApi({ postgres: { ...postgres, close: async () => {} }, app: { pollInterval: 50 } });
});
afterAll(async () => {
  await Promise.all([writer.close(), api.close()]);
  await postgres.close();
});

/** The same user, once in each process. */
const newUsers = async (): Promise<[here: User, there: User]> => {
  const here = await api.newUser();
  return [here, await writer.newUser(here.id)];
};

const tokenOf = async (user: User): Promise<string> =>
  (await user.send('GET', 'task-changes?limit=500')).json.next_since;

const waitingFor = async (user: User, since: string) => {
  const { status, json } = await user.send('GET', `task-changes?since=${since}&wait=30`);
  return { status, items: json.items };
};

const itemsOf = async (stream: EventStream, number: number) =>
  JSON.parse((await stream.event(number))?.data ?? '{}').items;

test('a write of the other process wakes a request that waits, and a stream', async () => {
  const [here, there] = await newUsers();
  await there.create({ title: 'Before' });
  const since = await tokenOf(here);
  const stream = await openEvents(api.url, here.token, { query: `?since=${since}` });
  const waiting = waitingFor(here, since);
  const task = await there.create({ title: 'From elsewhere' });
  expect(await waiting).toEqual({ status: 200, items: [{ type: 'task', task }] });
  expect(await itemsOf(stream, 0)).toEqual([{ type: 'task', task }]);
  stream.close();
});

test('the first write of an owner without any data does, too', async () => {
  const [here, there] = await newUsers();
  const waiting = waitingFor(here, await tokenOf(here));
  const task = await there.create({ title: 'First' });
  expect((await waiting).items).toEqual([{ type: 'task', task }]);
});

test('an owner that the other process erases gets 410, and its stream ends', async () => {
  const [here, there] = await newUsers();
  await there.create({ title: 'Soon gone' });
  const since = await tokenOf(here);
  const stream = await openEvents(api.url, here.token, { query: `?since=${since}` });
  const waiting = here.send('GET', `task-changes?since=${since}&wait=30`);
  await there.send('DELETE', '/api/v1/users/me');
  expect((await waiting).status).toBe(410);
  await stream.ended;
  expect(stream.text()).not.toContain('data:');
});

test('two that wait at different positions both learn of it', async () => {
  const [here, there] = await newUsers();
  const early = await tokenOf(here);
  const behind = await openEvents(api.url, here.token, { query: `?since=${early}` });
  const first = await there.create({ title: 'First' });
  // This one sees the write before the question to the database does.
  const ahead = await openEvents(api.url, here.token, { query: `?since=${await tokenOf(here)}` });
  expect(await itemsOf(behind, 0)).toEqual([{ type: 'task', task: first }]);
  const second = await there.create({ title: 'Second' });
  expect(await itemsOf(behind, 1)).toEqual([{ type: 'task', task: second }]);
  expect(await itemsOf(ahead, 0)).toEqual([{ type: 'task', task: second }]);
  behind.close();
  ahead.close();
});

// The embedded database has one connection.
describe.skipIf(!isRealPostgres)('on a real Postgres', () => {
  test('owners who are all woken at once are all served, and others beside them', async () => {
    const narrow = await startApi({
      postgres: { ...postgres, poolMax: 1, close: async () => {} },
      app: { pollInterval: 50 },
    });
    const owners = Array.from({ length: 260 }, (_, at) => `crowd-${at}-${Math.random()}`);
    await queryPostgres(
      postgres.url,
      `INSERT INTO owner_clock (owner_id, seq) VALUES ${owners.map((owner) => `('${owner}', 1)`).join(', ')}`,
    );
    const streams: EventStream[] = [];
    // Not all of them at once: the line for the database is shorter than that.
    for (let at = 0; at < owners.length; at += 20) {
      const some = owners.slice(at, at + 20);
      streams.push(
        ...(await Promise.all(some.map(async (owner) => openEvents(narrow.url, await tokenFor(owner))))),
      );
    }
    expect(streams.every(({ status }) => status === 200)).toBe(true);
    await queryPostgres(
      postgres.url,
      `INSERT INTO tasks (owner_id, title, completed, created_at, updated_at, change_seq)
       SELECT owner_id, 'News', false, now(), now(), seq + 1 FROM owner_clock WHERE owner_id LIKE 'crowd-%';
       UPDATE owner_clock SET seq = seq + 1 WHERE owner_id LIKE 'crowd-%'`,
    );
    const other = await narrow.newUser();
    const events = Promise.all(streams.map((stream) => stream.event(0)));
    expect((await other.send('GET', 'tasks')).status).toBe(200);
    const titles = (await events).map((event) => JSON.parse(event?.data ?? '{}').items?.[0]?.task.title);
    expect(titles).toEqual(owners.map(() => 'News'));
    for (const stream of streams) stream.close();
    await narrow.close();
  });

  test('waiting outlives an outage of the database', async () => {
    const proxy: FaultyProxy = await startProxy(Number(new URL(postgres.url).port));
    const url = Object.assign(new URL(postgres.url), { hostname: '127.0.0.1', port: String(proxy.port) });
    const behind = await startApi({
      postgres: { ...postgres, url: url.href, close: async () => {} },
      timeout: 3000,
      app: { pollInterval: 50 },
    });
    const here = await behind.newUser();
    const there = await writer.newUser(here.id);
    const since = await tokenOf(here);
    const stream = await openEvents(behind.url, here.token, { query: `?since=${since}` });
    // Its first reading has ended.
    await expect.poll(stream.text).toContain('retry:');
    const metrics = expect.poll(async () => (await behind.send('GET', '/metrics')).text);
    proxy.stall();
    await metrics.toMatch(/^live_polls_total\{outcome="failed"\} [1-9]/m);
    const task = await there.create({ title: 'Meanwhile' });
    proxy.cut();
    expect(await itemsOf(stream, 0)).toEqual([{ type: 'task', task }]);
    const lines = behind.logs.filter(({ msg }) => String(msg).includes('what other processes have written'));
    expect(lines.map(({ msg }) => msg)).toEqual([
      'could not ask what other processes have written',
      'could ask again what other processes have written',
    ]);
    stream.close();
    await behind.close();
    await proxy.close();
  });
});
