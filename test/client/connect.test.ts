// The TypeScript client's calls: what they send, and what they make of a success.
import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import {
  dropped,
  json,
  problem,
  type Reply,
  type ScriptedServer,
  startScripted,
  taskOf,
} from './scripted-server.ts';

// Not by its types: they need a browser's, which the server's tests must not see.
const client = '../../src/client/index.ts';
const { connect, ConnectionError } = await import(client);

let server: ScriptedServer;
const scripted = async (replies: readonly Reply[], options: object = {}) => {
  server = await startScripted(...replies);
  return connect({ serverUrl: server.url, token: 'secret', ...options });
};
afterEach(() => server?.close());

const task = taskOf();

test('sends a body to the path of the user that the token identifies', async () => {
  const tasks = await scripted([json(201, task)]);
  expect(await tasks.createTask({ title: 'Buy milk' })).toEqual(task);
  const [{ method, url, headers, body } = {}] = server.seen;
  expect([method, url, body]).toEqual(['POST', '/api/v1/users/me/tasks', '{"title":"Buy milk"}']);
  expect(headers).toMatchObject({ authorization: 'Bearer secret', 'content-type': 'application/json' });
});

test('sends to another path prefix, another user, and ids that need escaping', async () => {
  const tasks = await scripted([json(200, task)], { userId: 'a/b' });
  const below = connect({ serverUrl: `${server.url}/prefix/`, userId: 'a/b' });
  await below.getTask('../x?y');
  expect(server.seen[0]?.url).toBe('/prefix/api/v1/users/a%2Fb/tasks/..%2Fx%3Fy');
  expect(tasks).toBeDefined();
});

test('refuses an id that would lead to another path', async () => {
  const tasks = await scripted([json(200, task)]);
  for (const id of ['', '.', '..', undefined]) {
    await expect(tasks.deleteTask(id)).rejects.toBeInstanceOf(TypeError);
  }
  expect(server.seen).toEqual([]);
});

test('sends null in a change, and leaves out what is undefined', async () => {
  const tasks = await scripted([json(200, task)]);
  await tasks.updateTask('x', { description: null, title: undefined });
  expect(server.seen[0]).toMatchObject({ method: 'PATCH', body: '{"description":null}' });
});

test('sends the query, and the parameter that can have one value only', async () => {
  const tasks = await scripted([
    json(200, { items: [], next_cursor: null }),
    json(200, { deleted: 0, has_more: false }),
  ]);
  await tasks.listTasks({ q: 'a&b c', completed: false, sort: undefined });
  await tasks.deleteCompletedTasks();
  expect(server.seen.map(({ url }) => url)).toEqual([
    '/api/v1/users/me/tasks?q=a%26b+c&completed=false',
    '/api/v1/users/me/tasks?completed=true',
  ]);
});

test.each([
  [3, '"3"'],
  ['W/"abc"', 'W/"abc"'],
])('takes an entity tag as a version or a tag: %s', async (given, sent) => {
  const tasks = await scripted([json(200, task)]);
  await tasks.updateTask('x', { title: 'y' }, { ifMatch: given });
  expect(server.seen[0]?.headers['if-match']).toBe(sent);
});

test('sends the headers of the client and of the call, which take precedence', async () => {
  const tasks = await scripted([json(200, task)], { headers: { 'X-A': 'client', 'X-B': 'client' } });
  await tasks.getTask('x', { headers: { 'x-b': 'call', 'X-Request-Id': 'mine', authorization: 'Other' } });
  expect(server.seen[0]?.headers).toMatchObject({
    'x-a': 'client',
    'x-b': 'call',
    'x-request-id': 'mine',
    authorization: 'Other',
  });
});

test('names itself to the server, unless the program does', async () => {
  const tasks = await scripted([json(200, task), json(200, task)]);
  const named = connect({ serverUrl: server.url, headers: { 'user-agent': 'mine/1' } });
  await tasks.getTask('x');
  await named.getTask('x');
  const [first, second] = server.seen.map(({ headers }) => headers['user-agent']);
  expect(first).toMatch(/^tasks-api-client\/\d+\.\d+\.\d+$/);
  expect(second).toBe('mine/1');
});

test('returns undefined for a 304, and the response with it', async () => {
  const notModified = json(304, undefined, { ETag: '"3"' });
  const tasks = await scripted([notModified, notModified, notModified]);
  expect(await tasks.getTask('x', { ifNoneMatch: 3 })).toBeUndefined();
  expect(await tasks.listTasks({}, { ifNoneMatch: 'W/"x"' })).toBeUndefined();
  const { data, response } = await tasks.getTask('x', { ifNoneMatch: 3 }).withResponse();
  expect([data, response.status, response.headers.get('ETag')]).toEqual([undefined, 304, '"3"']);
});

