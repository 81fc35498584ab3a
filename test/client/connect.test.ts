// What `connect` adds to the generated client, on answers made up for it.
import { expect, test } from 'vitest';

// Not by its types: they need a browser's, which the server's tests must not see.
const client = '../../src/client/index.ts';
const { connect, headersOf, problemOf } = await import(client);

const problem = (status: number, slug: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ type: `/problems/${slug}`, title: slug, status, detail: slug }), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });

/** A client that gets these answers, and the idempotency keys that it sent. */
const clientOf = (...answers: Response[]) => {
  const keys: (string | null)[] = [];
  const tasks = connect({
    serverUrl: 'http://tasks.example',
    fetch: async (_url: string, init: RequestInit) => {
      keys.push(new Headers(init?.headers).get('Idempotency-Key'));
      return answers.shift() ?? problem(500, 'internal-error');
    },
  });
  return { tasks, keys };
};

const created = () =>
  new Response(JSON.stringify({ title: 'once' }), {
    status: 201,
    headers: { 'Content-Type': 'application/json' },
  });
const call = { path: { user_id: 'me' }, body: { title: 'once' } };

test('waits for an earlier attempt that is still running, with the same key', async () => {
  const running = problem(409, 'idempotency-in-progress', { 'Retry-After': '0' });
  const { tasks, keys } = clientOf(running, created());
  expect(await tasks.createTask(call)).toEqual({ title: 'once' });
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^.{16,}$/);
  expect(keys[1]).toBe(keys[0]);
});

test('keys every write, so that a repeated PUT or DELETE gets the answer of the first', async () => {
  const { tasks, keys } = clientOf(
    problem(503, 'service-unavailable', { 'Retry-After': '0' }),
    new Response(null, { status: 204 }),
  );
  await tasks.deleteTask({ path: { user_id: 'me', task_id: 'x' } });
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^.{16,}$/);
  expect(keys[1]).toBe(keys[0]);
});

test('keeps the headers of what it throws', async () => {
  const { tasks } = clientOf(problem(412, 'precondition-failed', { ETag: '"7"' }));
  const error = await tasks
    .updateTask({ path: { user_id: 'me', task_id: 'x' }, body: { title: 'x' } })
    .catch((thrown: unknown) => thrown);
  expect(headersOf(error)?.get('ETag')).toBe('"7"');
});

test('does not repeat what is refused', async () => {
  const { tasks, keys } = clientOf(problem(422, 'validation-error'), created());
  const error = await tasks.createTask(call).catch((thrown: unknown) => thrown);
  expect(problemOf(error)?.type).toBe('/problems/validation-error');
  expect(keys).toHaveLength(1);
});
