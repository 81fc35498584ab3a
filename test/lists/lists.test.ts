// The operations on lists, one after the other.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const create = async (user: User, list: Record<string, unknown> = {}) => {
  const { status, json, text } = await user.send('POST', 'lists', { json: { name: 'Groceries', ...list } });
  if (status !== 201) throw new Error(`no list was created: ${status} ${text}`);
  return json;
};
const namesOf = async (user: User): Promise<string[]> =>
  (await user.send('GET', 'lists?limit=100')).json.items.map(({ name }: { name: string }) => name);

describe('createList', () => {
  test('returns the list, its address and its entity tag', async () => {
    const user = await api.newUser();
    const { status, json, headers } = await user.send('POST', 'lists', {
      json: { name: '  Groceries ', metadata: { 'crm.ticket': '4711' } },
    });
    expect(status).toBe(201);
    expect(json).toMatchObject({
      owner_id: user.id,
      name: 'Groceries',
      metadata: { 'crm.ticket': '4711' },
      version: 1,
    });
    expect(json.created_at).toBe(json.updated_at);
    expect(headers.get('location')).toBe(`/api/v1/users/${encodeURIComponent(user.id)}/lists/${json.id}`);
    expect(headers.get('etag')).toBe('"1"');
    expect((await user.send('GET', headers.get('location') ?? '')).json).toEqual(json);
  });

  test('takes an id of the client once, in any letter case; tasks have ids of their own', async () => {
    const user = await api.newUser();
    const id = randomUUID();
    const task = await user.create({ id, title: 'a' });
    expect((await create(user, { id: id.toUpperCase() })).id).toBe(id);
    const again = await user.send('POST', 'lists', { json: { id, name: 'b' } });
    expect([again.status, again.json.type]).toEqual([409, '/problems/id-taken']);
    await user.send('DELETE', `lists/${id}`);
    const deleted = await user.send('POST', 'lists', { json: { id, name: 'b' } });
    expect([deleted.status, deleted.json.detail]).toEqual([
      409,
      'A list with this id exists, or was deleted not long ago; choose another id',
    ]);
    expect((await user.send('GET', `tasks/${id}`)).json).toEqual(task);
    // The id of a deleted list is free for a task, and the other way around.
    const other = randomUUID();
    await create(user, { id: other });
    await user.send('DELETE', `lists/${other}`);
    await user.create({ id: other, title: 'b' });
    await user.send('DELETE', `tasks/${id}`);
    expect((await user.send('POST', 'lists', { json: { id, name: 'c' } })).status).toBe(409);
    expect(await namesOf(user)).toEqual([]);
  });

  test('comes last, or at its place', async () => {
    const user = await api.newUser();
    const a = await create(user, { name: 'a', place: { first: true } });
    const b = await create(user, { name: 'b' });
    await create(user, { name: 'c', place: { first: true } });
    await create(user, { name: 'd', place: { before: b.id.toUpperCase() } });
    await create(user, { name: 'e', place: { after: b.id } });
    await create(user, { name: 'f', place: { last: true } });
    await create(user, { name: 'g', place: { after: a.id } });
    expect(await namesOf(user)).toEqual(['c', 'a', 'g', 'd', 'b', 'e', 'f']);
  });

  test('refuses a place next to a list that the user does not have', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const foreign = await create(other);
    const task = await user.create({ title: 'a' });
    for (const anchor of [foreign.id, randomUUID(), task.id]) {
      const { status, json } = await user.send('POST', 'lists', {
        json: { name: 'a', place: { before: anchor } },
      });
      expect(status).toBe(422);
      expect(json.errors).toEqual([
        { loc: ['body', 'place', 'before'], msg: 'names no list of yours', type: 'not_found' },
      ]);
    }
    expect(await namesOf(user)).toEqual([]);
  });

  test('ends at 500 lists, also in a batch, and goes on when one is deleted', async () => {
    const user = await api.newUser();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      const operations = Array.from({ length: 100 }, (_, at) => ({
        op: 'create_list',
        list: { name: `${n} ${at}` },
      }));
      const { json } = await user.send('POST', 'task-batches', { json: { operations } });
      ids.push(...json.results.map(({ list }: { list: { id: string } }) => list.id));
    }
    for (const place of [undefined, { first: true }]) {
      const { status, json } = await user.send('POST', 'lists', { json: { name: 'a', place } });
      expect([status, json.type]).toEqual([403, '/problems/quota-exceeded']);
    }
    const one = { op: 'create_list', list: { name: 'a' } };
    const batch = await user.send('POST', 'task-batches', { json: { operations: [one] } });
    expect(batch.status).toBe(422);
    expect(batch.json.errors).toMatchObject([{ loc: ['body', 'operations', 0], type: 'quota_exceeded' }]);
    const both = [{ op: 'delete_list', id: ids[0] }, one];
    expect((await user.send('POST', 'task-batches', { json: { operations: both } })).status).toBe(200);
    await user.send('DELETE', `lists/${ids[1]}`);
    await create(user);
    expect((await user.send('POST', 'lists', { json: { name: 'a' } })).status).toBe(403);
  });
});

