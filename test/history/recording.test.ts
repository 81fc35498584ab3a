// What the history records of every operation that writes one task or list, held against what the
// database had before and has after it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import type { ApiResponse } from '../support/client.ts';
import { type By, chainOf, expectedBetween, type State, stateOf } from '../support/recorded.ts';
import { tokenFor } from '../support/tokens.ts';

describe('the history of single writes', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  // The first of an owner's changes is made by a batch, where it needs more than `createTask`.
  const newUser = async (): Promise<User> => {
    const user = await api.newUser();
    await user.create({ title: 'first of all' });
    return user;
  };

  const state = (user: User): Promise<State> => stateOf(api.postgres.url, user.id);

  /**
   * Makes one request and expects the history to have what it must, and the response to name the
   * change. Returns the response and how many rows were written.
   */
  const recorded = async (
    user: User,
    by: By,
    send: () => Promise<ApiResponse>,
  ): Promise<ApiResponse & { readonly rows: number }> => {
    const before = await state(user);
    const response = await send();
    const after = await state(user);
    const added = after.history.slice(before.history.length);
    expect(added).toEqual(expectedBetween(before, after, by));
    expect(response.headers.get('change')).toBe(added[0] === undefined ? null : String(added[0].change));
    return { ...response, rows: added.length };
  };

  const written = async (user: User, operation: string, method: string, path: string, json?: unknown) => {
    const made = await recorded(user, { operation }, () => user.send(method, path, { json }));
    expect(made.status).toBeLessThan(300);
    return made;
  };

  /** A task with every field that a client writes. */
  const full = {
    title: 'Water the plants',
    description: 'All of them.',
    due: '2026-03-01T09:30[Europe/Berlin]',
    start: '2026-02-27',
    priority: 'high',
    labels: ['Home', 'Weekly'],
    metadata: { source: 'import', colour: 'green' },
  };

  const listIn = async (user: User) => {
    const id = randomUUID();
    await written(user, 'createList', 'POST', 'lists', { id, name: 'Garden', metadata: { icon: 'leaf' } });
    return id;
  };

  test('a creation: plain, complete, with every field, an id, a list, a parent, a place, a rule', async () => {
    const user = await newUser();
    const list = await listIn(user);
    const parent = randomUUID();
    for (const task of [
      { title: 'plain' },
      { ...full, completed: true },
      { ...full, id: parent },
      { title: 'in a list', list_id: list },
      { title: 'below', parent_id: parent },
      { title: 'first', place: { first: true } },
      { title: 'recurring', due: '2026-03-01', recurrence: { rrule: 'FREQ=DAILY' } },
    ]) {
      expect((await written(user, 'createTask', 'POST', 'tasks', task)).rows).toBe(1);
    }
  });

  test('an update of each field, of several, and a replacement', async () => {
    const user = await newUser();
    const { id } = await user.create(full);
    for (const changes of [
      { title: 'other' },
      { description: null },
      { completed: true },
      { completed: false },
      { due: '2026-04-01' },
      { start: null },
      { priority: 'none' },
      { labels: [] },
      { metadata: { source: null, more: 'text' } },
      { title: 'two', due: null },
      // A write that sets what is there is a change, with a version of its own.
      { title: 'two' },
    ]) {
      expect((await written(user, 'updateTask', 'PATCH', `tasks/${id}`, changes)).rows).toBe(1);
    }
    const replacement = { ...full, description: null, completed: true };
    expect((await written(user, 'replaceTask', 'PUT', `tasks/${id}`, replacement)).rows).toBe(1);
    const chain = chainOf(await state(user), id);
    expect(chain.map(({ version }) => version)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, null]);
  });

  test('a move with subtasks is one change of them all; within the list of the subtasks, of the task alone', async () => {
    const user = await newUser();
    const list = await listIn(user);
    const { id } = await user.create({ title: 'parent' });
    const other = await user.create({ title: 'other' });
    for (let n = 0; n < 3; n++) await user.create({ ...full, title: `subtask ${n}`, parent_id: id });
    const move = async (changes: object) =>
      (await written(user, 'updateTask', 'PATCH', `tasks/${id}`, changes)).rows;
    expect(await move({ list_id: list })).toBe(4);
    expect(await move({ list_id: list, title: 'the same list' })).toBe(1);
    expect(await move({ list_id: null, place: { first: true } })).toBe(4);
    expect(await move({ place: { after: other.id } })).toBe(1);
    const { id: child } = await user.create({ title: 'child' });
    await written(user, 'updateTask', 'PATCH', `tasks/${child}`, { parent_id: other.id });
    await written(user, 'updateTask', 'PATCH', `tasks/${child}`, { parent_id: null, place: { last: true } });
  });

  test('a completion; one of a complete task is no change', async () => {
    const user = await newUser();
    const { id } = await user.create(full);
    expect((await written(user, 'completeTask', 'PATCH', `tasks/${id}/complete`)).rows).toBe(1);
    expect((await written(user, 'completeTask', 'PATCH', `tasks/${id}/complete`)).rows).toBe(0);
    const headers = { 'If-Match': '"2"' };
    const again = await recorded(user, { operation: 'completeTask' }, () =>
      user.send('PATCH', `tasks/${id}/complete`, { headers }),
    );
    expect([again.status, again.rows]).toEqual([200, 0]);
  });

  test('a completion of a recurring task: with the next one, and the last one without', async () => {
    const user = await newUser();
    const recurring = {
      ...full,
      due: '2026-03-01',
      recurrence: { rrule: 'FREQ=DAILY;COUNT=3', missed: 'keep' },
    };
    const { id } = await user.create(recurring);
    const first = await written(user, 'completeTask', 'PATCH', `tasks/${id}/complete`);
    expect(first.rows).toBe(2);
    const second = await written(user, 'updateTask', 'PATCH', `tasks/${first.json.next_id}`, {
      completed: true,
    });
    expect(second.rows).toBe(2);
    const replacement = { title: 'the last', description: null, completed: true };
    const last = await written(user, 'replaceTask', 'PUT', `tasks/${second.json.next_id}`, replacement);
    expect([last.rows, last.json.next_id]).toEqual([1, null]);
  });

  test('a deletion, of a task and of an empty list', async () => {
    const user = await newUser();
    const { id } = await user.create({ ...full, list_id: await listIn(user) });
    await written(user, 'updateTask', 'PATCH', `tasks/${id}`, { title: 'changed' });
    expect((await written(user, 'deleteTask', 'DELETE', `tasks/${id}`)).rows).toBe(1);
    expect(chainOf(await state(user), id).map(({ version }) => version)).toEqual([2, 1, null]);
    const list = await listIn(user);
    await written(user, 'updateList', 'PATCH', `lists/${list}`, { name: 'Yard', metadata: { icon: null } });
    expect((await written(user, 'deleteList', 'DELETE', `lists/${list}`)).rows).toBe(1);
    expect(chainOf(await state(user), list).map(({ name }) => name)).toEqual(['Yard', 'Garden', null]);
  });

  test('what is refused or not there is not recorded', async () => {
    const user = await newUser();
    const list = await listIn(user);
    const { id } = await user.create({ ...full, list_id: list });
    const { id: parent } = await user.create({ title: 'parent' });
    await user.create({ title: 'subtask', parent_id: parent });
    const old = { headers: { 'If-Match': '"7"' } };
    for (const [method, path, options] of [
      ['PATCH', `tasks/${id}`, { ...old, json: { title: 'late' } }],
      ['PATCH', `tasks/${id}`, { ...old, json: { place: { first: true } } }],
      ['PATCH', `tasks/${id}/complete`, old],
      ['DELETE', `tasks/${id}`, old],
      ['DELETE', `tasks/${parent}`, {}],
      ['PATCH', `lists/${list}`, { ...old, json: { name: 'late' } }],
      ['DELETE', `lists/${list}`, {}],
      ['POST', 'tasks', { json: { id, title: 'taken' } }],
      ['POST', 'tasks', { json: { title: 'nowhere', list_id: randomUUID() } }],
      ['POST', 'lists', { json: { id: list, name: 'taken' } }],
      ['PATCH', `tasks/${randomUUID()}`, { json: { title: 'none' } }],
      ['DELETE', `lists/${randomUUID()}`, {}],
    ] as const) {
      const refused = await recorded(user, { operation: 'none' }, () => user.send(method, path, options));
      expect(refused.status).toBeGreaterThanOrEqual(400);
      expect(refused.rows).toBe(0);
    }
  });

  test.each([
    ['client_id', { client_id: 'phone-app', azp: 'other' }, 'phone-app'],
    ['azp', { azp: 'web-app' }, 'web-app'],
  ])('the client is the one that the token names by %s', async (_, claims, clientId) => {
    const user = await newUser();
    const token = await tokenFor(user.id, claims);
    const created = await recorded(user, { operation: 'createTask', clientId }, () =>
      user.send('POST', 'tasks', { token, json: { title: 'x' } }),
    );
    expect(created.rows).toBe(1);
    const deleted = await recorded(user, { operation: 'deleteTask', clientId }, () =>
      user.send('DELETE', `tasks/${created.json.id}`, { token }),
    );
    expect(deleted.rows).toBe(1);
  });

  test('writers of one task at once: each version is recorded once, without a gap', async () => {
    const user = await newUser();
    const { id } = await user.create({ title: 'start' });
    const list = randomUUID();
    await user.send('POST', 'lists', { json: { id: list, name: 'start' } });
    const responses = await Promise.all(
      Array.from({ length: 24 }, (_, n) => [
        user.send('PATCH', `tasks/${id}`, { json: { title: `title ${n}` } }),
        user.send('PATCH', `tasks/${id}`, { json: { place: { first: true } } }),
        user.send('PATCH', `tasks/${id}/complete`),
        user.send('PATCH', `lists/${list}`, { json: { name: `name ${n}` } }),
      ]).flat(),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    const after = await state(user);
    const versions = (of: string) => chainOf(after, of).map(({ version }) => Number(version));
    for (const of of [id, list]) {
      const { version } = after.tasks.get(of) ?? after.lists.get(of) ?? {};
      const expected = Array.from({ length: Number(version) }, (_, n) => Number(version) - 1 - n);
      expect(versions(of)).toEqual(expected);
      expect(after.history.filter((row) => row.id === of)).toHaveLength(expected.length);
    }
    expect(versions(list)).toHaveLength(25);
    // Each title was recorded when the next write came, or is the present one.
    const titles = chainOf(after, id).map(({ title }) => title);
    for (let n = 0; n < 24; n++) {
      expect([...titles, after.tasks.get(id)?.title]).toContain(`title ${n}`);
    }
    // Each response names the change that it has made.
    const named = responses.flatMap(({ headers }) => headers.get('change') ?? []);
    const numbers = after.history.slice(3).map(({ change }) => String(change));
    expect(named.sort()).toEqual(numbers.sort());
  });
});
