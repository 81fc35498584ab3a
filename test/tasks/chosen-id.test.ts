// The id of a new task, chosen by the client: taken when the same user has a task with it, or had
// one that is remembered; free whatever other users have.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchRequest } from '../../src/client/request.ts';
import { createReplica } from '../../src/client/sync.ts';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

describe('an id that the client has chosen', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const create = (user: User, id: string, title = 'x', headers: Record<string, string> = {}) =>
    user.send('POST', 'tasks', { json: { id, title }, headers });
  const batch = (user: User, ...operations: object[]) =>
    user.send('POST', 'task-batches', { json: { operations } });
  const items = async (user: User): Promise<Task[]> => (await user.send('GET', 'tasks')).json.items;
  const clockOf = async (user: User) =>
    (await queryPostgres(api.postgres.url, 'SELECT seq FROM owner_clock WHERE owner_id = $1', [user.id]))[0]
      ?.seq;

  test('is the id of the task, in lower case, in Location as well', async () => {
    const user = await api.newUser();
    for (const id of [randomUUID(), randomUUID(), '00000000-0000-0000-0000-000000000001']) {
      const created = await create(user, id.toUpperCase());
      expect([created.status, created.json.id, created.json.version]).toEqual([201, id, 1]);
      expect(created.headers.get('location')).toBe(`/api/v1/users/${user.id}/tasks/${id}`);
      expect((await user.send('GET', `tasks/${id}`)).json).toEqual(created.json);
    }
  });

  test('is refused when the task exists or was deleted, and nothing changes', async () => {
    const user = await api.newUser();
    const [there, gone] = [randomUUID(), randomUUID()];
    const task = (await create(user, there)).json;
    await create(user, gone);
    await user.send('DELETE', `tasks/${gone}`);
    const clock = await clockOf(user);
    for (const id of [there, gone, there.toUpperCase()]) {
      for (const headers of [{}, { 'Idempotency-Key': randomUUID() }] as Record<string, string>[]) {
        const refused = await create(user, id, 'y', headers);
        expect([refused.status, refused.json.type]).toEqual([409, '/problems/id-taken']);
        expect(refused.headers.get('retry-after')).toBeNull();
      }
      const inBatch = await batch(
        user,
        { op: 'create', task: { title: 'a' } },
        { op: 'create', task: { id, title: 'b' } },
      );
      expect([inBatch.status, inBatch.json.type]).toEqual([422, '/problems/batch-not-applicable']);
      expect(inBatch.json.errors).toMatchObject([
        { loc: ['body', 'operations', 1, 'task', 'id'], type: 'id_taken' },
      ]);
    }
    expect([await items(user), await clockOf(user)]).toEqual([[task], clock]);
  });

  test('is free when another user has it, or had it', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const [there, gone] = [randomUUID(), randomUUID()];
    await create(other, there);
    await create(other, gone);
    await other.send('DELETE', `tasks/${gone}`);
    for (const id of [there, gone, randomUUID()]) {
      const { status, text, json } = await create(user, id);
      expect([status, text.length]).toEqual([201, JSON.stringify(json).length]);
    }
    expect(await items(other)).toHaveLength(1);
  });

  test('is free again when everything was deleted, or the deletion is forgotten', async () => {
    const user = await api.newUser();
    const id = randomUUID();
    await create(user, id);
    await user.send('DELETE', `/api/v1/users/me`);
    expect((await create(user, id)).status).toBe(201);
    await user.send('DELETE', `tasks/${id}`);
    expect((await create(user, id)).status).toBe(409);
    await queryPostgres(api.postgres.url, 'DELETE FROM task_tombstones WHERE owner_id = $1', [user.id]);
    expect((await create(user, id)).status).toBe(201);
  });

  test('is replayed under an Idempotency-Key', async () => {
    const user = await api.newUser();
    const [id, headers] = [randomUUID(), { 'Idempotency-Key': randomUUID() }];
    const first = await create(user, id, 'x', headers);
    const again = await create(user, id.toUpperCase(), 'x', headers);
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(await items(user)).toHaveLength(1);
  });

  test('names the task for later operations of the same batch', async () => {
    const user = await api.newUser();
    const [id, other] = [randomUUID(), randomUUID()];
    const { status, json } = await batch(
      user,
      { op: 'create', task: { id: id.toUpperCase(), title: 'a' } },
      { op: 'update', id, changes: { title: 'b' }, if_version: 1 },
      { op: 'create', task: { id: other, title: 'c' } },
      { op: 'delete', id: other },
      { op: 'create', task: { title: 'd' } },
    );
    expect(status).toBe(200);
    expect(
      json.results.map(({ op, task }: { op: string; task?: Task }) => [op, task?.id === id]),
    ).toMatchObject([
      ['create', true],
      ['update', true],
      ['create', false],
      ['delete', false],
      ['create', false],
    ]);
    expect((await user.send('GET', `tasks/${id}`)).json).toMatchObject({ title: 'b', version: 2 });
    for (const again of [id, other]) {
      const twice = [
        { op: 'create', task: { title: 'e' } },
        { op: 'create', task: { id: again, title: 'f' } },
      ];
      expect((await batch(user, ...twice)).json.errors).toMatchObject([{ type: 'id_taken' }]);
    }
    const fresh = randomUUID();
    const repeated = await batch(
      user,
      { op: 'create', task: { id: fresh, title: 'g' } },
      { op: 'delete', id: fresh },
      { op: 'create', task: { id: fresh, title: 'h' } },
    );
    expect(repeated.json.errors).toMatchObject([
      {
        loc: ['body', 'operations', 2, 'task', 'id'],
        msg: 'is the id of an earlier operation of this batch',
        type: 'id_taken',
      },
    ]);
  });

  test('is reported with all others of the batch that are taken, if nothing fails before them', async () => {
    const user = await api.newUser();
    const [there, gone, fresh] = [randomUUID(), randomUUID(), randomUUID()];
    for (const id of [there, gone]) await create(user, id);
    await user.send('DELETE', `tasks/${gone}`);
    const clock = await clockOf(user);
    const creation = (id: string) => ({ op: 'create', task: { id, title: 'a' } });
    const missing = { op: 'delete', id: randomUUID() };
    const operations = [
      creation(fresh),
      creation(gone.toUpperCase()),
      { op: 'create', task: { title: 'a' } },
      missing,
      creation(there),
      creation(randomUUID()),
      creation(fresh),
      creation(there),
    ];
    const refused = await batch(user, ...operations);
    const [known, earlier] = [
      'is the id of a task that exists or was deleted',
      'is the id of an earlier operation of this batch',
    ];
    expect([refused.status, refused.json.type]).toEqual([422, '/problems/batch-not-applicable']);
    expect(refused.json.errors).toEqual(
      (
        [
          [1, known],
          [4, known],
          [6, earlier],
          [7, earlier],
        ] as const
      ).map(([index, msg]) => ({
        loc: ['body', 'operations', index, 'task', 'id'],
        msg,
        type: 'id_taken',
      })),
    );
    const first = await batch(user, missing, ...operations);
    expect(first.json.errors).toMatchObject([{ loc: ['body', 'operations', 0, 'id'], type: 'not_found' }]);
    expect(await clockOf(user)).toBe(clock);
    const all = await batch(user, ...Array.from({ length: 100 }, () => creation(there)));
    expect(all.json.errors).toHaveLength(100);
  });

  test('is given once, however many ask for it at the same time, and no task is written over', async () => {
    for (const isNew of [true, false]) {
      const user = await api.newUser();
      if (!isNew) await user.create({ title: 'before' });
      const id = randomUUID();
      const all = await Promise.all(
        Array.from({ length: 8 }, async (_, n) => {
          const title = `t${n}`;
          if (n % 2 === 0) return [title, (await create(user, id, title)).status] as const;
          return [title, (await batch(user, { op: 'create', task: { id, title } })).status] as const;
        }),
      );
      const won = all.filter(([, status]) => status < 300);
      expect([isNew, won.length, all.every(([, status]) => [201, 200, 409, 422].includes(status))]).toEqual([
        isNew,
        1,
        true,
      ]);
      expect((await user.send('GET', `tasks/${id}`)).json).toMatchObject({ title: won[0]?.[0], version: 1 });
    }
  });

  test('is never that of a task that was deleted at the same moment', async () => {
    const user = await api.newUser();
    for (let round = 0; round < 15; round++) {
      const id = randomUUID();
      await create(user, id);
      const [deleted, created] = await Promise.all([user.send('DELETE', `tasks/${id}`), create(user, id)]);
      expect([deleted.status, created.status]).toEqual([204, 409]);
      expect((await user.send('GET', `tasks/${id}`)).status).toBe(404);
    }
  });

  test('is what a replica sends and goes by', async () => {
    const user = await api.newUser();
    const replica = createReplica(fetchRequest(api.url, () => user.token));
    const id = randomUUID();
    expect(replica.create({ id: id.toUpperCase(), title: 'a' })).toBe(id);
    expect(() => replica.create({ id, title: 'b' })).toThrow(RangeError);
    replica.update(id, { due: '2026-03-01' });
    expect(await replica.push()).toEqual([]);
    expect(replica.idOf(id)).toBe(id);
    await replica.pull();
    expect([...replica.tasks().keys()]).toEqual([id]);
    expect(replica.tasks().get(id)).toMatchObject({ title: 'a', due: '2026-03-01', version: 1 });
    expect(() => replica.create({ id, title: 'b' })).toThrow(RangeError);
  });

  test('makes a creation whose outcome was lost safe to repeat, in a replica too', async () => {
    const user = await api.newUser();
    const id = randomUUID();
    const first = createReplica(fetchRequest(api.url, () => user.token));
    first.create({ id, title: 'a' });
    const saved = JSON.parse(JSON.stringify(first.state()));
    await first.push();
    // The state from before, taken up when the key is forgotten.
    saved.edits[id].sent = 1;
    const second = createReplica(
      fetchRequest(api.url, () => user.token),
      saved,
      { save: () => {} },
    );
    expect(second.conflicts()).toHaveLength(1);
    second.resolve(id, 'mine');
    expect(await second.push()).toEqual([{ id, status: 409 }]);
    await second.pull();
    expect([second.refusals(), second.conflicts(), [...second.tasks().keys()]]).toEqual([[], [], [id]]);
    expect(await items(user)).toHaveLength(1);
  });

  test.each([
    '',
    'x',
    '00000000-0000-0000-0000-000000000000',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    '3f0c2c9e8a554d0e9a3c52f8a2f0a1b7',
    'urn:uuid:3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7',
    null,
    1,
  ])('%j is not one, and an id cannot be changed', async (id) => {
    const user = await api.newUser();
    const refused = await user.send('POST', 'tasks', { json: { id, title: 'x' } });
    expect([refused.status, refused.json.errors[0].loc]).toEqual([422, ['body', 'id']]);
    const task = await user.create({ title: 'x' });
    const json = { id: task.id };
    expect((await user.send('PATCH', `tasks/${task.id}`, { json })).status).toBe(422);
    expect(await items(user)).toEqual([task]);
  });
});
