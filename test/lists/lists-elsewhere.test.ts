// Lists in what is about all that a user has: the batch, the feed, the export, the counts, the
// filters, and the deletion of everything.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const createList = async (user: User, list: object = {}) =>
  (await user.send('POST', 'lists', { json: { name: 'a', ...list } })).json;
const batch = (user: User, operations: readonly object[]) =>
  user.send('POST', 'task-batches', { json: { operations } });
const changesSince = async (user: User, token?: string) =>
  (await user.send('GET', `task-changes?limit=500${token ? `&since=${token}` : ''}`)).json;

describe('a batch', () => {
  test('creates, changes and deletes lists, which its later operations see', async () => {
    const user = await api.newUser();
    await user.create({ title: 'before' });
    const { next_since: token } = await changesSince(user);
    const [id, gone] = [randomUUID(), randomUUID()];
    const { status, json } = await batch(user, [
      { op: 'create_list', list: { id: id.toUpperCase(), name: 'a', metadata: { x: '1' } } },
      { op: 'create', task: { title: 'in it', list_id: id } },
      {
        op: 'update_list',
        id: id.toUpperCase(),
        changes: { name: 'b', metadata: { y: '2' } },
        if_version: 1,
      },
      { op: 'create_list', list: { id: gone, name: 'c', place: { before: id } } },
      { op: 'delete_list', id: gone },
    ]);
    expect(status).toBe(200);
    const [created, task, updated, second, deleted] = json.results;
    expect(created).toMatchObject({
      op: 'create_list',
      list: { id, name: 'a', metadata: { x: '1' }, version: 1 },
    });
    expect(task).toMatchObject({ op: 'create', task: { list_id: id } });
    expect(updated).toMatchObject({
      op: 'update_list',
      list: { id, name: 'b', metadata: { x: '1', y: '2' }, version: 2 },
    });
    expect(second.list.position < created.list.position).toBe(true);
    expect(deleted).toEqual({ op: 'delete_list', id: gone });
    expect((await user.send('GET', 'lists')).json.items).toEqual([updated.list]);
    const { items } = await changesSince(user, token);
    expect(items.map(({ type }: { type: string }) => type)).toEqual(['task', 'list', 'list_deleted']);
    expect(items[1].list).toEqual(updated.list);
    expect((await user.send('POST', 'lists', { json: { id: gone, name: 'x' } })).status).toBe(409);
  });

  test('deletes a list when its own operations have emptied it', async () => {
    const user = await api.newUser();
    const [list, other] = [await createList(user), await createList(user)];
    const parent = await user.create({ title: 'parent', list_id: list.id });
    await user.create({ title: 'subtask', parent_id: parent.id });
    const task = await user.create({ title: 'a', list_id: list.id });
    const move = { op: 'update', id: parent.id, changes: { list_id: other.id } };
    const early = await batch(user, [move, { op: 'delete_list', id: list.id }]);
    expect(early.json.errors).toMatchObject([{ loc: ['body', 'operations', 1, 'id'], type: 'not_empty' }]);
    expect((await user.send('GET', `tasks/${parent.id}`)).json).toEqual(parent);
    const late = await batch(user, [move, { op: 'delete', id: task.id }, { op: 'delete_list', id: list.id }]);
    expect(late.status).toBe(200);
    const found = (await user.send('GET', `tasks?list_id=${other.id}`)).json.items;
    expect(found.map(({ title }: { title: string }) => title).sort()).toEqual(['parent', 'subtask']);
    const into = await batch(user, [
      { op: 'update', id: parent.id, changes: { list_id: null } },
      { op: 'create', task: { title: 'b', list_id: other.id } },
      { op: 'delete_list', id: other.id },
    ]);
    expect(into.json.errors).toMatchObject([{ loc: ['body', 'operations', 2, 'id'], type: 'not_empty' }]);
  });

  test('names the operation on a list that cannot be applied', async () => {
    const [user, stranger] = [await api.newUser(), await api.newUser()];
    const [list, foreign] = [await createList(user), await createList(stranger)];
    const many = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`n${n}`, 'x']));
    const cases: [object, (string | number)[], string][] = [
      [{ op: 'update_list', id: foreign.id, changes: { name: 'x' } }, ['id'], 'not_found'],
      [{ op: 'delete_list', id: randomUUID() }, ['id'], 'not_found'],
      [
        { op: 'update_list', id: list.id, changes: { name: 'x' }, if_version: 2 },
        ['if_version'],
        'version_mismatch',
      ],
      [{ op: 'create_list', list: { id: list.id, name: 'x' } }, ['list', 'id'], 'id_taken'],
      [
        { op: 'create_list', list: { name: 'x', place: { after: foreign.id } } },
        ['list', 'place', 'after'],
        'not_found',
      ],
      [
        { op: 'update_list', id: list.id, changes: { place: { before: list.id } } },
        ['changes', 'place', 'before'],
        'place',
      ],
      [{ op: 'create', task: { title: 'x', list_id: foreign.id } }, ['task', 'list_id'], 'not_found'],
    ];
    for (const [operation, loc, type] of cases) {
      const { status, json } = await batch(user, [{ op: 'create_list', list: { name: 'first' } }, operation]);
      expect([status, json.errors]).toEqual([
        422,
        [expect.objectContaining({ loc: ['body', 'operations', 1, ...loc], type })],
      ]);
    }
    const merged = { op: 'update_list', id: list.id, changes: { metadata: { ...many } } };
    await batch(user, [merged]);
    const over = await batch(user, [{ ...merged, changes: { metadata: { more: 'x' } } }]);
    expect(over.json.errors).toMatchObject([{ loc: ['body', 'operations', 0, 'changes', 'metadata'] }]);
    expect((await user.send('GET', 'lists')).json.items).toHaveLength(1);
    const taken = [1, 2].map(() => ({ op: 'create_list', list: { id: list.id, name: 'x' } }));
    expect((await batch(user, taken)).json.errors).toHaveLength(2);
  });
});

