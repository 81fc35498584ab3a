import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestsOf } from '../contract/requests.ts';
import { type Sweep, startSweep, targetOf } from '../contract/sweep-client.ts';
import { startApi, type User } from '../support/app.ts';
import { type Operation, operations, resolve } from '../support/contract.ts';
import { queryPostgres } from '../support/postgres.ts';
import { unswept } from '../support/unswept.ts';
import { changesOf, pagesOf, type RecordedChange, withClient } from './history-client.ts';

let sweep: Sweep;
beforeAll(async () => {
  sweep = await startSweep(await unswept());
});
afterAll(() => sweep.api.close());

const newUser = () => sweep.api.newUser();
const sql = (statement: string, ...values: unknown[]) =>
  queryPostgres(sweep.api.postgres.url, statement, values);

const isRecorded = ({ definition }: Operation): boolean =>
  Object.values(definition.responses).some((response) => resolve(response).headers?.Change !== undefined);

/** Where a follower of the user's changes is. */
const followed = async (user: User): Promise<string> => {
  let { json } = await user.send('GET', 'task-changes');
  while (json.has_more) ({ json } = await user.send('GET', `task-changes?since=${json.next_since}`));
  return json.next_since;
};

/** Makes `count` changes of a new task, and returns their ids, the newest first. */
const makeChanges = async (user: User, count: number): Promise<string[]> => {
  const { id } = await user.create({ title: 'a' });
  const made: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { headers } = await user.send('PATCH', `tasks/${id}`, { json: { title: `title ${n}` } });
    made.unshift(headers.get('change') ?? '');
  }
  return made;
};

const idsOf = (items: readonly RecordedChange[]) => items.map(({ change }) => change);