test('returns the headers of a success, and rejects once', async () => {
  const tasks = await scripted([json(200, task, { ETag: '"3"' }), problem(404, 'not-found')]);
  const { data, response } = await tasks.getTask('x').withResponse();
  expect([data, response.headers.get('ETag')]).toEqual([task, '"3"']);
  // An unhandled second rejection would fail this run.
  await expect(tasks.getTask('x').withResponse()).rejects.toMatchObject({ status: 404 });
});

test('asks for a token before each attempt, and sends none where none is needed', async () => {
  const tokens = ['first', 'second'];
  const tasks = await scripted(
    [
      problem(503, 'service-unavailable', { 'Retry-After': '0' }),
      json(200, task),
      json(200, { status: 'ok' }),
    ],
    { token: async () => tokens.shift() },
  );
  await tasks.getTask('x');
  await tasks.getLiveness();
  expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer first',
    'Bearer second',
    undefined,
  ]);
});

const textOf = (error: unknown): string =>
  error instanceof Error ? `${error.stack} ${JSON.stringify(error)} ${textOf(error.cause)}` : String(error);

test.each([
  ['an impossible token', 'hush\nhush', []],
  ['a refused token', 'hush', [problem(401, 'not-authenticated')]],
  ['a broken connection', 'hush', [dropped]],
  ['a response from something in between', 'hush', [json(200)]],
])('keeps the token out of errors: %s', async (_name, token, replies) => {
  const tasks = await scripted(replies, { token, maxRetries: 0 });
  const error = await tasks.getTask('x').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(textOf(error)).not.toContain('hush');
});

test('passes on what a token function throws, and sends nothing', async () => {
  const reason = new Error('signed out');
  const tasks = await scripted([], { token: () => Promise.reject(reason) });
  await expect(tasks.getTask('x')).rejects.toBe(reason);
  expect(server.seen).toEqual([]);
});

test.each([
  '',
  'tasks.example.com',
  'file:///tasks',
  'http://',
  'https://tasks.example.com/?x=1',
  'https://tasks.example.com/#x',
  'https://alice:hush@tasks.example.com',
  'https://alice:hush@tasks.example.com:x',
  'https://hush@',
  'https://tasks.example.com/?',
])('refuses an address at which no call can succeed, without repeating it: %s', (serverUrl) => {
  const refused = () => connect({ serverUrl, token: 'x' });
  expect(refused).toThrow(TypeError);
  try {
    refused();
  } catch (error) {
    // What URL throws has the address in a field.
    expect(inspect(error)).not.toMatch(/\bhush/);
  }
});

test('rejects a body that JSON cannot express, and sends nothing', async () => {
  const tasks = await scripted([json(201, task)]);
  const circular: { title: string; self?: unknown } = { title: 'x' };
  circular.self = circular;
  await expect(tasks.createTask(circular)).rejects.toBeInstanceOf(TypeError);
  expect(server.seen).toEqual([]);
});

test('follows no redirect', async () => {
  const tasks = await scripted([json(307, undefined, { Location: '/elsewhere' }), json(200, task)]);
  await expect(tasks.getTask('x')).rejects.toMatchObject({ status: 307, problem: undefined });
  expect(server.seen).toHaveLength(1);
});

test('needs no secure context, which pages of the local network are not', async () => {
  const { randomUUID } = crypto;
  Reflect.deleteProperty(Crypto.prototype, 'randomUUID');
  try {
    const tasks = await scripted([json(201, task)]);
    await tasks.createTask({ title: 'x' });
    expect(server.seen[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  } finally {
    Crypto.prototype.randomUUID = randomUUID;
  }
});

test('takes a response that stops half-way for a broken connection', async () => {
  const half: Reply = (response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100' });
    response.write('{"id":');
    setImmediate(() => response.destroy());
  };
  const tasks = await scripted([half, json(200, task), half]);
  expect(await tasks.getTask('x')).toEqual(task);
  await expect(tasks.getTask('x', { maxRetries: 0 })).rejects.toBeInstanceOf(ConnectionError);
});

test('sends no value in a query that is not a text, a number or a boolean', async () => {
  const tasks = await scripted([]);
  for (const value of [new Date(), null, {}, ['a']]) {
    // As a program without types may call it.
    const query: object = { overdue_at: value };
    const failed = async () => await tasks.listTasks(query);
    await expect(failed()).rejects.toThrow(
      new TypeError('overdue_at must be a string, a number or a boolean'),
    );
  }
  expect(server.seen).toEqual([]);
});
