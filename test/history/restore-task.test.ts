// restoreTask makes an earlier version the newest one, whatever happened since.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import type { ApiResponse } from '../support/client.ts';
import { changeOf, contentOf, followerOf, stateOf, undo } from '../support/history.ts';
import { queryPostgres } from '../support/query.ts';
import { complete, getTask } from '../support/series.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const restore = (user: User, id: string, version: number, headers: Record<string, string> = {}) =>
  user.send('POST', `tasks/${id}/restore`, { json: { version }, headers });

const patch = async (user: User, id: string, json: object): Promise<Task> => {
  const { status, text, json: task } = await user.send('PATCH', `tasks/${id}`, { json });
  expect([status, text]).toEqual([200, text]);
  return task;
};

const remove = async (user: User, id: string, query = ''): Promise<void> => {
  expect((await user.send('DELETE', `tasks/${id}${query}`)).status).toBe(204);
};

const expectTask = async (user: User, response: ApiResponse, expected: object): Promise<Task> => {
  expect([response.status, response.json]).toMatchObject([200, expected]);
  expect(response.headers.get('etag')).toBe(`"${response.json.version}"`);
  expect(await getTask(user, response.json.id)).toEqual(response.json);
  return response.json;
};

const full = {
  title: 'first',
  description: 'All of them',
  completed: true,
  due: '2026-03-01T10:00[Europe/Berlin]',
  start: '2026-02-28',
  priority: 'high',
  labels: ['home', 'garden'],
  metadata: { room: 'kitchen', colour: 'green' },
};

const emptied = {
  title: 'second',
  description: null,
  completed: false,
  due: null,
  start: null,
  priority: 'none',
  labels: [],
  metadata: { room: null, colour: null },
};

describe('restoreTask', () => {
  test('restores every field, but for the position and what counts the changes', async () => {
    const user = await api.newUser();
    const first = await user.create(full);
    await user.create({ title: 'other' });
    await patch(user, first.id, emptied);
    const third = await patch(user, first.id, { place: { last: true } });
    const response = await restore(user, first.id, 1);
    const { updated_at, position } = response.json;
    await expectTask(user, response, { ...first, version: 4, updated_at, position: third.position });
    expect(changeOf(response)).toBe('5');
    expect(position).not.toBe(first.position);
    expect(updated_at > third.updated_at).toBe(true);
  });

  test('can be undone, and restores what a restore has replaced', async () => {
    const user = await api.newUser();
    const { id } = await user.create(full);
    await patch(user, id, emptied);
    const before = await stateOf(user);
    const restored = await restore(user, id, 1);
    expect((await undo(user, changeOf(restored))).status).toBe(200);
    expect(contentOf(await stateOf(user))).toEqual(contentOf(before));
    await expectTask(user, await restore(user, id, 3), { ...full, version: 5 });
  });

  test('changes nothing with the present version', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const task = await patch(user, id, { title: 'b' });
    const response = await restore(user, id, 2);
    await expectTask(user, response, task);
    expect(response.headers.get('change')).toBeNull();
  });

  test('an unknown version, an unknown task and that of another user are 404', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const { id } = await user.create({ title: 'a' });
    await patch(user, id, { title: 'b' });
    for (const version of [3, 2_147_483_647]) expect((await restore(user, id, version)).status).toBe(404);
    expect((await restore(user, randomUUID(), 1)).status).toBe(404);
    expect((await restore(other, id, 1)).status).toBe(404);
    await other.create({ title: 'a' });
    expect((await restore(other, id, 1)).status).toBe(404);
  });

  test('a version that is forgotten is 404', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    await patch(user, id, { title: 'b' });
    await patch(user, id, { title: 'c' });
    await queryPostgres(
      api.postgres.url,
      `UPDATE history SET at = at - interval '31 days' WHERE owner_id = $1 AND change_seq <= 2`,
      [user.id],
    );
    expect((await restore(user, id, 1)).status).toBe(404);
    await expectTask(user, await restore(user, id, 2), { title: 'b', version: 4 });
  });

  test('preconditions are compared with the present version', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    await patch(user, id, { title: 'b' });
    for (const headers of [{ 'If-Match': '"1"' }, { 'If-None-Match': '"2"' }, { 'If-None-Match': '*' }]) {
      const refused = await restore(user, id, 1, headers);
      expect([refused.status, refused.headers.get('etag')]).toEqual([412, '"2"']);
    }
    expect((await getTask(user, id)).title).toBe('b');
    await expectTask(user, await restore(user, id, 1, { 'If-Match': '"2"' }), { title: 'a', version: 3 });
  });

  test('a version that cannot be followed by another one is 409', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    await patch(user, id, { title: 'b' });
    await queryPostgres(api.postgres.url, 'UPDATE tasks SET version = 2147483647 WHERE owner_id = $1', [
      user.id,
    ]);
    const before = await stateOf(user);
    const refused = await restore(user, id, 1);
    expect([refused.status, refused.json.type]).toEqual([409, '/problems/change-limit-reached']);
    expect(await stateOf(user)).toEqual(before);
  });

  test('a request that is repeated with its key restores once', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    await patch(user, id, { title: 'b' });
    const headers = { 'Idempotency-Key': randomUUID() };
    const first = await restore(user, id, 1, headers);
    const second = await restore(user, id, 1, headers);
    expect([second.json, changeOf(second)]).toEqual([first.json, changeOf(first)]);
    expect((await getTask(user, id)).version).toBe(3);
  });
});

