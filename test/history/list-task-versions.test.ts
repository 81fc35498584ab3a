import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';
import { unswept } from '../support/unswept.ts';
import { changesOf, pagesOf, type TaskVersion, versionsOf, withClient } from './history-client.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi(await unswept());
});
afterAll(() => api.close());

const sql = (statement: string, ...values: unknown[]) => queryPostgres(api.postgres.url, statement, values);

const statesIn = (versions: readonly TaskVersion[]) => versions.map(({ task }) => task ?? 'deleted');

/** Sends what must succeed, and returns the id of the change. */
const change = async (user: User, method: string, path: string, json?: unknown): Promise<string | null> => {
  const { status, text, headers } = await user.send(method, path, json === undefined ? {} : { json });
  expect(status, text).toBeLessThan(300);
  return headers.get('change');
};

/** Changes the title of a task `count` times; the states that were returned, the newest first. */
const retitle = async (user: User, { id }: Pick<Task, 'id'>, count: number): Promise<Task[]> => {
  const states: Task[] = [];
  for (let n = 0; n < count; n += 1) {
    const { json } = await user.send('PATCH', `tasks/${id}`, { json: { title: `title ${n}` } });
    states.unshift(json);
  }
  return states;
};

/** Makes as much of the history of a user forgotten as is as old as a change, or older. */
const forget = (user: User, seq: string | null) =>
  sql(
    `UPDATE history SET at = at - interval '30 days 1 second' WHERE owner_id = $1 AND change_seq <= $2`,
    user.id,
    seq,
  );

