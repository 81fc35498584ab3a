// Deleting a list, and what happens to the tasks in it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';
import { unswept } from '../support/unswept.ts';

const createList = async (user: User, name = 'Groceries'): Promise<string> =>
  (await user.send('POST', 'lists', { json: { name } })).json.id;

const tasksOf = async (user: User, filter = ''): Promise<Task[]> =>
  (await user.send('GET', `tasks?limit=100&sort=position${filter}`)).json.items;

const remove = (user: User, list: string, query = '', headers = {}) =>
  user.send('DELETE', `lists/${list}${query}`, { headers });

const since = async (user: User): Promise<string> =>
  (await user.send('GET', 'task-changes?limit=500')).json.next_since;
const changesSince = async (user: User, token: string) =>
  (await user.send('GET', `task-changes?limit=500&since=${token}`)).json.items;

describe('deleteList', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi(await unswept());
  });
  afterAll(() => api.close());

  test('deletes an empty list, once', async () => {
    const user = await api.newUser();
    const list = await createList(user);
    const { status, json } = await remove(user, list.toUpperCase());
    expect([status, json]).toEqual([200, { tasks: 0, has_more: false }]);
    expect((await remove(user, list)).status).toBe(404);
    expect((await user.send('GET', `lists/${list}`)).status).toBe(404);
  });

  test('refuses a list with tasks, unless it is clear what happens to them', async () => {
    const user = await api.newUser();
    const list = await createList(user);
    await user.create({ title: 'a', list_id: list, completed: true });
    const { status, json } = await remove(user, list);
    expect([status, json.type, json.detail]).toEqual([
      409,
      '/problems/not-empty',
      'The list has tasks: send tasks=delete or tasks=detach',
    ]);
    const refused = await remove(user, list, '?tasks=delete', { 'If-Match': '"2"' });
    expect([refused.status, refused.headers.get('etag')]).toEqual([412, '"1"']);
    expect((await remove(user, list, '?tasks=remove')).status).toBe(422);
    expect(await tasksOf(user, `&list_id=${list}`)).toHaveLength(1);
    expect((await remove(user, list, '?tasks=delete', { 'If-Match': '"1"' })).status).toBe(200);
  });

  test('with tasks=delete deletes them with their subtasks, and nothing else', async () => {
    const user = await api.newUser();
    const [list, other] = [await createList(user), await createList(user)];
    const parent = await user.create({ title: 'parent', list_id: list });
    await user.create({ title: 'subtask', parent_id: parent.id, completed: true });
    await user.create({ title: 'done', list_id: list, completed: true });
    const kept = [
      await user.create({ title: 'elsewhere', list_id: other }),
      await user.create({ title: 'inbox' }),
    ];
    expect((await remove(user, list, '?tasks=delete')).json).toEqual({ tasks: 3, has_more: false });
    expect(await tasksOf(user)).toEqual(kept);
  });

  test('with tasks=detach moves them to the inbox, where they stay as they were', async () => {
    const user = await api.newUser();
    const list = await createList(user);
    const parent = await user.create({ title: 'parent', list_id: list });
    const subtask = await user.create({ title: 'subtask', parent_id: parent.id });
    const untouched = await user.create({ title: 'inbox' });
    expect((await remove(user, list, '?tasks=detach')).json).toEqual({ tasks: 2, has_more: false });
    const found = await tasksOf(user);
    const [{ updated_at }] = found as [Task];
    const moved = { list_id: null, version: 2, updated_at };
    expect(found).toEqual([{ ...parent, ...moved }, { ...subtask, ...moved }, untouched]);
  });

  test('is in the feed after its tasks, also where a task has the id of the list', async () => {
    const user = await api.newUser();
    for (const tasks of ['delete', 'detach'] as const) {
      const list = await createList(user);
      await user.create({ id: tasks === 'delete' ? list : crypto.randomUUID(), title: 'a', list_id: list });
      await user.create({ title: 'b', list_id: list });
      const token = await since(user);
      await remove(user, list, `?tasks=${tasks}`);
      const changes = await changesSince(user, token);
      const types = tasks === 'delete' ? ['deleted', 'deleted'] : ['task', 'task'];
      expect(changes.map(({ type }: { type: string }) => type)).toEqual([...types, 'list_deleted']);
      expect(changes.at(-1)).toMatchObject({ id: list });
      // One at a time, too.
      const seen = [];
      for (let next = token, more = true; more; ) {
        const { json } = await user.send('GET', `task-changes?limit=1&since=${next}`);
        seen.push(...json.items);
        [next, more] = [json.next_since, json.has_more];
      }
      expect(seen).toEqual(changes);
    }
  });

  test('is refused while everything is being deleted, as every write of lists is', async () => {
    const writes = [
      ['DELETE', '', undefined],
      ['DELETE', '?tasks=delete', undefined],
      ['PATCH', '', { name: 'x' }],
      ['PATCH', '', { place: { first: true } }],
      ['POST', null, { name: 'x' }],
      ['POST', null, { name: 'x', place: { first: true } }],
    ] as const;
    const user = await api.newUser();
    const list = await createList(user);
    await user.create({ title: 'a', list_id: list });
    const sql = 'UPDATE owner_clock SET erasing = true WHERE owner_id = $1';
    await queryPostgres(api.postgres.url, sql, [user.id]);
    expect((await user.send('GET', 'lists')).json.items).toEqual([]);
    for (const [method, query, json] of writes) {
      const answer = await user.send(method, query === null ? 'lists' : `lists/${list}${query}`, { json });
      expect([answer.status, answer.json.type]).toEqual([409, '/problems/erasure-in-progress']);
    }
  });
});

