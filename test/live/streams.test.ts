// Streams of events, and requests that wait, as hostile, old and impatient clients use them.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Api, sharedPostgres, startApi, type User } from '../support/app.ts';
import { type EventStream, openEvents } from '../support/events.ts';
import { headOf, sendAndIgnore } from '../support/hostile.ts';

const postgres = sharedPostgres();
let api: Api;
/** Of this one, a connection on which nothing moves is ended after a time that a test can wait for. */
let impatient: Api;
let user: User;
const heartbeat = 100;
const stallTimeout = 2000;
beforeAll(async () => {
  const app = { streamTimes: { heartbeat, longest: 600_000 }, maxWaiting: 600 };
  api = await startApi({ postgres: postgres(), app: { maxWaiting: 600 } });
  impatient = await startApi({ postgres: postgres(), app, server: { stallTimeout } });
  user = await api.newUser();
  await user.create({ title: 'First' });
});
afterAll(() => Promise.all([api.close(), impatient.close()]));
afterEach(() => {
  vi.useRealTimers();
});

const path = '/api/v1/users/me/task-changes';
const events = { Accept: 'text/event-stream' };

const head = (method: string, target: string, one: User, ...lines: readonly string[]): string =>
  headOf(method, target, `Authorization: Bearer ${one.token}`, ...lines);

/** Sends bytes and keeps what comes back. */
const open = (bytes: string): { readonly socket: Socket; readonly text: () => string } => {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(bytes));
  let text = '';
  socket
    .setEncoding('utf8')
    .on('error', () => {})
    .on('data', (chunk: string) => {
      text += chunk;
    });
  return { socket, text: () => text };
};

/** The metrics are read at most once a second. */
const waiters = (count: number, from = api) =>
  expect
    .poll(async () => (await from.send('GET', '/metrics')).text, { interval: 100 })
    .toMatch(new RegExp(`^live_waiters ${count}$`, 'm'));

/** Sooner or later the owner gets a stream. */
const isServed = (one: User) =>
  expect
    .poll(async () => {
      const stream = await openEvents(api.url, one.token);
      stream.close();
      return stream.status;
    })
    .toBe(200);

const tokenOf = async (one: User): Promise<string> =>
  (await one.send('GET', 'task-changes?limit=500')).json.next_since;

describe('a stream that cannot begin is a problem document', () => {
  test.each([
    ['a token that is not one', '?since=nonsense', {}, 400],
    ['an empty last id', '', { 'Last-Event-ID': '' }, 422],
    ['a last id that is too long', '', { 'Last-Event-ID': 'a'.repeat(513) }, 422],
    ['a limit that is too large', '?limit=501', {}, 422],
    ['wait beyond its bound', '?wait=31', {}, 422],
  ])('%s', async (_name, query, headers, expected) => {
    const { status, json } = await user.send('GET', `task-changes${query}`, {
      headers: { ...events, ...headers },
    });
    expect([status, json.status]).toEqual([expected, expected]);
  });

  test('a last id of another user', async () => {
    const other = await api.newUser();
    const headers = { ...events, 'Last-Event-ID': await tokenOf(other) };
    expect((await user.send('GET', 'task-changes', { headers })).status).toBe(400);
  });

  test('a last id that is repeated', async () => {
    const since = await tokenOf(user);
    const { socket, text } = open(
      head(
        'GET',
        path,
        user,
        'Accept: text/event-stream',
        `Last-Event-ID: ${since}`,
        `Last-Event-ID: ${since}`,
      ),
    );
    await expect.poll(text).toMatch(/^HTTP\/1.1 422 /);
    socket.destroy();
  });

  test('no token, and a token without the scope', async () => {
    expect((await api.send('GET', path, { headers: events })).status).toBe(401);
    const limited = await api.newUser(undefined, { scope: 'tasks:erase' });
    expect((await limited.send('GET', 'task-changes', { headers: events })).status).toBe(403);
  });
});

test('a stream is alive when nothing happens, is not compressed, and never cut for that', async () => {
  const one = await impatient.newUser();
  const stream = await openEvents(impatient.url, one.token);
  expect(stream.headers.get('content-encoding')).toBeNull();
  // Longer than the time-out of the server for a connection on which nothing moves.
  const silence = ':\n\n'.repeat(1.5 * (stallTimeout / heartbeat));
  await expect.poll(stream.text).toContain(`retry: 1000\n\n${silence}`);
  const task = await one.create({ title: 'After silence' });
  expect(JSON.parse((await stream.event(0))?.data ?? '').items).toEqual([{ type: 'task', task }]);
  stream.close();
});