describe('listTaskVersions', () => {
  test('has 500 versions as they were returned, in pages as in one', async () => {
    const user = await api.newUser();
    const first = await user.create({ title: 'a' });
    // What happens to other tasks is between the versions.
    const other = await user.create({ title: 'other' });
    const states = [first];
    for (let n = 0; n < 10; n += 1) {
      const writes = Array.from({ length: 50 }, () => retitle(user, first, 1));
      states.unshift(...(await Promise.all([...writes, retitle(user, other, 3)])).slice(0, 50).flat());
    }
    states.sort((a, b) => b.version - a.version);
    const versions = await versionsOf(user, first.id);
    expect(statesIn(versions)).toEqual(states);
    const numbers = new Set((await changesOf(user)).map((one) => one.change));
    expect(versions.every((version) => version.change !== null && numbers.has(version.change))).toBe(true);
    for (const limit of [7, 50]) {
      const pages = await pagesOf<TaskVersion>(user, `tasks/${first.id}/versions?limit=${limit}`);
      expect(pages.flat()).toEqual(versions);
      expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
    }
  });

  test('reports who made which version, by which operation, and when', async () => {
    const user = await api.newUser();
    const [phone, assistant] = [await withClient(user, 'phone-app'), await withClient(user, 'assistant')];
    const { json: created } = await phone.send('POST', 'tasks', { json: { title: 'a' } });
    const completed = await change(assistant, 'PATCH', `tasks/${created.id}/complete`);
    const deleted = await change(phone, 'DELETE', `tasks/${created.id}`);
    const versions = await versionsOf(user, created.id);
    expect(versions).toMatchObject([
      { change: deleted, operation: 'deleteTask', client_id: 'phone-app', deleted: true },
      { change: completed, operation: 'completeTask', client_id: 'assistant', deleted: false },
      { operation: 'createTask', client_id: 'phone-app', deleted: false, task: created },
    ]);
    expect(versions[0]).not.toHaveProperty('task');
    expect(versions[1]?.at).toBe(versions[1]?.task?.updated_at);
    const times = new Map((await changesOf(user)).map((one) => [one.change, one.at]));
    for (const { change: made, at } of versions) expect(at).toBe(times.get(made ?? ''));
  });

  test('has each state that any operation has left', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a', labels: ['Home'], due: '2026-03-01' });
    const parent = await user.create({ title: 'parent' });
    const { json: list } = await user.send('POST', 'lists', { json: { name: 'list' } });
    const path = `tasks/${task.id}`;
    const batch = (...operations: object[]) => ['POST', 'task-batches', { operations }] as const;
    const writes: readonly (readonly [string, string, unknown?])[] = [
      ['PATCH', path, { title: 'b', metadata: { a: 'b' } }],
      ['PUT', path, { title: 'c', description: 'text', completed: true }],
      ['PATCH', path, { completed: false, priority: 'high', labels: ['home', 'Work'] }],
      ['PATCH', path, { place: { first: true } }],
      ['PATCH', path, { list_id: list.id }],
      ['POST', 'label-renames', { label: 'home', new_label: 'House' }],
      batch({ op: 'update', id: task.id, changes: { start: '2026-02-01' } }),
      batch({ op: 'complete', id: task.id }, { op: 'update', id: parent.id, changes: { title: 'x' } }),
      ['DELETE', `lists/${list.id}?tasks=detach`],
      ['PATCH', path, { parent_id: parent.id, completed: false }],
      ['DELETE', `tasks/${parent.id}?children=detach`],
      ['PATCH', path, { recurrence: { rrule: 'FREQ=DAILY' }, due: '2026-03-01' }],
      ['PATCH', `${path}/complete`, {}],
      ['DELETE', 'tasks?completed=true'],
    ];
    const states: (Task | 'deleted')[] = [task];
    const made: (string | null)[] = [];
    for (const [method, at, json] of writes) {
      made.unshift(await change(user, method, at, json));
      const { status, json: state } = await user.send('GET', path);
      states.unshift(status === 404 ? 'deleted' : state);
    }
    expect(states[0]).toBe('deleted');
    const versions = await versionsOf(user, task.id);
    expect(statesIn(versions)).toEqual(states);
    expect(versions.slice(0, -1).map((version) => version.change)).toEqual(made);
    expect(statesIn(await versionsOf(user, task.id, 1))).toEqual(states);
  });

  test('goes on through the deletion of a task that is there again', async () => {
    const user = await api.newUser();
    const created = await user.create({ title: 'a' });
    const states: (Task | 'deleted')[] = [created];
    for (let n = 0; n < 3; n += 1) {
      const deletion = await change(user, 'DELETE', `tasks/${created.id}`);
      await change(user, 'POST', `changes/${deletion}/undo`);
      states.unshift('deleted');
      states.unshift((await user.send('GET', `tasks/${created.id}`)).json);
      states.unshift(...(await retitle(user, created, 2)));
    }
    for (const limit of [1, 2, 100]) {
      expect(statesIn(await versionsOf(user, created.id, limit))).toEqual(states);
    }
  });

  test('ends with a version whose change is forgotten', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a' });
    const states = await retitle(user, task, 4);
    const whole = await versionsOf(user, task.id);
    await forget(user, whole[2]?.change ?? null);
    const oldest = states[2] as Task;
    const unknown = { change: null, operation: null, client_id: null };
    const last = { ...unknown, at: oldest.updated_at, deleted: false, task: oldest };
    for (const limit of [1, 2, 3, 100]) {
      expect(await versionsOf(user, task.id, limit)).toEqual([...whole.slice(0, 2), last]);
    }
    await forget(user, whole[0]?.change ?? null);
    expect(await versionsOf(user, task.id)).toEqual([
      { ...unknown, at: states[0]?.updated_at, deleted: false, task: states[0] },
    ]);
    // Or are deleted from the database.
    await sql('DELETE FROM history WHERE owner_id = $1', user.id);
    expect(statesIn(await versionsOf(user, task.id))).toEqual([states[0]]);
  });

  test('has the same response for what never was, is forgotten, or is of another user', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const task = await user.create({ title: 'a' });
    const forgotten = await user.create({ title: 'b' });
    await forget(user, await change(user, 'DELETE', `tasks/${forgotten.id}`));
    const { json: list } = await user.send('POST', 'lists', { json: { name: 'list' } });
    await change(user, 'DELETE', `lists/${list.id}`);
    const gone = await user.create({ title: 'c' });
    await change(user, 'DELETE', `tasks/${gone.id}`);
    const headers = { 'X-Request-Id': crypto.randomUUID() };
    const ask = async (from: User, id: string, tag?: string) => {
      const { status, text } = await from.send('GET', `tasks/${id}/versions`, {
        headers: { ...headers, ...(tag !== undefined && { 'If-None-Match': tag }) },
      });
      return { status, text };
    };
    const missing = await ask(user, crypto.randomUUID());
    expect(missing.status).toBe(404);
    for (const tag of [undefined, '*']) {
      for (const id of [task.id, gone.id]) expect(await ask(other, id, tag)).toEqual(missing);
      for (const id of [forgotten.id, list.id]) expect(await ask(user, id, tag)).toEqual(missing);
    }
    expect((await ask(user, task.id)).status).toBe(200);
    expect((await ask(user, gone.id)).status).toBe(200);
    await sql('UPDATE owner_clock SET erasing = true WHERE owner_id = $1', user.id);
    for (const id of [task.id, gone.id]) expect(await ask(user, id)).toEqual(missing);
  });

  test('has fewer versions on a page where they are long, and loses none', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`name${n}`, '𝒳'.repeat(500)]));
    const states: Task[] = [];
    for (let n = 0; n < 24; n += 1) {
      const description = `${n}${'𝒳'.repeat(1999 - String(n).length)}`;
      const { json } = await user.send('PATCH', `tasks/${id}`, { json: { description, metadata } });
      states.unshift(json);
    }
    const pages = await pagesOf<TaskVersion>(user, `tasks/${id}/versions?limit=100`);
    expect(statesIn(pages.flat()).slice(0, -1)).toEqual(states);
    for (const page of pages) {
      expect(page.length).toBeGreaterThan(0);
      expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(600_000);
    }
    expect(pages.length).toBeGreaterThan(3);
  });

  test('continues where it was, whatever is written in between', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a' });
    await retitle(user, task, 20);
    const whole = await versionsOf(user, task.id);
    let writes = 0;
    const write = async () => {
      writes += 1;
      if (writes < 3) await retitle(user, task, 2);
      if (writes === 3) await change(user, 'DELETE', `tasks/${task.id}`);
    };
    const pages = await pagesOf<TaskVersion>(user, `tasks/${task.id}/versions?limit=4`, write);
    expect(pages.flat()).toEqual(whole);
  });

  test('has an entity tag, which a change ends', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a' });
    const [path, other] = [`tasks/${task.id}/versions`, `tasks/${task.id.toUpperCase()}/versions`];
    const tagOf = async (at: string) => (await user.send('GET', at)).headers.get('etag') ?? '';
    const ask = (at: string, tag: string) => user.send('GET', at, { headers: { 'If-None-Match': tag } });
    // Another hour may begin in between.
    await expect.poll(async () => (await ask(other, await tagOf(path))).status).toBe(304);
    const tag = await tagOf(path);
    expect(await tagOf(`${path}?limit=1`)).not.toBe(tag);
    expect((await ask(path, '*')).status).toBe(304);
    await user.create({ title: 'b' });
    expect((await ask(path, tag)).json.items).toHaveLength(1);
  });

  test('takes a cursor of the same task only', async () => {
    const user = await api.newUser();
    const [task, other] = [await user.create({ title: 'a' }), await user.create({ title: 'b' })];
    await retitle(user, task, 2);
    await retitle(user, other, 2);
    const cursorOf = async (path: string) =>
      (await user.send('GET', `${path}?limit=1`)).json.next_cursor as string;
    const own = await cursorOf(`tasks/${task.id}/versions`);
    const ask = (cursor: string, id = task.id) => user.send('GET', `tasks/${id}/versions?cursor=${cursor}`);
    expect((await ask(own, task.id.toUpperCase())).json.items).toHaveLength(2);
    const encode = (number: string) =>
      Buffer.from(JSON.stringify(['history', `tasks/${task.id}/versions`, number])).toString('base64url');
    const refused = [
      await cursorOf(`tasks/${other.id}/versions`),
      await cursorOf('changes'),
      await cursorOf('tasks'),
      encode('0'),
      encode('9223372036854775808'),
      'abc',
    ];
    for (const cursor of refused) expect((await ask(cursor)).status).toBe(400);
    // A number that is not one of this task leads to nothing.
    expect((await ask(encode('9'.repeat(16)))).json).toEqual({ items: [], next_cursor: null });
  });
});
