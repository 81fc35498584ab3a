// Lists and changes of the TypeScript client: awaited, iterated, page by page.
import { afterEach, expect, test } from 'vitest';
import { json, problem, type Reply, type ScriptedServer, startScripted } from './scripted-server.ts';

// Not by its types: they need a browser's, which the server's tests must not see.
const client = '../../src/client/index.ts';
const { ChangeTokenExpiredError, connect } = await import(client);

let server: ScriptedServer;
const scripted = async (...replies: readonly Reply[]) => {
  server = await startScripted(...replies);
  return connect({ serverUrl: server.url, maxRetries: 0 });
};
afterEach(() => server.close());

const collect = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
};
const urls = () => server.seen.map(({ url }) => url.replace('/api/v1/users/me/', ''));

const first = json(200, { items: ['a', 'b'], next_cursor: 'c1' });
const empty = json(200, { items: [], next_cursor: 'c2' });
const last = json(200, { items: ['c'], next_cursor: null });

test('iterates over the items of all pages, empty ones included', async () => {
  const tasks = await scripted(first, empty, last);
  expect(await collect(tasks.listTasks({ limit: 2, completed: true }))).toEqual(['a', 'b', 'c']);
  expect(urls()).toEqual([
    'tasks?limit=2&completed=true',
    'tasks?limit=2&completed=true&cursor=c1',
    'tasks?limit=2&completed=true&cursor=c2',
  ]);
});

test('is its first page when awaited, and sends that request once', async () => {
  const tasks = await scripted(first);
  const list = tasks.listTasks();
  expect(server.seen).toEqual([]);
  expect(await list).toEqual({ items: ['a', 'b'], next_cursor: 'c1' });
  expect((await list).items).toEqual(['a', 'b']);
  expect((await list.withResponse()).response.status).toBe(200);
  expect(server.seen).toHaveLength(1);
});

test('continues at a cursor, and requests no page that is not read', async () => {
  const tasks = await scripted(first, last);
  for await (const item of tasks.listTasks({ cursor: 'c0' })) if (item === 'b') break;
  expect(urls()).toEqual(['tasks?cursor=c0']);
});

test('sends the entity tag with the first page only', async () => {
  const tasks = await scripted(first, last);
  expect(await collect(tasks.listTasks({}, { ifNoneMatch: 'W/"x"' }))).toEqual(['a', 'b', 'c']);
  expect(server.seen.map(({ headers }) => headers['if-none-match'])).toEqual(['W/"x"', undefined]);
});

const task = { type: 'task', task: { id: '1' } };
const deleted = { type: 'deleted', id: '2' };
const page = (items: readonly object[], next_since: string, has_more: boolean) =>
  json(200, { items, next_since, has_more });

test('leaves out changes of a type that it does not know, and keeps fields that it does not know', async () => {
  const later = { type: 'archived', id: '3' };
  const extended = { ...task, added: true };
  const tasks = await scripted(page([extended, later], 't1', true), page([later, deleted], 't2', false));
  expect(await collect(tasks.listTaskChanges({ since: 't0' }))).toEqual([extended, deleted]);
  expect(urls()).toEqual(['task-changes?since=t0', 'task-changes?since=t1']);
});

test('has the token to resume from on every page', async () => {
  const tasks = await scripted(page([task], 't1', true), page([], 't2', false));
  const pages = await collect<{ next_since: string }>(tasks.listTaskChanges().pages());
  expect(pages.map(({ next_since }) => next_since)).toEqual(['t1', 't2']);
});

test('throws an error of its own at a token that is too old', async () => {
  const tasks = await scripted(problem(410, 'change-token-expired'));
  await expect(collect(tasks.listTaskChanges({ since: 'old' }))).rejects.toBeInstanceOf(
    ChangeTokenExpiredError,
  );
});