describe('getList', () => {
  test('is 304 while the client has the list, and 412 for another version', async () => {
    const user = await api.newUser();
    const { id } = await create(user);
    const get = (headers: Record<string, string>) =>
      user.send('GET', `lists/${id.toUpperCase()}`, { headers });
    const same = await get({ 'If-None-Match': '"1"' });
    expect([same.status, same.headers.get('etag'), same.text]).toEqual([304, '"1"', '']);
    const other = await get({ 'If-Match': '"2"' });
    expect([other.status, other.headers.get('etag')]).toEqual([412, '"1"']);
    expect(other.json.detail).toContain('The list does not meet');
    expect((await get({ 'If-None-Match': '"2"' })).status).toBe(200);
  });
});

describe('updateList', () => {
  test('changes the fields that are there, and merges metadata', async () => {
    const user = await api.newUser();
    const before = await create(user, { metadata: { a: '1', b: '2' } });
    const send = (json: unknown) => user.send('PATCH', `lists/${before.id.toUpperCase()}`, { json });
    const { json, headers } = await send({ name: 'Shopping', metadata: { a: null, c: '3' } });
    expect(json).toEqual({
      ...before,
      name: 'Shopping',
      metadata: { b: '2', c: '3' },
      version: 2,
      updated_at: json.updated_at,
    });
    expect(headers.get('etag')).toBe('"2"');
    expect(json.updated_at > before.updated_at).toBe(true);
    expect((await send({ metadata: {} })).json).toMatchObject({ name: 'Shopping', version: 3 });
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`n${n}`, 'x']));
    for (const place of [{}, { place: { first: true } }]) {
      const refused = await send({ metadata: many, ...place });
      expect(refused.status).toBe(422);
      expect(refused.json.errors).toMatchObject([{ loc: ['body', 'metadata'], type: 'maxProperties' }]);
    }
    expect((await user.send('GET', `lists/${before.id}`)).json.version).toBe(3);
  });

  test('moves a list, with its other changes, if it meets the precondition', async () => {
    const user = await api.newUser();
    const [a, b, c] = [
      await create(user, { name: 'a' }),
      await create(user, { name: 'b' }),
      await create(user, { name: 'c' }),
    ];
    const move = (id: string, json: unknown, headers = {}) =>
      user.send('PATCH', `lists/${id}`, { json, headers });
    expect((await move(c.id, { place: { first: true } })).json).toMatchObject({ name: 'c', version: 2 });
    expect(await namesOf(user)).toEqual(['c', 'a', 'b']);
    await move(c.id, { place: { after: a.id }, name: 'C' });
    expect(await namesOf(user)).toEqual(['a', 'C', 'b']);
    const refused = await move(c.id, { place: { last: true } }, { 'If-Match': '"2"' });
    expect([refused.status, refused.headers.get('etag')]).toEqual([412, '"3"']);
    expect((await move(c.id, { place: { last: true } }, { 'If-Match': '"3"' })).status).toBe(200);
    expect(await namesOf(user)).toEqual(['a', 'b', 'C']);
    const self = await move(a.id, { place: { before: a.id } });
    expect([self.status, self.json.errors[0].loc]).toEqual([422, ['body', 'place', 'before']]);
    const missing = await move(a.id, { place: { after: randomUUID() } });
    expect(missing.json.errors[0]).toMatchObject({
      loc: ['body', 'place', 'after'],
      msg: 'names no list of yours',
    });
    expect((await move(b.id, { place: { before: a.id } })).json.position < a.position).toBe(true);
    expect(await namesOf(user)).toEqual(['b', 'a', 'C']);
  });

  test('renews positions that have become long', async () => {
    const user = await api.newUser();
    const lists: { id: string }[] = [];
    for (const name of ['a', 'b', 'c', 'd']) lists.push(await create(user, { name }));
    // Two lists in turn to the place after the first one: each move halves the gap.
    for (let n = 0; n < 1300; n += 100) {
      const operations = Array.from({ length: 100 }, (_, at) => ({
        op: 'update_list',
        id: lists[2 + (at % 2)]?.id,
        changes: { place: { after: lists[0]?.id } },
      }));
      expect((await user.send('POST', 'task-batches', { json: { operations } })).status).toBe(200);
      expect(await namesOf(user)).toEqual(['a', 'd', 'c', 'b']);
    }
    const { items } = (await user.send('GET', 'lists')).json;
    for (const { position } of items) expect(position.length).toBeLessThanOrEqual(200);
    // More versions than moves: some were renewals.
    const versions = items.map(({ version }: { version: number }) => version);
    expect(Math.max(...versions)).toBeGreaterThan(1 + 1300 / 2);
  });
});