describe('deleteList of more tasks than a piece', () => {
  const startWith = (clearing: number) =>
    startApi({ app: { pieces: { rows: 10, clearing, erasing: 1000 } } });
  let api: Api;
  beforeAll(async () => {
    api = await startWith(0);
  });
  afterAll(() => api.close());

  const fill = async (user: User, list: string, count: number) => {
    const operations = Array.from({ length: count }, (_, n) => ({
      op: 'create',
      task: { title: String(n), list_id: list, completed: n % 3 === 0 },
    }));
    const { status } = await user.send('POST', 'task-batches', { json: { operations } });
    expect(status).toBe(200);
  };

  test.each(['delete', 'detach'])(
    'with tasks=%s takes several requests, and the list goes last',
    async (tasks) => {
      const user = await api.newUser();
      const list = await createList(user);
      await fill(user, list, 25);
      const token = await since(user);
      for (const left of [15, 5]) {
        expect((await remove(user, list, `?tasks=${tasks}`)).json).toEqual({ tasks: 10, has_more: true });
        expect(await tasksOf(user, `&list_id=${list}`)).toHaveLength(left);
        expect((await user.send('GET', `lists/${list}`)).json.version).toBe(1);
      }
      expect((await remove(user, list, `?tasks=${tasks}`)).json).toEqual({ tasks: 5, has_more: false });
      expect(await tasksOf(user)).toHaveLength(tasks === 'delete' ? 0 : 25);
      const changes = await changesSince(user, token);
      expect(changes).toHaveLength(26);
      expect(changes.at(-1)).toMatchObject({ type: 'list_deleted', id: list });
    },
  );

  test.each(['delete', 'detach'])(
    'with tasks=%s never separates subtasks from their parent',
    async (tasks) => {
      const user = await api.newUser();
      const list = await createList(user);
      for (let n = 0; n < 4; n++) {
        const { id } = await user.create({ title: 'parent', list_id: list, completed: n % 2 === 0 });
        const operations = Array.from({ length: 7 }, (_, at) => ({
          op: 'create',
          task: { title: 'subtask', parent_id: id, completed: at % 2 === 0 },
        }));
        await user.send('POST', 'task-batches', { json: { operations } });
      }
      let total = 0;
      for (let more = true, n = 0; more; n++) {
        const { json } = await remove(user, list, `?tasks=${tasks}`);
        total += json.tasks;
        more = json.has_more;
        const found = await tasksOf(user);
        const homes = new Map(found.map(({ id, list_id: home }) => [id, home]));
        for (const { parent_id: parent, list_id: home } of found) {
          if (parent !== null) expect([parent, home]).toEqual([parent, homes.get(parent)]);
        }
        expect(n).toBeLessThan(10);
      }
      expect(total).toBe(32);
      expect((await user.send('GET', 'lists')).json.items).toEqual([]);
    },
  );

  test('takes one request when there is time, in one transaction', async () => {
    const patient = await startWith(60_000);
    try {
      for (const headers of [{}, { 'Idempotency-Key': 'k' }]) {
        const user = await patient.newUser();
        const list = await createList(user);
        await fill(user, list, 34);
        expect((await remove(user, list, '?tasks=delete', headers)).json).toEqual({
          tasks: 34,
          has_more: false,
        });
        expect(await tasksOf(user)).toEqual([]);
        // The list, the batch, four pieces, and the list again.
        const [clock] = await queryPostgres<{ seq: string }>(
          patient.postgres.url,
          'SELECT seq FROM owner_clock WHERE owner_id = $1',
          [user.id],
        );
        expect(Number(clock?.seq)).toBeLessThanOrEqual(2 + 34 + 4 + 1);
      }
    } finally {
      await patient.close();
    }
  });
});