describe('restoreTask of a deleted task', () => {
  test('revives it under its id and with its place, and versions go on', async () => {
    const user = await api.newUser();
    const task = await user.create(full);
    await user.create({ title: 'other' });
    const changed = await patch(user, task.id, { ...emptied, place: { last: true } });
    const follow = followerOf(user);
    await follow();
    await remove(user, task.id);
    await follow();
    const revived = await restore(user, task.id, 2);
    const { updated_at } = revived.json;
    await expectTask(user, revived, { ...changed, version: 3, updated_at });
    expect(await follow()).toEqual(await stateOf(user));
    await remove(user, task.id);
    const { position } = changed;
    await expectTask(user, await restore(user, task.id, 1), {
      ...task,
      version: 4,
      position,
      updated_at: expect.any(String),
    });
    await expectTask(user, await restore(user, task.id, 3), { title: 'second', version: 5 });
    expect(await follow()).toEqual(await stateOf(user));
  });

  test('comes next to the task that has its position now', async () => {
    const user = await api.newUser();
    const [a, b, c] = [
      await user.create({ title: 'a' }),
      await user.create({ title: 'b' }),
      await user.create({ title: 'c' }),
    ];
    // Between the others, as often as it takes for two to want the same key.
    const moved = await patch(user, a.id, { place: { after: b.id } });
    await remove(user, a.id);
    const other = await user.create({ title: 'd', place: { after: b.id } });
    expect(other.position).toBe(moved.position);
    const revived = await expectTask(user, await restore(user, a.id, 2), { title: 'a' });
    expect([b, other, revived, c].map(({ position }) => position).toSorted()).toEqual(
      [b, other, revived, c].map(({ position }) => position),
    );
    expect(new Set([other.position, revived.position, c.position]).size).toBe(3);
  });

  test('meets `If-None-Match: *`, and no `If-Match`', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    await remove(user, id);
    for (const headers of [{ 'If-Match': '"1"' }, { 'If-Match': '*' }]) {
      const refused = await restore(user, id, 1, headers);
      expect([refused.status, refused.headers.get('etag')]).toEqual([412, null]);
    }
    await expectTask(user, await restore(user, id, 1, { 'If-None-Match': '*' }), { title: 'a', version: 2 });
    expect((await restore(user, id, 1, { 'If-None-Match': '*' })).status).toBe(412);
  });

  test('is 404 once the deletion is forgotten, and in a version that never was', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    await remove(user, id);
    expect((await restore(user, id, 2)).status).toBe(404);
    await queryPostgres(
      api.postgres.url,
      `UPDATE history SET at = at - interval '31 days' WHERE owner_id = $1`,
      [user.id],
    );
    expect((await restore(user, id, 1)).status).toBe(404);
  });
});