describe('listChanges', () => {
  test.each(operations.filter(isRecorded).map((operation) => [operation.id, operation] as const))(
    'has one item for %s: what, by which client, how many',
    async (id, operation) => {
      const victim = await sweep.newVictim();
      const user = await withClient(victim, 'phone-app');
      const since = await followed(user);
      const [request] = requestsOf(operation, targetOf(operation, victim));
      if (request === undefined) throw new Error('the contract has no example');
      const { path, headers, json } = request;
      const reply = await user.send(operation.method, path, { headers, ...(json !== undefined && { json }) });
      const change = reply.headers.get('change');
      const { items: changed } = (await user.send('GET', `task-changes?since=${since}`)).json;
      const [latest, before] = await changesOf(user);
      expect(latest).toMatchObject({ change, operation: id, client_id: 'phone-app', count: changed.length });
      expect(before?.client_id).toBeNull();
    },
  );

  test('is empty for a user who has nothing', async () => {
    const user = await newUser();
    await makeChanges(await newUser(), 2);
    expect((await user.send('GET', 'changes')).json).toEqual({ items: [], next_cursor: null });
  });

  test('has the id of each response, in pages as in one, and several rows of a change once', async () => {
    const user = await newUser();
    const earlier = await makeChanges(user, 120);
    const creations = Array.from({ length: 60 }, (_, n) => ({ op: 'create', task: { title: `task ${n}` } }));
    const { headers } = await user.send('POST', 'task-batches', { json: { operations: creations } });
    const later = await makeChanges(user, 120);
    const listed = await changesOf(user);
    expect(listed.length).toBe(243);
    expect(idsOf(listed.slice(0, 120))).toEqual(later);
    expect(listed[121]).toMatchObject({
      change: headers.get('change'),
      operation: 'applyTaskBatch',
      count: 60,
    });
    expect(idsOf(listed.slice(122, 242))).toEqual(earlier);
    for (const limit of [1, 7, 100]) {
      const pages = await pagesOf<RecordedChange>(user, `changes?limit=${limit}`);
      expect(pages.flat()).toEqual(listed);
      expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
    }
  });

  test('loses and repeats nothing while others write', async () => {
    const user = await newUser();
    await makeChanges(user, 30);
    const before = await changesOf(user);
    const pages = await pagesOf<RecordedChange>(user, 'changes?limit=4', () => makeChanges(user, 2));
    expect(pages.flat()).toEqual(before);
  });

  test('ends before the first change that is forgotten, and shows no part of one', async () => {
    const user = await newUser();
    const made = await makeChanges(user, 10);
    const operations = [1, 2, 3].map((n) => ({ op: 'create', task: { title: `${n}` } }));
    const { headers } = await user.send('POST', 'task-batches', { json: { operations } });
    const later = await makeChanges(user, 2);
    const age = (condition: string, value: string | undefined) =>
      sql(
        `UPDATE history SET at = at - interval '30 days 1 second' WHERE owner_id = $1 AND ${condition} $2`,
        user.id,
        value,
      );
    await age('change_seq <=', made[4]);
    const creations = 1;
    const whole = await changesOf(user);
    expect(idsOf(whole).slice(0, 2)).toEqual(later);
    expect(idsOf(whole).slice(2 + creations)).toEqual([headers.get('change'), ...made.slice(0, 4)]);
    // The first row of the batch.
    await age('change_seq =', headers.get('change') ?? '');
    expect(idsOf(await changesOf(user))).toEqual(idsOf(whole).slice(0, 2 + creations));
    // As the sweep leaves it in the middle of a change.
    await sql('DELETE FROM history WHERE owner_id = $1 AND change_seq <= $2', user.id, headers.get('change'));
    expect(idsOf(await changesOf(user))).toEqual(idsOf(whole).slice(0, 2 + creations));
  });

  test('has an entity tag for each page, which a change ends', async () => {
    const user = await newUser();
    await makeChanges(user, 3);
    const get = (path: string, tag: string | null) =>
      user.send('GET', path, { headers: { 'If-None-Match': tag ?? '' } });
    const next = (await user.send('GET', 'changes?limit=1')).json.next_cursor;
    const paths = ['changes', 'changes?limit=1', `changes?limit=1&cursor=${next}`];
    const tags = new Set<string | null>();
    for (const path of paths) {
      // Another hour may begin in between.
      await expect
        .poll(async () => (await get(path, (await user.send('GET', path)).headers.get('etag'))).status)
        .toBe(304);
      tags.add((await user.send('GET', path)).headers.get('etag'));
      expect((await get(path, '*')).status).toBe(304);
    }
    expect(tags.size).toBe(3);
    await makeChanges(user, 1);
    for (const path of paths) expect((await get(path, [...tags].join(', '))).status).toBe(200);
  });

  test('has another entity tag each hour, because changes are forgotten', async () => {
    const user = await newUser();
    const tag = async () => (await user.send('GET', 'changes')).headers.get('etag');
    const [now, clock] = [Date.now(), Date.now];
    try {
      Date.now = () => now + 60 * 60 * 1000;
      const later = await tag();
      Date.now = () => now;
      expect(await tag()).not.toBe(later);
    } finally {
      Date.now = clock;
    }
  });

  test('is empty while everything is being deleted, and afterwards', async () => {
    const user = await newUser();
    await makeChanges(user, 2);
    await sql('UPDATE owner_clock SET erasing = true WHERE owner_id = $1', user.id);
    expect((await user.send('GET', 'changes')).json).toEqual({ items: [], next_cursor: null });
    await user.send('DELETE', '/api/v1/users/me');
    expect(await changesOf(user)).toEqual([]);
    expect(await sql('SELECT 1 FROM history WHERE owner_id = $1', user.id)).toEqual([]);
  });

  test('shows three of what each change wrote: the former title, or that of now, and a deleted list first', async () => {
    const user = await newUser();
    const shown = async () =>
      (await changesOf(user)).map(({ items, count }) => [count, ...items.map(({ id, ...item }) => item)]);
    const item = (action: string, title: string | null, type = 'task') => ({ type, title, action });
    const list = (await user.send('POST', 'lists', { json: { name: 'Garden' } })).json.id;
    const creations = ['a', 'b', 'c', 'd'].map((title) => ({ op: 'create', task: { title, list_id: list } }));
    const { json } = await user.send('POST', 'task-batches', { json: { operations: creations } });
    const [a, b] = json.results.map(({ task }: { task: { id: string } }) => task.id);
    await user.send('PATCH', `tasks/${a}`, { json: { title: 'A' } });
    await user.send('PATCH', `lists/${list}`, { json: { name: 'Yard' } });
    await user.send('DELETE', `tasks/${b}`);
    const earlier = [
      [1, item('deleted', 'b')],
      [1, item('updated', 'Garden', 'list')],
      [1, item('updated', 'a')],
    ];
    expect(await shown()).toEqual([
      ...earlier,
      [4, item('created', 'A'), item('created', null), item('created', 'c')],
      [1, item('created', 'Yard', 'list')],
    ]);
    expect((await changesOf(user))[2]?.items[0]?.id).toBe(a);
    const { headers } = await user.send('DELETE', `lists/${list}?tasks=delete`);
    expect((await changesOf(user))[0]?.items[0]?.id).toBe(list);
    const [deletion, ...others] = await shown();
    expect(deletion).toEqual([
      4,
      item('deleted', 'Yard', 'list'),
      item('deleted', 'A'),
      item('deleted', 'c'),
    ]);
    expect(others.slice(0, 3)).toEqual(earlier);
    await user.send('POST', `changes/${headers.get('change')}/undo`);
    const [undo] = await shown();
    expect(undo).toEqual([4, item('created', 'Yard', 'list'), item('created', 'A'), item('created', 'c')]);
  });

  test('shows what a batch did that changed and deleted', async () => {
    const user = await newUser();
    const [a, b] = [await user.create({ title: 'a' }), await user.create({ title: 'b' })];
    const batch = [
      { op: 'create', task: { title: 'new' } },
      { op: 'delete', id: b.id },
      { op: 'update', id: a.id, changes: { title: 'A' } },
    ];
    await user.send('POST', 'task-batches', { json: { operations: batch } });
    expect((await changesOf(user))[0]?.items).toEqual([
      { type: 'task', id: expect.any(String), title: 'new', action: 'created' },
      { type: 'task', id: b.id, title: 'b', action: 'deleted' },
      { type: 'task', id: a.id, title: 'a', action: 'updated' },
    ]);
  });

  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  test('refuses a cursor that it did not make', async () => {
    const user = await newUser();
    await makeChanges(user, 2);
    const { id } = await user.create({ title: 'b', labels: ['3', '4'] });
    await user.send('PATCH', `tasks/${id}`, { json: { title: 'c' } });
    for (const name of ['2', '3']) await user.send('POST', 'lists', { json: { name } });
    const others = ['tasks', 'lists', 'labels', `tasks/${id}/versions`];
    const cursors = await Promise.all(
      others.map(async (path) => (await user.send('GET', `${path}?limit=1`)).json.next_cursor),
    );
    const numbers = ['0', '-1', '01', '1e3', '1.5', ' 1', '9223372036854775808', '1'.repeat(17), ''];
    const made = [
      ...cursors,
      ...numbers.map((number) => encode(['history', 'changes', number])),
      encode(['history', 'changes', 1]),
      encode(['1']),
      'abc',
      '!',
    ];
    for (const cursor of made) {
      expect(typeof cursor).toBe('string');
      const reply = await user.send('GET', `changes?cursor=${encodeURIComponent(cursor)}`);
      expect([cursor, reply.status]).toEqual([cursor, 400]);
    }
    const highest = await user.send(
      'GET',
      `changes?cursor=${encode(['history', 'changes', '9'.repeat(16)])}`,
    );
    expect(highest.json.items).toEqual(await changesOf(user));
  });

  test('shows nothing of another user with the cursor of that user', async () => {
    const [user, other] = [await newUser(), await newUser()];
    await makeChanges(other, 5);
    const { next_cursor: cursor } = (await other.send('GET', 'changes?limit=1')).json;
    expect((await user.send('GET', `changes?cursor=${cursor}`)).json).toEqual({
      items: [],
      next_cursor: null,
    });
  });

  test('is refused where no history is kept', async () => {
    const { postgres } = sweep.api;
    const api = await startApi({
      postgres: { ...postgres, close: async () => {} },
      app: { historyDays: 0 },
    });
    try {
      const user = await api.newUser();
      const task = await user.create({ title: 'a' });
      for (const path of ['changes', `tasks/${task.id}/versions`, `tasks/${crypto.randomUUID()}/versions`]) {
        const { status, json } = await user.send('GET', path);
        expect([status, json.type]).toEqual([403, '/problems/history-off']);
      }
    } finally {
      await api.close();
    }
  });
});
