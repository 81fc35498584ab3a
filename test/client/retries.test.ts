// What the TypeScript client repeats, how often, and under which key; what ends a call.
import { afterEach, describe, expect, test } from 'vitest';
import {
  dropped,
  json,
  problem,
  type Reply,
  type ScriptedServer,
  silent,
  startScripted,
  taskOf,
} from './scripted-server.ts';

// Not by its types: they need a browser's, which the server's tests must not see.
const client = '../../src/client/index.ts';
const { connect, ConnectionError, TimeoutError } = await import(client);
const policy = '../../src/client/retry-policy.ts';
const { waitAfter } = await import(policy);

let server: ScriptedServer;
const scripted = async (replies: readonly Reply[], options: object = {}) => {
  server = await startScripted(...replies);
  return connect({ serverUrl: server.url, token: 'secret', ...options });
};
afterEach(() => server?.close());

const task = taskOf();
const session = { user_id: 'x', client_id: null, scopes: [], expires_at: '2030-01-01T00:00:00Z' };
const at = { 'Retry-After': '0' };
const keys = () => server.seen.map(({ headers }) => headers['idempotency-key']);

const failures: [string, Reply][] = [
  ['408 of a proxy', json(408, undefined, at)],
  ['429', problem(429, 'too-many-requests', at)],
  ['503', problem(503, 'service-unavailable', at)],
  ['502 of a proxy', json(502)],
  ['a lost connection', dropped],
  ['no response in time', silent],
  ['an earlier attempt in progress', problem(409, 'idempotency-in-progress', at)],
];

test.each(failures)('repeats a write under its key after %s', async (_name, failure) => {
  const tasks = await scripted([failure, json(201, task)], { timeout: 1500 });
  expect(await tasks.createTask({ title: 'once' })).toEqual(task);
  const [first, second, ...others] = keys();
  expect(others).toEqual([]);
  expect(first).toMatch(/^[0-9a-f-]{36}$/);
  expect(second).toBe(first);
});

// biome-ignore lint/suspicious/noExplicitAny: imported without its types, see above
const writes: [string, (tasks: any, options?: object) => Promise<unknown>, Reply][] = [
  ['createTask', (tasks, options) => tasks.createTask({ title: 'x' }, options), json(201, task)],
  ['replaceTask', (tasks, options) => tasks.replaceTask('x', { title: 'x' }, options), json(200, task)],
  ['updateTask', (tasks, options) => tasks.updateTask('x', { title: 'x' }, options), json(200, task)],
  ['completeTask', (tasks, options) => tasks.completeTask('x', undefined, options), json(200, task)],
  ['deleteTask', (tasks, options) => tasks.deleteTask('x', undefined, options), json(204)],
  [
    'deleteCompletedTasks',
    (tasks, options) => tasks.deleteCompletedTasks(options),
    json(200, { deleted: 0, has_more: false }),
  ],
  [
    'renameLabel',
    (tasks, options) => tasks.renameLabel({ label: 'a', new_label: null }, options),
    json(200, { changed: 0, next_cursor: null }),
  ],
  [
    'applyTaskBatch',
    (tasks, options) => tasks.applyTaskBatch({ operations: [] }, options),
    json(200, { results: [] }),
  ],
];

test.each(writes)(
  'has one key for all attempts of a call, and another for the next: %s',
  async (_name, write, success) => {
    const tasks = await scripted([problem(503, 'service-unavailable', at), success, success]);
    await write(tasks);
    await write(tasks);
    const [first, again, next] = keys();
    expect(again).toBe(first);
    expect(next).toMatch(/^[0-9a-f-]{36}$/);
    expect(next).not.toBe(first);
  },
);

test.each(writes)('takes the key of the caller: %s', async (_name, write, success) => {
  const tasks = await scripted([success]);
  await write(tasks, { idempotencyKey: 'mine' });
  expect(keys()).toEqual(['mine']);
});

test.each([
  [400, {}],
  [401, {}],
  [404, {}],
  [409, {}],
  [410, {}],
  [412, {}],
  [413, {}],
  [422, {}],
  [500, {}],
  // Longer than a caller would wait.
  [503, { 'Retry-After': '3600' }],
])('does not repeat what a repetition does not help: %i %o', async (status, headers) => {
  const tasks = await scripted([problem(status, 'x', headers), json(200, {})]);
  await expect(tasks.createTask({ title: 'x' })).rejects.toMatchObject({ status });
  expect(server.seen).toHaveLength(1);
});

test('repeats three times, or as often as the client or the call wants', async () => {
  const busy = Array.from({ length: 9 }, () => problem(503, 'service-unavailable', at));
  const tasks = await scripted(busy);
  await expect(tasks.getSession()).rejects.toMatchObject({ status: 503 });
  expect(server.seen).toHaveLength(4);
  const impatient = connect({ serverUrl: server.url, maxRetries: 1 });
  await expect(impatient.getSession()).rejects.toMatchObject({ status: 503 });
  expect(server.seen).toHaveLength(6);
  await expect(impatient.getSession({ maxRetries: 0 })).rejects.toMatchObject({ status: 503 });
  expect(server.seen).toHaveLength(7);
});

const cutOff: [string, Reply][] = [
  ['an empty success', json(201)],
  ['a success that is cut off', (response) => void response.writeHead(201).end('{"id":"x","ti')],
  ['the 504 of a gateway', json(504)],
];