describe('restoreTask leaves out what no longer fits', () => {
  const listOf = async (user: User, name: string): Promise<string> =>
    (await user.send('POST', 'lists', { json: { name } })).json.id;

  test('a list that is gone: the inbox', async () => {
    const user = await api.newUser();
    const list = await listOf(user, 'a');
    const { id } = await user.create({ title: 'a', list_id: list });
    await patch(user, id, { list_id: null });
    await user.send('DELETE', `lists/${list}`);
    await expectTask(user, await restore(user, id, 1), { list_id: null, version: 3 });
  });

  test('a list that is there: the task goes back with its subtasks', async () => {
    const user = await api.newUser();
    const [first, second] = [await listOf(user, 'a'), await listOf(user, 'b')];
    const parent = await user.create({ title: 'parent', list_id: first });
    await patch(user, parent.id, { list_id: second });
    const child = await user.create({ title: 'child', parent_id: parent.id });
    const before = await stateOf(user);
    const response = await restore(user, parent.id, 1);
    await expectTask(user, response, { list_id: first, version: 3 });
    expect(await getTask(user, child.id)).toMatchObject({ list_id: first, version: 2 });
    const undone = await undo(user, changeOf(response));
    expect(undone.json.count).toBe(2);
    expect(contentOf(await stateOf(user))).toEqual(contentOf(before));
  });

  const parents: Readonly<Record<string, (user: User, parent: string) => Promise<unknown>>> = {
    'is gone': (user, parent) => remove(user, parent, '?children=detach'),
    'is a subtask': async (user, parent) =>
      patch(user, parent, { parent_id: (await user.create({ title: 'above' })).id }),
    'has too many subtasks': async (user, parent) => {
      const operations = Array.from({ length: 100 }, (_, n) => ({
        op: 'create',
        task: { title: `${n}`, parent_id: parent },
      }));
      const { status } = await user.send('POST', 'task-batches', { json: { operations } });
      expect(status).toBe(200);
    },
  };
  test.each(Object.entries(parents))('a parent that %s: a task of its own', async (_name, change) => {
    const user = await api.newUser();
    const list = await listOf(user, 'a');
    const parent = await user.create({ title: 'parent', list_id: list });
    const { id } = await user.create({ title: 'child', parent_id: parent.id });
    await patch(user, id, { parent_id: null, title: 'alone', list_id: null });
    await change(user, parent.id);
    await expectTask(user, await restore(user, id, 1), { title: 'child', parent_id: null, list_id: list });
  });

  test('a parent that is in another list now: the task is there, too', async () => {
    const user = await api.newUser();
    const [first, second] = [await listOf(user, 'a'), await listOf(user, 'b')];
    const parent = await user.create({ title: 'parent', list_id: first });
    const { id } = await user.create({ title: 'child', parent_id: parent.id });
    await remove(user, id);
    await patch(user, parent.id, { list_id: second });
    await expectTask(user, await restore(user, id, 1), { parent_id: parent.id, list_id: second });
  });

  test('a task that has subtasks stays one of its own', async () => {
    const user = await api.newUser();
    const parent = await user.create({ title: 'parent' });
    const { id } = await user.create({ title: 'child', parent_id: parent.id });
    await patch(user, id, { parent_id: null });
    await user.create({ title: 'below', parent_id: id });
    await expectTask(user, await restore(user, id, 1), { title: 'child', parent_id: null });
  });

  test('a rule that another task of the series has', async () => {
    const user = await api.newUser();
    const recurrence = { rrule: 'FREQ=DAILY' };
    const { id } = await user.create({ title: 'a', due: '2026-03-01', recurrence });
    const done = await complete(user, id, '2026-03-01');
    await expectTask(user, await restore(user, id, 1), {
      completed: false,
      completed_at: null,
      recurrence: null,
      next_id: done.next_id,
    });
    // With the other one gone, the rule comes back.
    await remove(user, String(done.next_id));
    const task = await expectTask(user, await restore(user, id, 1), { recurrence: { rrule: 'FREQ=DAILY' } });
    expect(task).toMatchObject({ next_id: null, occurrence: { number: 1 }, series_id: id });
  });
});