describe('the change feed', () => {
  test('has lists and tasks in the order of the changes', async () => {
    const user = await api.newUser();
    const list = await createList(user);
    const task = await user.create({ title: 'a', list_id: list.id });
    const { items, next_since: token } = await changesSince(user);
    expect(items).toEqual([
      { type: 'list', list },
      { type: 'task', task },
    ]);
    const { json: renamed } = await user.send('PATCH', `lists/${list.id}`, { json: { name: 'b' } });
    const later = await createList(user);
    await user.send('DELETE', `lists/${later.id}`);
    const next = await changesSince(user, token);
    expect(next.items).toEqual([
      { type: 'list', list: renamed },
      { type: 'list_deleted', id: later.id, deleted_at: expect.any(String) },
    ]);
    expect((await changesSince(user, next.next_since)).items).toEqual([]);
    // What was deleted before the beginning is nothing to a new copy.
    expect((await changesSince(user)).items.map(({ type }: { type: string }) => type)).toEqual([
      'task',
      'list',
    ]);
  });
});

describe('the export', () => {
  test('has lists first, by id, in as many pages as they need, and counts them', async () => {
    const user = await api.newUser();
    const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`n${n}`, 'x'.repeat(400)]));
    const lists = [];
    for (let n = 0; n < 30; n++) lists.push(await createList(user, { metadata }));
    const task = await user.create({ title: 'a', list_id: lists[0].id });
    const { text } = await user.send('GET', 'task-export');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      ...lists.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((list) => ({ type: 'list', list })),
      { type: 'task', task },
      { type: 'end', lists: 30, tasks: 1 },
    ]);
  });
});

describe('getTaskSummary', () => {
  test('counts the open tasks of lists, in their order, and first those of the inbox', async () => {
    const user = await api.newUser();
    const [a, b, empty] = [await createList(user), await createList(user), await createList(user)];
    await user.send('PATCH', `lists/${b.id}`, { json: { place: { first: true } } });
    for (const [list_id, labels] of [
      [a.id, ['x']],
      [a.id, []],
      [b.id, ['x']],
      [null, []],
    ] as const) {
      await user.create({ title: 't', list_id, labels });
    }
    await user.create({ title: 'done', list_id: empty.id, completed: true });
    const summary = async () => (await user.send('GET', 'task-summary')).json;
    expect((await summary()).by_list).toEqual([
      { list_id: null, open: 1 },
      { list_id: b.id, open: 1 },
      { list_id: a.id, open: 2 },
    ]);
    expect(await summary()).toMatchObject({ open: 4, by_label: [{ label: 'x', open: 2 }] });
    await user.send('DELETE', `lists/${a.id}?tasks=detach`);
    expect((await summary()).by_list).toEqual([
      { list_id: null, open: 3 },
      { list_id: b.id, open: 1 },
    ]);
  });
});

describe('listTasks', () => {
  test("finds nothing in another user's list, and has one cursor for an id in any letter case", async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const [list, foreign] = [await createList(user), await createList(other)];
    await other.create({ title: 'secret', list_id: foreign.id });
    for (const title of ['a', 'b', 'c']) await user.create({ title, list_id: list.id });
    expect((await user.send('GET', `tasks?list_id=${foreign.id}`)).json.items).toEqual([]);
    for (const sort of ['position', 'title']) {
      const path = `tasks?limit=2&sort=${sort}`;
      const first = await user.send('GET', `${path}&list_id=${list.id.toUpperCase()}`);
      const rest = await user.send('GET', `${path}&list_id=${list.id}&cursor=${first.json.next_cursor}`);
      expect([...first.json.items, ...rest.json.items].map(({ title }) => title)).toEqual(['a', 'b', 'c']);
      expect((await user.send('GET', `${path}&list_id=none&cursor=${first.json.next_cursor}`)).status).toBe(
        400,
      );
    }
    expect((await user.send('GET', 'tasks?list_id=x')).status).toBe(422);
  });
});

describe('deleteUserData', () => {
  test.each([1000, 3])('deletes lists as well, in pieces of %d', async (rows) => {
    const small = await startApi({ app: { pieces: { rows, clearing: 500, erasing: 60_000 } } });
    try {
      const user = await small.newUser();
      for (let n = 0; n < 8; n++) await createList(user);
      const list = await createList(user);
      await user.send('DELETE', `lists/${list.id}`);
      expect((await user.send('DELETE', '/api/v1/users/me')).json).toEqual({ status: 'complete' });
      const [left] = await queryPostgres(
        small.postgres.url,
        `SELECT (SELECT count(*)::int FROM lists WHERE owner_id = $1) AS lists,
                (SELECT count(*)::int FROM task_tombstones WHERE owner_id = $1) AS tombstones`,
        [user.id],
      );
      expect(left).toEqual({ lists: 0, tombstones: 0 });
      expect((await user.send('POST', 'lists', { json: { id: list.id, name: 'a' } })).status).toBe(201);
    } finally {
      await small.close();
    }
  });
});