describe('listLists', () => {
  test('has every list once, page by page, with a link', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    expect((await user.send('GET', 'lists')).json).toEqual({ items: [], next_cursor: null });
    await create(other);
    for (let n = 0; n < 5; n++) await create(user, { name: String(n) });
    const names: string[] = [];
    for (let path: string | null = 'lists?limit=2'; path !== null; ) {
      const { json, headers } = await user.send('GET', path);
      names.push(...json.items.map(({ name }: { name: string }) => name));
      path = headers.get('link')?.match(/^<(.*)>; rel="next"$/)?.[1] ?? null;
      expect(path !== null).toBe(json.next_cursor !== null);
    }
    expect(names).toEqual(['0', '1', '2', '3', '4']);
  });

  test('refuses a cursor that it has not made', async () => {
    const user = await api.newUser();
    const page = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const cursor of [
      'x',
      page([]),
      page(['p', randomUUID()]),
      page(['p0000000000000001', 'x']),
      page(["p'", null]),
    ]) {
      expect((await user.send('GET', `lists?cursor=${cursor}`)).status).toBe(400);
    }
  });

  test('is 304 until something changes, and its tag is of one page', async () => {
    const user = await api.newUser();
    await create(user);
    const get = (path: string, tag: string) => user.send('GET', path, { headers: { 'If-None-Match': tag } });
    const etag = (await user.send('GET', 'lists')).headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"/);
    const same = await get('lists', etag);
    expect([same.status, same.headers.get('etag')]).toEqual([304, etag]);
    expect((await get('lists?limit=10', etag)).status).toBe(200);
    expect((await get('lists', '*')).status).toBe(304);
    await create(user);
    const changed = await get('lists', etag);
    expect([changed.status, changed.json.items.length]).toEqual([200, 2]);
  });
});

describe('what is not there, or another user has', () => {
  test('is 404 in every operation', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const { id } = await create(other);
    for (const missing of [id, randomUUID()]) {
      for (const [method, options] of [
        ['GET', {}],
        ['PATCH', { json: { name: 'x' } }],
        ['PATCH', { json: { place: { first: true } } }],
        ['DELETE', {}],
      ] as const) {
        const answers = await Promise.all(
          [{}, { 'If-Match': '"1"' }].map((headers) =>
            user.send(method, `lists/${missing}`, { ...options, headers }),
          ),
        );
        expect(answers.map(({ status }) => status)).toEqual([404, 404]);
      }
      expect((await user.send('DELETE', `lists/${missing}?tasks=delete`)).status).toBe(404);
    }
    expect((await other.send('GET', `lists/${id}`)).status).toBe(200);
  });
});

describe('a list at its largest version', () => {
  test('is not changed, and can be deleted', async () => {
    const user = await api.newUser();
    const { id } = await create(user);
    const sql = 'UPDATE lists SET version = 2147483647 WHERE owner_id = $1';
    await queryPostgres(api.postgres.url, sql, [user.id]);
    for (const json of [{ name: 'b' }, { place: { first: true } }]) {
      const answer = await user.send('PATCH', `lists/${id}`, { json });
      expect([answer.status, answer.json.type]).toEqual([409, '/problems/change-limit-reached']);
    }
    const operations = [{ op: 'update_list', id, changes: { name: 'b' } }];
    const { json } = await user.send('POST', 'task-batches', { json: { operations } });
    expect(json.errors).toMatchObject([{ loc: ['body', 'operations', 0, 'id'], type: 'change_limit' }]);
    expect((await user.send('GET', `lists/${id}`)).json).toMatchObject({ name: 'Groceries' });
    expect((await user.send('DELETE', `lists/${id}`)).status).toBe(200);
  });
});

describe('with an Idempotency-Key', () => {
  test('each write happens once', async () => {
    const user = await api.newUser();
    const twice = async (method: string, path: string, json?: unknown) => {
      const options = { headers: { 'Idempotency-Key': randomUUID() }, ...(json !== undefined && { json }) };
      const [first, second] = [
        await user.send(method, path, options),
        await user.send(method, path, options),
      ];
      expect(second.text).toBe(first.text);
      expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([
        null,
        'true',
      ]);
      return first.json;
    };
    const { id } = await twice('POST', 'lists', { name: 'a' });
    expect(await namesOf(user)).toEqual(['a']);
    expect((await twice('PATCH', `lists/${id}`, { name: 'b' })).version).toBe(2);
    expect((await twice('PATCH', `lists/${id}`, { place: { last: true } })).version).toBe(3);
    await user.create({ title: 'x', list_id: id });
    const key = { headers: { 'Idempotency-Key': 'of the deletion' } };
    expect((await user.send('DELETE', `lists/${id}`, key)).status).toBe(409);
    const deleted = await user.send('DELETE', `lists/${id}?tasks=detach`, key);
    expect(deleted.json).toEqual({ tasks: 1, has_more: false });
    const again = await user.send('DELETE', `lists/${id.toUpperCase()}?tasks=detach`, key);
    expect(again.text).toBe(deleted.text);
    expect((await user.send('DELETE', `lists/${id}?tasks=delete`, key)).json.type).toBe(
      '/problems/idempotency-key-reused',
    );
  });
});
