// What the TypeScript client throws at a response that is not a success.
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import {
  json,
  problem,
  type Reply,
  requestId,
  type ScriptedServer,
  startScripted,
  taskOf,
} from './scripted-server.ts';

// Not by its types: they need a browser's, which the server's tests must not see.
const client = '../../src/client/index.ts';
const exported = await import(client);
const { ApiError, connect, InvalidResponseError, TasksError } = exported;

let server: ScriptedServer;
afterEach(() => server.close());
const errorOf = async (reply: Reply) => {
  server = await startScripted(reply);
  return connect({ serverUrl: server.url, maxRetries: 0 })
    .updateTask('x', { title: 'y' })
    .catch((thrown: unknown) => thrown);
};

test.each([
  [400, 'BadRequestError'],
  [401, 'AuthenticationError'],
  [403, 'ForbiddenError'],
  [404, 'NotFoundError'],
  [409, 'ConflictError'],
  [410, 'ChangeTokenExpiredError'],
  [412, 'PreconditionFailedError'],
  [413, 'ApiError'],
  [422, 'ValidationError'],
  [429, 'RateLimitError'],
  [500, 'ServerError'],
  [503, 'ServerError'],
])('has a class for the status %i: %s', async (status, name) => {
  const error = await errorOf(problem(status, 'some-slug', { ETag: '"7"' }));
  expect(error).toBeInstanceOf(exported[name]);
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toBeInstanceOf(TasksError);
  expect(error).toMatchObject({ name, status, requestId, problem: { type: '/problems/some-slug' } });
  expect(error.headers.get('ETag')).toBe('"7"');
  expect(error.message).toBe(
    `PATCH /api/v1/users/me/tasks/x: ${status} A title: A detail (request ${requestId})`,
  );
});

test('names the first fault of a request', async () => {
  const faults = [{ loc: ['body', 'operations', 3, 'id'], msg: 'is required', type: 'required' }];
  const document = {
    type: '/problems/x',
    title: 'T',
    status: 422,
    detail: 'D',
    instance: 'urn:uuid:1',
    errors: faults,
  };
  const error = await errorOf(json(422, document));
  expect(error.problem.errors).toEqual(faults);
  expect(error.message).toContain('422 T: D (body.operations.3.id: is required) (request 1)');
});

test.each([
  ['a page of a proxy', 502, '<h1>Bad gateway</h1>'],
  ['JSON of something else', 403, '{"error":"no"}'],
  ['a login page in place of a task', 200, '<form>'],
  ['an empty success', 200, ''],
])('knows what is not from the service: %s', async (_name, status, text) => {
  const error = await errorOf((response) => response.writeHead(status).end(text));
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ status, problem: undefined, requestId: undefined });
  expect(error.message).not.toContain(text || 'undefined');
});

const task = taskOf();
// biome-ignore lint/suspicious/noExplicitAny: imported without its types, see above
const calls: [string, (tasks: any) => Promise<unknown>, Reply[]][] = [
  [
    'createTask',
    (tasks) => tasks.createTask({ title: 'x' }),
    [
      json(200, task),
      json(202, task),
      json(204),
      json(304),
      json(201, {}),
      json(201, null),
      json(201, [task]),
      json(201, 'x'),
      json(201, { login: 'https://hotel.example' }),
    ],
  ],
  ['getTask', (tasks) => tasks.getTask('x'), [json(203, task), json(204), json(302), json(304)]],
  [
    'deleteTask',
    (tasks) => tasks.deleteTask('x'),
    [json(200, {}), json(200), json(304), json(200, null), (response) => response.end('<h1>Log in</h1>')],
  ],
  ['listTasks', (tasks) => tasks.listTasks(), [json(200, {}), json(200, { items: {}, next_cursor: null })]],
  ['listTaskChanges', (tasks) => tasks.listTaskChanges(), [json(200, { items: [] })]],
];

test.each(calls)('takes nothing but the declared success for one: %s', async (_name, call, replies) => {
  server = await startScripted(...replies);
  const tasks = connect({ serverUrl: server.url, maxRetries: 0 });
  for (const _reply of replies) {
    const error = await call(tasks).then(
      (value) => ({ value }),
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(InvalidResponseError);
  }
  expect(server.seen).toHaveLength(replies.length);
});

test('takes each of the declared successes', async () => {
  server = await startScripted(json(202, { status: 'in_progress' }), json(200, { status: 'complete' }));
  const tasks = connect({ serverUrl: server.url, maxRetries: 0 });
  expect(await tasks.deleteUserData()).toEqual({ status: 'in_progress' });
  expect(await tasks.deleteUserData()).toEqual({ status: 'complete' });
});

test.each([
  ['errors is an object', {}],
  ['an entry has no loc', [{ msg: 'is required', type: 'required' }]],
  ['a loc is a text', [{ loc: 'title', msg: 'is required', type: 'required' }]],
  ['an entry is null', [null]],
])('keeps the status of a problem that is not one: %s', async (_name, errors) => {
  const error = await errorOf(json(422, { type: 'x', title: 'T', detail: 'D', instance: 'I', errors }));
  expect(error).toMatchObject({ status: 422, problem: undefined });
});

test('shortens a message, and not the problem', async () => {
  const detail = 'x'.repeat(1_000_000);
  const error = await errorOf(json(400, { type: 'x', title: 'T', detail, instance: 'urn:uuid:1' }));
  expect(error.message.length).toBeLessThan(1100);
  expect(error.message).toMatch(/… \(request 1\)$/);
  expect(error.problem.detail).toBe(detail);
});

test('reads no more of a body than 64 MB, decompressed', async () => {
  const bomb = gzipSync(Buffer.alloc(80 * 2 ** 20, ' '));
  const headers = { 'Content-Encoding': 'gzip', 'Content-Type': 'application/json' };
  const error = await errorOf((response) => response.writeHead(200, headers).end(bomb));
  expect(error).toBeInstanceOf(InvalidResponseError);
});
