// The manual order: one of all tasks of a user, in which `place` moves them, by each way in.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  anyKeyBetween,
  creationKey,
  keyPattern,
  longKeyLength,
  maxKeyLength,
} from '../../src/tasks/position.ts';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';
import { randomOf } from '../support/random-keys.ts';

type Place = Readonly<Record<string, unknown>>;

const position = new RegExp(keyPattern);

describe('places', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const batch = (user: User, ...operations: object[]) =>
    user.send('POST', 'task-batches', { json: { operations } });
  const order = async (user: User, { limit = 100, sort = 'position' } = {}): Promise<string[]> => {
    const titles: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { json } = await user.send(
        'GET',
        `tasks?sort=${sort}&limit=${limit}${cursor && `&cursor=${cursor}`}`,
      );
      titles.push(...json.items.map(({ title }: Task) => title));
      cursor = json.next_cursor;
    }
    return titles;
  };
  const fill = async (user: User, count: number): Promise<Task[]> => {
    const operations = Array.from({ length: count }, (_, n) => ({ op: 'create', task: { title: `t${n}` } }));
    return (await batch(user, ...operations)).json.results.map(({ task }: { task: Task }) => task);
  };
  const read = async (user: User, { id }: Pick<Task, 'id'>): Promise<Task> =>
    (await user.send('GET', `tasks/${id}`)).json;
  const clockOf = async (user: User) =>
    queryPostgres(api.postgres.url, 'SELECT seq FROM owner_clock WHERE owner_id = $1', [user.id]);
  /** Gives tasks positions past the service. */
  const plant = async (user: User, positions: readonly (readonly [Pick<Task, 'id'>, string])[]) => {
    await queryPostgres(
      api.postgres.url,
      `UPDATE tasks SET position = planted.position
      FROM unnest($2::uuid[], $3::text[]) AS planted (id, position)
      WHERE owner_id = $1 AND tasks.id = planted.id`,
      [user.id, positions.map(([{ id }]) => id), positions.map(([, key]) => key)],
    );
  };

  const sent = async (sending: ReturnType<User['send']>) => {
    const { status, json } = await sending;
    if (status < 300) return json.results?.[0].task ?? json;
    const [{ loc, type, msg }] = json.errors ?? [{ loc: [] }];
    return { status, loc: loc.slice(loc[1] === 'operations' ? 4 : 1), type, msg };
  };
  const ways: [string, (user: User, task: Task, place: Place) => Promise<Task & { status?: number }>][] = [
    ['update', (user, { id }, place) => sent(user.send('PATCH', `tasks/${id}`, { json: { place } }))],
    [
      'update with a key',
      (user, { id }, place) =>
        sent(
          user.send('PATCH', `tasks/${id}`, {
            json: { place },
            headers: { 'Idempotency-Key': randomUUID() },
          }),
        ),
    ],
    [
      'replace',
      (user, { id, title }, place) =>
        sent(
          user.send('PUT', `tasks/${id}`, { json: { title, description: null, completed: false, place } }),
        ),
    ],
    [
      'update in a batch',
      (user, { id }, place) => sent(batch(user, { op: 'update', id, changes: { place } })),
    ],
  ];
  const creations: [string, (user: User, title: string, place?: Place) => Promise<Task>][] = [
    ['create', (user, title, place) => sent(user.send('POST', 'tasks', { json: { title, place } }))],
    [
      'create with a key',
      (user, title, place) =>
        sent(
          user.send('POST', 'tasks', {
            json: { title, place },
            headers: { 'Idempotency-Key': randomUUID() },
          }),
        ),
    ],
    [
      'create in a batch',
      (user, title, place) => sent(batch(user, { op: 'create', task: { title, place } })),
    ],
  ];

  test.each(creations)('%s: a new task comes last, or where it is placed', async (_way, create) => {
    const user = await api.newUser();
    const a = await create(user, 'a', { first: true });
    const b = await create(user, 'b');
    await create(user, 'c', { last: true });
    await create(user, 'd', { first: true });
    await create(user, 'e', { before: b.id.toUpperCase() });
    await create(user, 'f', { after: a.id });
    await create(user, 'g', { after: b.id });
    const last = await create(user, 'h');
    await create(user, 'i', { after: last.id });
    await create(user, 'j');
    expect(await order(user)).toEqual([...'dafebgchij']);
    expect(await order(user, { sort: '-position', limit: 3 })).toEqual([...'dafebgchij'].reverse());
    for (const { position: key, version } of (await user.send('GET', 'tasks?limit=100')).json.items) {
      expect([position.test(key), version]).toEqual([true, 1]);
    }
  });

  test.each(ways)('%s: moves a task, and no other', async (_way, move) => {
    const user = await api.newUser();
    const tasks = await fill(user, 6);
    const [a, b, c, d, , f] = tasks as [Task, Task, Task, Task, Task, Task];
    const before = new Map(tasks.map((task) => [task.id, task]));
    let expected = ['t0', 't1', 't2', 't3', 't4', 't5'];
    for (const [task, place, names] of [
      [c, { first: true }, [2, 0, 1, 3, 4, 5]],
      [c, { last: true }, [0, 1, 3, 4, 5, 2]],
      [f, { before: b.id }, [0, 5, 1, 3, 4, 2]],
      [a, { after: d.id }, [5, 1, 3, 0, 4, 2]],
      [a, { after: c.id.toUpperCase() }, [5, 1, 3, 4, 2, 0]],
      [d, { before: f.id }, [3, 5, 1, 4, 2, 0]],
    ] as const) {
      const moved = await move(user, task, place);
      expect(moved).toEqual({
        ...before.get(task.id),
        position: expect.stringMatching(position),
        version: (before.get(task.id)?.version ?? 0) + 1,
        updated_at: expect.any(String),
      });
      before.set(task.id, moved);
      expected = names.map((name) => `t${name}`);
      expect([place, await order(user)]).toEqual([place, expected]);
    }
    for (const task of before.values()) expect(await read(user, task)).toEqual(task);
    await user.create({ title: 'new' });
    expect(await order(user)).toEqual([...expected, 'new']);
  });

  test.each(ways)('%s: a task that is at its place keeps its position', async (_way, move) => {
    const user = await api.newUser();
    const [only] = await fill(user, 1);
    if (only === undefined) throw new Error('no task');
    for (const place of [{ first: true }, { last: true }]) {
      expect(await move(user, only, place)).toMatchObject({ position: only.position });
    }
    const rest = await fill(user, 4);
    const tasks = [only, ...rest];
    const near = (index: number) => [
      ...(tasks[index - 1] ? [{ after: tasks[index - 1]?.id }] : [{ first: true }]),
      ...(tasks[index + 1] ? [{ before: tasks[index + 1]?.id }] : [{ last: true }]),
    ];
    for (const [index, task] of tasks.entries()) {
      for (const place of near(index)) {
        const { version } = await read(user, task);
        expect(await move(user, task, place)).toMatchObject({
          position: task.position,
          version: version + 1,
        });
      }
    }
    // A move that is sent again changes nothing more.
    const [a, , c, d] = tasks as [Task, Task, Task, Task];
    for (const [task, place] of [
      [a, { after: c.id }],
      [d, { first: true }],
      [c, { before: a.id }],
      [a, { last: true }],
    ] as const) {
      const { position: key } = await move(user, task, place);
      for (let n = 0; n < 3; n++) expect((await move(user, task, place)).position).toBe(key);
    }
  });

  test.each(ways)('%s: refuses itself, what is missing and what is another user’s', async (_way, move) => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const [task] = await fill(user, 2);
    const [foreign] = await fill(other, 1);
    if (task === undefined || foreign === undefined) throw new Error('no task');
    const clock = await clockOf(user);
    for (const name of ['before', 'after']) {
      for (const id of [foreign.id, randomUUID()]) {
        expect(await move(user, task, { [name]: id })).toEqual({
          status: 422,
          loc: ['place', name],
          type: 'not_found',
          msg: 'names no task of yours',
        });
      }
      expect(await move(user, task, { [name]: task.id })).toMatchObject({
        status: 422,
        loc: ['place', name],
        type: 'place',
      });
    }
    for (const place of [
      {},
      { first: false },
      { first: true, last: true },
      { before: task.id, after: task.id },
      { middle: true },
      { before: 'x' },
      { after: null },
      null,
      [],
    ]) {
      expect([place, (await move(user, task, place as Place)).status]).toEqual([place, 422]);
    }
    expect(await clockOf(user)).toEqual(clock);
    expect(await read(user, task)).toEqual(task);
  });

  test('a batch places before and after what it has created, moved or deleted', async () => {
    const user = await api.newUser();
    const [a, b, c] = (await fill(user, 3)) as [Task, Task, Task];
    const [x, y] = [randomUUID(), randomUUID()];
    const applied = await batch(
      user,
      { op: 'create', task: { id: x, title: 'x' } },
      { op: 'update', id: a.id, changes: { place: { after: x } } },
      { op: 'create', task: { id: y, title: 'y', place: { before: a.id } } },
      { op: 'update', id: b.id, changes: { place: { first: true } } },
      { op: 'update', id: c.id, changes: { place: { before: b.id } } },
      { op: 'create', task: { title: 'z', place: { after: c.id } } },
      { op: 'create', task: { title: 'end' } },
      { op: 'update', id: x, changes: { place: { last: true } } },
      { op: 'create', task: { title: 'later', place: { before: x } } },
    );
    expect(applied.status).toBe(200);
    expect(await order(user)).toEqual(['t2', 'z', 't1', 'y', 't0', 'end', 'later', 'x']);
    for (const { task } of applied.json.results.slice(1, 6)) {
      expect((await read(user, task)).position).toBe(task.position);
    }
    const refused = await batch(
      user,
      { op: 'update', id: b.id, changes: { place: { last: true } } },
      { op: 'delete', id: a.id },
      { op: 'create', task: { title: 'never', place: { after: a.id } } },
    );
    expect(refused.json.errors).toEqual([
      {
        loc: ['body', 'operations', 2, 'task', 'place', 'after'],
        msg: 'names no task of yours',
        type: 'not_found',
      },
    ]);
    expect(await order(user)).toEqual(['t2', 'z', 't1', 'y', 't0', 'end', 'later', 'x']);
  });

  test('random moves, creations and deletions, by all ways, keep the order of a model', async () => {
    const user = await api.newUser();
    const random = randomOf(17);
    const model: Task[] = await fill(user, 5);
    const pick = () => model[random(model.length)] as Task;
    const put = (task: Task, place: Place) => {
      const there = model.indexOf(task);
      if (there >= 0) model.splice(there, 1);
      const anchor = model.findIndex(({ id }) => id === (place.before ?? place.after));
      const index = place.first ? 0 : place.last ? model.length : anchor + (place.after ? 1 : 0);
      model.splice(index, 0, task);
    };
    const placeFor = (task?: Task): Place => {
      const anchor = pick();
      const kind = random(6);
      if (kind === 0) return { first: true };
      if (kind === 1 || anchor === task) return { last: true };
      return kind % 2 === 0 ? { before: anchor.id } : { after: anchor.id };
    };
    let created = 0;
    for (let round = 0; round < 25; round++) {
      const single = ways[random(ways.length)]?.[1];
      const create = creations[random(creations.length)]?.[1];
      if (single === undefined || create === undefined) throw new Error('no way');
      const mover = pick();
      const place = placeFor(mover);
      await single(user, mover, place);
      put(mover, place);
      const where = placeFor();
      put(await create(user, `s${round}`, where), where);
      const operations = Array.from({ length: 12 }, () => {
        const kind = random(5);
        const task = pick();
        if (kind === 0 && model.length > 5) {
          model.splice(model.indexOf(task), 1);
          return { op: 'delete', id: task.id };
        }
        if (kind === 1) {
          created += 1;
          const made = { id: randomUUID(), title: `b${created}` } as Task;
          const at = placeFor();
          put(made, at);
          return { op: 'create', task: { ...made, place: at } };
        }
        const at = placeFor(task);
        put(task, at);
        return { op: 'update', id: task.id, changes: { place: at } };
      });
      expect((await batch(user, ...operations)).status).toBe(200);
      expect(await order(user)).toEqual(model.map(({ title }) => title));
    }
    const [row] = await queryPostgres<{ all: number; different: number; longest: number }>(
      api.postgres.url,
      `SELECT count(*)::int AS all, count(DISTINCT position)::int AS different, max(length(position)) AS longest
      FROM tasks WHERE owner_id = $1`,
      [user.id],
    );
    expect(row?.all).toBe(row?.different);
    expect(row?.longest).toBeLessThan(25);
  });

  test('equal positions, as the previous version writes them, do no harm', async () => {
    const user = await api.newUser();
    const tasks = await fill(user, 7);
    const same = tasks.slice(1, 4);
    const [p, q] = [creationKey(2n, 500), creationKey(9n, 0)];
    await plant(user, [
      ...same.map((task) => [task, p] as const),
      ...tasks.slice(5).map((task) => [task, q] as const),
    ]);
    const titles = async () => (await order(user, { limit: 2 })).join();
    const byId = same.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    const [first, middle, last] = byId as [Task, Task, Task];
    for (const [, move] of ways) {
      await plant(
        user,
        byId.map((task) => [task, p] as const),
      );
      // Each of them moves to where it is asked to go, beside the others.
      await move(user, last, { after: (tasks[0] as Task).id });
      expect((await order(user)).slice(0, 4)).toEqual(
        ['t0', last, first, middle].map((t) => (typeof t === 'string' ? t : t.title)),
      );
      await plant(
        user,
        byId.map((task) => [task, p] as const),
      );
      await move(user, first, { before: (tasks[4] as Task).id });
      expect((await order(user)).slice(1, 5)).toEqual(
        [middle, last, first, tasks[4] as Task].map(({ title }) => title),
      );
      await plant(
        user,
        byId.map((task) => [task, p] as const),
      );
      await move(user, tasks[0] as Task, { after: middle.id });
      expect((await titles()).indexOf('t0')).toBeGreaterThan((await titles()).indexOf(middle.title));
      await move(user, tasks[0] as Task, { before: middle.id });
      await move(user, tasks[5] as Task, { last: true });
      expect((await order(user)).at(-1)).toBe('t5');
      await plant(user, [[tasks[5] as Task, q]]);
    }
  });

  describe('where positions have become long', () => {
    // Keys with one more in between take more characters than are stored.
    const dense = (length: number, count: number): string[] => {
      const keys: string[] = [];
      let lower = `${creationKey(5n, 0)}${'0'.repeat(length - 18)}1`;
      for (let n = 0; n < count; n++) {
        keys.push(lower);
        lower = `${lower.slice(0, -1)}${String.fromCharCode(lower.charCodeAt(lower.length - 1) + 1)}`;
      }
      return keys;
    };

    test.each(ways)('%s: those around are renewed, in order, and the move is made', async (_way, move) => {
      const user = await api.newUser();
      const tasks = await fill(user, 8);
      const keys = dense(longKeyLength, 4);
      const crowd = tasks.slice(0, 4);
      await plant(
        user,
        crowd.map((task, n) => [task, keys[n] ?? ''] as const),
      );
      const names = await order(user);
      const [, one, other] = crowd as [Task, Task, Task, Task];
      const mover = tasks[7] as Task;
      const token = (await user.send('GET', 'task-changes?limit=500')).json.next_since;
      const moved = await move(user, mover, { after: one.id });
      expect(moved).toMatchObject({ id: mover.id, version: 2 });
      expect(moved.position.length).toBeLessThan(40);
      const expected = names.filter((name) => name !== mover.title);
      expected.splice(expected.indexOf(one.title) + 1, 0, mover.title);
      expect(await order(user)).toEqual(expected);
      const { items } = (await user.send('GET', `task-changes?since=${token}&limit=500`)).json;
      expect(items.map(({ task }: { task: Task }) => task.id).sort()).toEqual(
        [...crowd, mover].map(({ id }) => id).sort(),
      );
      expect(await read(user, other)).toMatchObject({ version: 2, title: other.title });
    });

    test('a precondition is that of the task before its own position was renewed', async () => {
      const user = await api.newUser();
      const tasks = await fill(user, 6);
      const keys = dense(longKeyLength, 4);
      const again = () =>
        plant(
          user,
          tasks.slice(0, 4).map((task, n) => [task, keys[n] ?? ''] as const),
        );
      const [a, b, c, d] = tasks as [Task, Task, Task, Task];
      await again();
      const moved = await user.send('PATCH', `tasks/${d.id}`, {
        json: { place: { after: a.id } },
        headers: { 'If-Match': '"1"' },
      });
      expect(moved.status).toBe(200);
      await again();
      const versions = await Promise.all([a, b, c, d].map(async (task) => (await read(user, task)).version));
      const applied = await batch(
        user,
        { op: 'update', id: c.id, if_version: versions[2], changes: { place: { after: a.id } } },
        { op: 'update', id: b.id, if_version: versions[1], changes: { title: 'b' } },
        { op: 'complete', id: d.id, if_version: versions[3] },
      );
      expect([applied.status, applied.json.errors]).toEqual([200, undefined]);
      await again();
      const stale = await batch(user, {
        op: 'update',
        id: c.id,
        if_version: 1,
        changes: { place: { after: b.id } },
      });
      expect(stale.json.errors).toMatchObject([{ type: 'version_mismatch' }]);
    });

    test('what is refused for another reason renews nothing', async () => {
      const user = await api.newUser();
      const tasks = await fill(user, 6);
      const keys = dense(longKeyLength, 4);
      await plant(
        user,
        tasks.slice(0, 4).map((task, n) => [task, keys[n] ?? ''] as const),
      );
      const clock = await clockOf(user);
      const [a] = tasks as [Task];
      const refused = await batch(
        user,
        { op: 'update', id: tasks[5]?.id, changes: { place: { after: a.id } } },
        { op: 'delete', id: randomUUID() },
      );
      expect(refused.status).toBe(422);
      expect(await clockOf(user)).toEqual(clock);
    });

    test.each(ways)('%s: a place without room is refused, and nothing changes', async (_way, move) => {
      const user = await api.newUser();
      const tasks = await fill(user, 6);
      const [low, mover] = tasks as [Task, Task];
      // More neighbours than are renewed at once, at the very limit of the length.
      await queryPostgres(
        api.postgres.url,
        `INSERT INTO tasks (owner_id, title, completed, position, created_at, updated_at, change_seq)
        SELECT $1, 'planted', false, $2 || lpad(n::text, 4, '0') || '1', now(), now(), 1
        FROM generate_series(1, 4000) AS n WHERE n <> 2000`,
        [user.id, `${creationKey(1n, 0)}${'0'.repeat(maxKeyLength - 22)}`],
      );
      const below = `${creationKey(1n, 0)}${'0'.repeat(maxKeyLength - 22)}19991`;
      await queryPostgres(api.postgres.url, 'DELETE FROM tasks WHERE owner_id = $1 AND position = $2', [
        user.id,
        below,
      ]);
      await plant(user, [[low, below]]);
      const next = `${below.slice(0, -1)}2`;
      const third = tasks[2] as Task;
      await plant(user, [[third, next]]);
      expect(anyKeyBetween(below, next).length).toBeGreaterThan(maxKeyLength);
      const clock = await clockOf(user);
      for (const place of [{ after: low.id }, { before: third.id }]) {
        expect(await move(user, mover, place)).toMatchObject({ status: 422, loc: ['place'], type: 'place' });
      }
      expect(await clockOf(user)).toEqual(clock);
      expect(await move(user, mover, { first: true })).toMatchObject({ version: 2 });
    });
  });
});
