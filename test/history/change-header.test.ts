// The response header `Change`: the id of the change that a request has made, and absent where it
// has made none.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, sharedPostgres, startApi, type User } from '../support/app.ts';
import type { RequestOptions } from '../support/client.ts';
import { queryPostgres } from '../support/postgres.ts';

const postgres = sharedPostgres();

/** The number of the owner's last change. */
const clockOf = async ({ id }: User): Promise<string> => {
  const [row] = await queryPostgres<{ seq: string }>(
    postgres().url,
    'SELECT seq::text FROM owner_clock WHERE owner_id = $1',
    [id],
  );
  return row?.seq ?? '0';
};

describe('the header Change', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ postgres: postgres(), app: { corsOrigins: ['https://app.example.com'] } });
  });
  afterAll(() => api.close());

  const [list, empty, parent, task, recurring] = Array.from({ length: 5 }, () => randomUUID());
  const writes: [string, string, string, unknown?][] = [
    ['createList', 'POST', 'lists', { id: list, name: 'a' }],
    ['createList again', 'POST', 'lists', { id: empty, name: 'b' }],
    ['createTask', 'POST', 'tasks', { title: 'x' }],
    ['createTask with an id', 'POST', 'tasks', { id: parent, title: 'x' }],
    ['createTask in a list at a place', 'POST', 'tasks', { id: task, title: 'x', place: { first: true } }],
    [
      'createTask with a rule',
      'POST',
      'tasks',
      { id: recurring, title: 'x', due: '2026-03-01', recurrence: { rrule: 'FREQ=DAILY' } },
    ],
    ['updateTask', 'PATCH', `tasks/${task}`, { title: 'y' }],
    ['updateTask with a list', 'PATCH', `tasks/${task}`, { list_id: list }],
    ['updateTask with a place', 'PATCH', `tasks/${task}`, { place: { last: true } }],
    ['updateTask with both', 'PATCH', `tasks/${task}`, { parent_id: parent, place: { last: true } }],
    ['replaceTask', 'PUT', `tasks/${task}`, { title: 'z', description: null, completed: false }],
    ['completeTask', 'PATCH', `tasks/${task}/complete`],
    ['completeTask that recurs', 'PATCH', `tasks/${recurring}/complete`],
    ['deleteTask', 'DELETE', `tasks/${task}`],
    ['updateList', 'PATCH', `lists/${list}`, { name: 'c' }],
    ['updateList with a place', 'PATCH', `lists/${list}`, { place: { first: true } }],
    ['deleteList', 'DELETE', `lists/${empty}`],
  ];

  test('names the change of each single write', async () => {
    const user = await api.newUser();
    for (const [what, method, path, json] of writes) {
      const { status, headers } = await user.send(method, path, { json });
      expect([what, status < 300, headers.get('change')]).toEqual([what, true, await clockOf(user)]);
    }
  });

  test('is absent where nothing was changed', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'x', completed: true });
    const stale: RequestOptions = { headers: { 'If-Match': '"9"' } };
    const before = await clockOf(user);
    for (const [expected, method, path, options] of [
      [200, 'PATCH', `tasks/${id}/complete`, {}],
      [200, 'GET', `tasks/${id}`, {}],
      [200, 'GET', 'tasks', {}],
      [200, 'GET', 'lists', {}],
      [200, 'GET', 'task-changes', {}],
      [404, 'DELETE', `tasks/${randomUUID()}`, {}],
      [412, 'PATCH', `tasks/${id}`, { ...stale, json: { title: 'y' } }],
      [412, 'PATCH', `tasks/${id}/complete`, stale],
      [422, 'POST', 'tasks', { json: { title: '' } }],
      [409, 'POST', 'tasks', { json: { id, title: 'taken' } }],
    ] as const) {
      const { status, headers } = await user.send(method, path, options);
      expect([method, path, status, headers.get('change')]).toEqual([method, path, expected, null]);
    }
    expect(await clockOf(user)).toBe(before);
  });

  test('of a repeated request is that of the first one, whatever came later', async () => {
    const user = await api.newUser();
    const headers = { 'Idempotency-Key': randomUUID() };
    const create = () => user.send('POST', 'tasks', { headers, json: { title: 'x' } });
    const first = await create();
    const change = first.headers.get('change');
    expect(change).toBe('1');
    await user.send('PATCH', `tasks/${first.json.id}`, { json: { title: 'y' } });
    const again = await create();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('change')).toBe(change);

    const complete = () =>
      user.send('PATCH', `tasks/${first.json.id}/complete`, { headers: { 'Idempotency-Key': 'c' } });
    expect((await complete()).headers.get('change')).toBe('3');
    expect((await complete()).headers.get('change')).toBe('3');
    const noop = () =>
      user.send('PATCH', `tasks/${first.json.id}/complete`, { headers: { 'Idempotency-Key': 'n' } });
    expect((await noop()).headers.get('change')).toBe(null);
    expect((await noop()).headers.get('change')).toBe(null);
  });

  test('is readable in browsers', async () => {
    const user = await api.newUser();
    const { headers } = await user.send('POST', 'tasks', {
      headers: { Origin: 'https://app.example.com' },
      json: { title: 'x' },
    });
    expect(headers.get('change')).toBe('1');
    expect(headers.get('access-control-expose-headers')?.split(/,\s*/)).toContain('Change');
  });

  test('is absent where no history is kept, and nothing is recorded', async () => {
    const off = await startApi({ postgres: postgres(), app: { historyDays: 0 } });
    const user = await off.newUser();
    for (const [what, method, path, json] of writes) {
      const { status, headers } = await user.send(method, path, { json });
      expect([what, status < 300, headers.get('change')]).toEqual([what, true, null]);
    }
    const rows = await queryPostgres(off.postgres.url, 'SELECT id FROM history WHERE owner_id = $1', [
      user.id,
    ]);
    expect(rows).toEqual([]);
    await off.close();
  });
});