test.each([['text/event-stream'], ['*/*']])('HEAD with Accept: %s ends at once', async (accept) => {
  const { socket, text } = open(head('HEAD', path, user, `Accept: ${accept}`, 'Connection: close'));
  await once(socket, 'close');
  expect(text()).toMatch(/^HTTP\/1.1 200 OK\r\n.*\r\n\r\n$/s);
});

test('a client of HTTP/1.0 gets a stream without chunks', async () => {
  const { socket, text } = open(
    head('GET', path, user, 'Accept: text/event-stream').replace('HTTP/1.1', 'HTTP/1.0'),
  );
  await expect.poll(text).toMatch(/\r\n\r\nretry: 1000\n\nid: .*\nevent: changes\ndata: \{.*\}\n\n/);
  expect(text()).not.toMatch(/transfer-encoding/i);
  socket.destroy();
});

test('a wait and a stream end when their token expires', async () => {
  const exp = Math.ceil(Date.now() / 1000) + 60;
  const one = await api.newUser(undefined, { exp });
  const since = await tokenOf(one);
  // The clock stands still, so that the token does not expire while the requests arrive.
  vi.useFakeTimers({ toFake: ['Date'], now: exp * 1000 - 500 });
  const stream = await openEvents(api.url, one.token, { query: `?since=${since}` });
  const { status, json } = await one.send('GET', `task-changes?since=${since}&wait=30`);
  vi.setSystemTime(exp * 1000);
  await stream.ended;
  expect([status, json.items, stream.text()]).toEqual([200, [], expect.not.stringContaining('error')]);
});

test('clients that go, or close their side, wait no longer', async () => {
  const one = await api.newUser();
  await waiters(0);
  const since = await tokenOf(one);
  const lines = [`${path}?since=${since}&wait=30`, path].map((target, at) =>
    head('GET', target, one, at === 0 ? 'Accept: */*' : 'Accept: text/event-stream'),
  );
  const sockets = lines.flatMap((bytes) => [open(bytes).socket, open(bytes).socket]);
  await waiters(4);
  for (const [at, socket] of sockets.entries()) at % 2 === 0 ? socket.destroy() : socket.end();
  await waiters(0);
});

test('clients that open streams and abort them as fast as they can leave nothing behind', async () => {
  const one = await api.newUser();
  const bytes = head('GET', path, one, 'Accept: text/event-stream');
  for (let round = 0; round < 20; round++) {
    const sockets = Array.from({ length: 20 }, () => sendAndIgnore(api.url, bytes));
    await new Promise((resolve) => setTimeout(resolve, round));
    for (const socket of sockets) socket.destroy();
  }
  // The last ones may still arrive.
  await isServed(one);
  await waiters(0);
});

test('a request behind one that waits gets its response after it', async () => {
  const one = await api.newUser();
  const waiting = head('GET', `${path}?since=${await tokenOf(one)}&wait=30`, one);
  const { socket, text } = open(waiting + head('GET', '/healthz', one, 'Connection: close'));
  await waiters(1);
  expect(text()).toBe('');
  const closed = once(socket, 'close');
  await one.create({ title: 'Wakes it' });
  await closed;
  expect(text()).toMatch(/^HTTP\/1.1 200 OK\r\n.*Wakes it.*HTTP\/1.1 200 OK\r\n/s);
});

test('one owner has a hundred, and another one is served beside them', async () => {
  const [one, other] = [await api.newUser(), await api.newUser()];
  const streams: EventStream[] = [];
  // One after the other: the requests in progress of an owner have a bound of their own.
  for (let at = 0; at < 103; at++) streams.push(await openEvents(api.url, one.token));
  expect(streams.map(({ status }) => status)).toEqual([...Array(100).fill(200), 429, 429, 429]);
  const task = await other.send('POST', 'tasks', { json: { title: 'Beside them' } });
  const stream = await openEvents(api.url, other.token);
  expect([task.status, stream.status]).toEqual([201, 200]);
  // Ordinary requests are not counted among them.
  expect((await one.send('GET', 'tasks')).status).toBe(200);
  streams[0]?.close();
  await isServed(one);
  for (const each of [...streams, stream]) each.close();
});

