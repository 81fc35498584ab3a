// What the TypeScript client throws at a response that is not a success.
import { afterEach, expect, test } from 'vitest';
import {
  json,
  problem,
  type Reply,
  requestId,
  type ScriptedServer,
  startScripted,
} from './scripted-server.ts';

// Not by its types: they need a browser's, which the server's tests must not see.
const client = '../../src/client/index.ts';
const exported = await import(client);
const { ApiError, connect, TasksError } = exported;

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
    `PATCH /api/v1/users/{user_id}/tasks/{task_id}: ${status} A title: A detail (request ${requestId})`,
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