test.each(cutOff)('repeats a write under its key after %s', async (_name, failure) => {
  const tasks = await scripted([failure, json(201, task)]);
  expect(await tasks.createTask({ title: 'x' })).toEqual(task);
  expect(keys()[1]).toBe(keys()[0]);
});

describe('the wait before the next attempt', () => {
  const response = (status: number, retryAfter?: string) =>
    new Response(null, {
      status,
      ...(retryAfter !== undefined && { headers: { 'Retry-After': retryAfter } }),
    });

  test('is the time in Retry-After, in seconds or as a date, and a little more', () => {
    const inSeconds = waitAfter(response(503, '7'), 0);
    expect(inSeconds).toBeGreaterThanOrEqual(7000);
    expect(inSeconds).toBeLessThan(7300);
    const date = new Date(Date.now() + 20_000).toUTCString();
    expect(waitAfter(response(429, date), 0)).toBeGreaterThan(15_000);
    expect(waitAfter(response(429, 'Mon, 01 Jan 2024 00:00:00 GMT'), 0)).toBeLessThan(300);
    expect(waitAfter(response(503, '61'), 0)).toBeUndefined();
    expect(waitAfter(response(503, '99999999999999999999'), 0)).toBeUndefined();
  });

  test.each(['-5', '1.5', '2, 2', 'soon', ''])('is not that of `%s`, which is not an HTTP date', (value) => {
    expect(waitAfter(response(503, value), 5)).toBeGreaterThanOrEqual(4000);
  });

  test('grows without it, up to eight seconds, and differs from client to client', () => {
    for (const attempt of [0, 1, 2, 3, 4, 9]) {
      const most = Math.min(8000, 500 * 2 ** attempt);
      const waits = Array.from({ length: 20 }, () => waitAfter(response(503, 'soon'), attempt));
      for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(most / 2);
      for (const wait of waits) expect(wait).toBeLessThanOrEqual(most);
      expect(new Set(waits).size).toBeGreaterThan(1);
    }
  });
});

test('ends after the time-out of the client or the call, with an error of its own', async () => {
  const tasks = await scripted([silent, silent], { timeout: 50, maxRetries: 0 });
  const error = await tasks.getSession().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TimeoutError);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error.message).toContain('50 ms');
  await expect(tasks.getSession({ timeout: 60 })).rejects.toThrow('60 ms');
});

test.each([0, -1, Number.NaN])('refuses the time-out %d', async (timeout) => {
  const tasks = await scripted([json(200, {})]);
  await expect(tasks.getSession({ timeout })).rejects.toBeInstanceOf(TypeError);
  expect(server.seen).toEqual([]);
  expect(() => connect({ serverUrl: server.url, timeout })).toThrow(TypeError);
});

test('has no time-out if it is infinite', async () => {
  const tasks = await scripted([json(200, session)]);
  expect(await tasks.getSession({ timeout: Number.POSITIVE_INFINITY, maxRetries: 0 })).toEqual(session);
});

test('counts the token in the time-out', async () => {
  const tasks = await scripted([], { token: () => new Promise(() => {}), timeout: 50, maxRetries: 0 });
  await expect(tasks.getSession()).rejects.toBeInstanceOf(TimeoutError);
});

test('counts the body in the time-out', async () => {
  const stuck: Reply = (response) => void response.writeHead(200).write('{');
  const tasks = await scripted([stuck], { timeout: 100, maxRetries: 0 });
  await expect(tasks.getSession()).rejects.toBeInstanceOf(TimeoutError);
});

test('reports a connection that cannot be made, with its reason', async () => {
  const tasks = await scripted([], { maxRetries: 0 });
  await server.close();
  const error = await tasks.getSession().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).not.toBeInstanceOf(TimeoutError);
  expect(error.cause).toBeInstanceOf(Error);
  expect(error.message).toBe(`GET ${server.url}/api/v1/session: the connection failed`);
  server = await startScripted();
});

describe('the signal of the caller', () => {
  const reason = new Error('never mind');

  test('ends a call before it is sent', async () => {
    const tasks = await scripted([json(200, {})]);
    await expect(tasks.getSession({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(server.seen).toEqual([]);
  });

  test('ends a call that waits for its token, and asks for none afterwards', async () => {
    const controller = new AbortController();
    let asked = 0;
    const token = () => {
      asked += 1;
      controller.abort(reason);
      return new Promise<string>(() => {});
    };
    const tasks = await scripted([], { token });
    const { signal } = controller;
    await expect(tasks.getSession({ signal })).rejects.toBe(reason);
    await expect(tasks.getSession({ signal })).rejects.toBe(reason);
    expect([asked, server.seen]).toEqual([1, []]);
  });

  test('ends a call that waits for its response', async () => {
    const controller = new AbortController();
    const tasks = await scripted([() => controller.abort(reason), json(200, {})]);
    await expect(tasks.getSession({ signal: controller.signal })).rejects.toBe(reason);
    expect(server.seen).toHaveLength(1);
  });

  test('ends a call that waits for its next attempt', async () => {
    const controller = new AbortController();
    const busy: Reply = (response) => {
      problem(503, 'service-unavailable', { 'Retry-After': '50' })(response);
      setTimeout(() => controller.abort(reason), 50);
    };
    const tasks = await scripted([busy]);
    await expect(tasks.getSession({ signal: controller.signal })).rejects.toBe(reason);
    expect(server.seen).toHaveLength(1);
  });
});