test('a stream that is never read is cut, and delays no other', async () => {
  const one = await impatient.newUser();
  const bytes = head('GET', path, one, 'Accept: text/event-stream');
  const stalled = sendAndIgnore(impatient.url, bytes).pause();
  const stream = await openEvents(impatient.url, one.token);
  const isCut = () => impatient.logs.some(({ reason }) => reason === 'the client has stopped reading');
  const long = { title: 'Long', description: 'x'.repeat(2000) };
  const operations = Array.from({ length: 100 }, () => ({ op: 'create', task: long }));
  let created = 0;
  // Until the buffers of both systems are full. What the server sends to the other one goes on.
  for (let round = 0; round < 60 && !isCut(); round++) {
    const { status } = await one.send('POST', 'task-batches', { json: { operations } });
    expect(status).toBe(200);
    created += operations.length;
  }
  await expect.poll(isCut).toBe(true);
  const arrived = () => stream.text().split('"type":"task"').length - 1;
  await expect.poll(arrived, { interval: 250, timeout: 30_000 }).toBe(created);
  stalled.destroy();
  stream.close();
});

test('the log has one line for each, with the time that it waited and without the token', async () => {
  const one = await impatient.newUser();
  const stream = await openEvents(impatient.url, one.token);
  await expect.poll(stream.text).toContain(':\n\n');
  stream.close();
  const lines = () =>
    impatient.logs.filter(({ owner, operation }) => owner === one.id && operation === 'listTaskChanges');
  await expect.poll(lines).toHaveLength(1);
  const [line] = lines();
  expect(line).toMatchObject({ waited_ms: expect.any(Number) });
  expect(Number(line?.waited_ms)).toBeLessThan(Number(line?.duration_ms));
  expect(JSON.stringify(impatient.logs)).not.toContain(one.token);
});

test('the metric of the duration does not contain the time that a request has waited', async () => {
  const own = await startApi({ postgres: postgres() });
  const one = await own.newUser();
  const since = await tokenOf(one);
  const waiting = one.send('GET', `task-changes?since=${since}&wait=30`);
  await waiters(1, own);
  await one.create({ title: 'Wakes it' });
  await waiting;
  const stream = await openEvents(own.url, one.token);
  stream.close();
  const lines = () => own.logs.filter(({ operation }) => operation === 'listTaskChanges');
  await expect.poll(lines).toHaveLength(3);
  const sumOf = (name: string): number => lines().reduce((sum, line) => sum + Number(line[name] ?? 0), 0);
  // All of the time that the metrics were read again and again.
  expect(sumOf('waited_ms')).toBeGreaterThan(1);
  const metric = async (name: string): Promise<number> => {
    const { text } = await own.send('GET', '/metrics');
    const all = text.matchAll(
      new RegExp(`^http_request_duration_seconds_${name}{.*listTaskChanges.*} (.*)$`, 'gm'),
    );
    return [...all].reduce((sum, [, value]) => sum + Number(value), 0);
  };
  await expect.poll(() => metric('count')).toBe(3);
  expect(1000 * (await metric('sum'))).toBeCloseTo(sumOf('duration_ms') - sumOf('waited_ms'), 2);
  await own.close();
});

test('beyond all places, a further owner gets 503, and ordinary requests are served', async () => {
  const small = await startApi({ postgres: postgres(), app: { maxWaiting: 2, rateLimit: 100 } });
  const users = [await small.newUser(), await small.newUser(), await small.newUser()];
  const streams: EventStream[] = [];
  for (const each of users) streams.push(await openEvents(small.url, each.token));
  expect(streams.map(({ status }) => status)).toEqual([200, 200, 503]);
  const [first, , third] = users;
  expect((await third?.send('GET', 'task-changes'))?.status).toBe(200);
  // Many short events cost their owner as much as a long page.
  const task = { title: 'x', description: 'x'.repeat(2000) };
  const operations = Array.from({ length: 10 }, () => ({ op: 'create', task }));
  for (let at = 0; at < 7; at++) await first?.send('POST', 'task-batches', { json: { operations } });
  await expect.poll(() => streams[0]?.text().split('"type":"task"').length).toBe(71);
  // Of a hundred, the stream, seven batches, and this one; and twice 64 kB of events.
  const limit = (await first?.send('GET', 'tasks?limit=1'))?.headers.get('ratelimit');
  expect(limit).toMatch(/^"owner";r=89;/);
  for (const stream of streams) stream.close();
  await small.close();
});
