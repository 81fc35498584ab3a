// Subtasks: one level, in the list of their parent, a hundred of a task; each rule by each way in.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

interface Refusal {
  readonly status: number;
  readonly loc: readonly (string | number)[];
  readonly type: string;
  readonly msg: string;
}

describe('subtasks', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const batch = (user: User, ...operations: object[]) =>
    user.send('POST', 'task-batches', { json: { operations } });
  const read = async (user: User, { id }: { readonly id: string }): Promise<Task> =>
    (await user.send('GET', `tasks/${id}`)).json;
  const remove = (user: User, { id }: Task, children?: string) =>
    user.send('DELETE', `tasks/${id}${children === undefined ? '' : `?children=${children}`}`);
  const list = async (user: User, name = 'list'): Promise<string> =>
    (await user.send('POST', 'lists', { json: { name } })).json.id;
  const since = async (user: User): Promise<string> =>
    (await user.send('GET', 'task-changes?limit=500')).json.next_since;
  const changedSince = async (user: User, token: string): Promise<string[]> =>
    (await user.send('GET', `task-changes?limit=500&since=${token}`)).json.items.map(
      ({ type, id, task }: { type: string; id?: string; task?: Task }) => `${type} ${id ?? task?.id}`,
    );
  const clockOf = async (user: User) =>
    queryPostgres(api.postgres.url, 'SELECT seq FROM owner_clock WHERE owner_id = $1', [user.id]);
  const parentWith = async (user: User, count: number, content: object = {}) => {
    const parent = await user.create({ title: 'parent', ...content });
    const children: Task[] = [];
    for (let n = 0; n < count; n++) {
      children.push(await user.create({ title: `child ${n}`, parent_id: parent.id }));
    }
    return { parent, children };
  };
  const fill = (user: User, parent: Task, count: number) =>
    queryPostgres(
      api.postgres.url,
      `INSERT INTO tasks (owner_id, title, completed, parent_id, created_at, updated_at, change_seq)
      SELECT $1, 'planted', false, $2, now(), now(), 1 FROM generate_series(1, $3)`,
      [user.id, parent.id, count],
    );

  test('a subtask has a new version with each change of its parent’s list in a batch', async () => {
    const user = await api.newUser();
    const lists = [await list(user), await list(user), await list(user)];
    const { parent, children } = await parentWith(user, 2);
    const moves = lists.map((one) => ({ op: 'update', id: parent.id, changes: { list_id: one } }));
    expect((await batch(user, ...moves)).status).toBe(200);
    for (const task of [parent, ...children]) {
      expect(await read(user, task)).toMatchObject({ list_id: lists[2], version: task.version + 3 });
    }
  });

  /** Each way in by which a new task, or the task of the name `task`, gets the content. */
  const creations: Record<string, (user: User, content: object) => Promise<Refusal | Task>> = {
    create: (user, content) => outcome(user.send('POST', 'tasks', { json: { title: 'x', ...content } })),
    'create with an id': (user, content) =>
      outcome(user.send('POST', 'tasks', { json: { id: randomUUID(), title: 'x', ...content } })),
    'create with a key': (user, content) =>
      outcome(
        user.send('POST', 'tasks', {
          json: { title: 'x', ...content },
          headers: { 'Idempotency-Key': randomUUID() },
        }),
      ),
    'create in a batch': (user, content) =>
      outcome(batch(user, { op: 'create', task: { title: 'x', ...content } })),
  };
  const changes: Record<string, (user: User, task: Task, content: object) => Promise<Refusal | Task>> = {
    update: (user, { id }, content) => outcome(user.send('PATCH', `tasks/${id}`, { json: content })),
    'update with a key': (user, { id }, content) =>
      outcome(
        user.send('PATCH', `tasks/${id}`, { json: content, headers: { 'Idempotency-Key': randomUUID() } }),
      ),
    'update with If-Match': (user, { id, version }, content) =>
      outcome(user.send('PATCH', `tasks/${id}`, { json: content, headers: { 'If-Match': `"${version}"` } })),
    replace: (user, { id, title, description, completed }, content) =>
      outcome(user.send('PUT', `tasks/${id}`, { json: { title, description, completed, ...content } })),
    'update in a batch': (user, { id }, content) =>
      outcome(batch(user, { op: 'update', id, changes: content })),
    'replace with a key': (user, { id, title, description, completed }, content) =>
      outcome(
        user.send('PUT', `tasks/${id}`, {
          json: { title, description, completed, ...content },
          headers: { 'Idempotency-Key': randomUUID() },
        }),
      ),
  };
  const outcome = async (sent: ReturnType<User['send']>): Promise<Refusal | Task> => {
    const { status, json } = await sent;
    if (status < 300) return json.results?.[0].task ?? json;
    const [{ loc, msg, type }] = json.errors ?? [{ loc: [] }];
    // The place in the content, whatever is around it.
    const at = loc.slice(loc[1] === 'operations' ? 4 : 1);
    return { status, loc: at, msg, type };
  };
  const names = Object.keys(changes);

  describe.each(Object.keys(creations))('%s', (way) => {
    const create = (user: User, content: object) => {
      const by = creations[way];
      if (by === undefined) throw new Error(way);
      return by(user, content);
    };

    test('makes a subtask in the list of its parent, given or not', async () => {
      const user = await api.newUser();
      const [one, other] = [await list(user, 'a'), await list(user, 'b')];
      const parent = await user.create({ title: 'parent', list_id: one });
      for (const content of [{}, { list_id: one }, { list_id: one.toUpperCase() }]) {
        const made = await create(user, { parent_id: parent.id.toUpperCase(), ...content });
        expect(made).toMatchObject({ parent_id: parent.id, list_id: one, version: 1 });
        expect(await read(user, made as Task)).toEqual(made);
      }
      const clock = await clockOf(user);
      expect(await create(user, { parent_id: parent.id, list_id: other })).toEqual({
        status: 422,
        loc: ['list_id'],
        type: 'parent',
        msg: 'is not the list of the parent: leave it out, or also send parent_id as null',
      });
      expect(await clockOf(user)).toEqual(clock);
      expect(await read(user, parent)).toEqual(parent);
    });

    test('refuses what is missing and what is another user’s with the same words', async () => {
      const [user, other] = [await api.newUser(), await api.newUser()];
      await user.create({ title: 'mine' });
      const [foreign, foreignList] = [await other.create({ title: 'theirs' }), await list(other)];
      const clock = await clockOf(user);
      for (const id of [foreign.id, randomUUID()]) {
        expect(await create(user, { parent_id: id })).toEqual({
          status: 422,
          loc: ['parent_id'],
          type: 'not_found',
          msg: 'names no task of yours',
        });
        for (const name of ['before', 'after']) {
          expect(await create(user, { place: { [name]: id } })).toEqual({
            status: 422,
            loc: ['place', name],
            type: 'not_found',
            msg: 'names no task of yours',
          });
        }
      }
      for (const id of [foreignList, randomUUID()]) {
        expect(await create(user, { list_id: id })).toEqual({
          status: 422,
          loc: ['list_id'],
          type: 'not_found',
          msg: 'names no list of yours',
        });
      }
      expect(await clockOf(user)).toEqual(clock);
    });

    test('refuses a subtask of a subtask, and the 101st', async () => {
      const user = await api.newUser();
      const { parent, children } = await parentWith(user, 1);
      expect(await create(user, { parent_id: children[0]?.id })).toMatchObject({
        status: 422,
        loc: ['parent_id'],
        type: 'parent',
      });
      await fill(user, parent, 98);
      expect(await create(user, { parent_id: parent.id })).toMatchObject({ parent_id: parent.id });
      expect(await create(user, { parent_id: parent.id })).toMatchObject({
        status: 422,
        loc: ['parent_id'],
        type: 'parent',
        msg: expect.stringContaining('100'),
      });
    });
  });

  describe.each(names)('%s', (way) => {
    const change = (user: User, task: Task, content: object) => {
      const by = changes[way];
      if (by === undefined) throw new Error(way);
      return by(user, task, content);
    };

    test('makes a task a subtask, another one’s, and none again', async () => {
      const user = await api.newUser();
      const [home, away] = [await list(user, 'a'), await list(user, 'b')];
      const one = await user.create({ title: 'one', list_id: home });
      const other = await user.create({ title: 'other', list_id: away });
      let task = await user.create({ title: 'task' });
      for (const [content, expected] of [
        [{ parent_id: one.id }, { parent_id: one.id, list_id: home }],
        [
          { parent_id: one.id, list_id: home },
          { parent_id: one.id, list_id: home },
        ],
        [{ parent_id: other.id.toUpperCase() }, { parent_id: other.id, list_id: away }],
        [{ parent_id: null }, { parent_id: null, list_id: away }],
        [{ parent_id: one.id }, { parent_id: one.id, list_id: home }],
        [
          { parent_id: null, list_id: away },
          { parent_id: null, list_id: away },
        ],
        [{ parent_id: one.id }, { parent_id: one.id, list_id: home }],
        [
          { parent_id: null, list_id: null },
          { parent_id: null, list_id: null },
        ],
      ] as const) {
        const changed = (await change(user, task, content)) as Task;
        expect(changed).toMatchObject({ ...expected, version: task.version + 1, position: task.position });
        expect(await read(user, task)).toEqual(changed);
        task = changed;
      }
    });

    test('refuses what cannot be, and changes nothing', async () => {
      const [user, stranger] = [await api.newUser(), await api.newUser()];
      const [home, away] = [await list(user, 'a'), await list(user, 'b')];
      const { parent, children } = await parentWith(user, 1, { list_id: home });
      const [child] = children;
      const full = await user.create({ title: 'full' });
      await fill(user, full, 100);
      const task = await user.create({ title: 'task' });
      const foreign = await stranger.create({ title: 'theirs' });
      const foreignList = await list(stranger);
      if (child === undefined) throw new Error('no child');
      const clock = await clockOf(user);
      const token = await since(user);
      const at = (name: string, type: string) => ({ status: 422, loc: [name], type });
      for (const [which, content, expected] of [
        [task, { parent_id: child.id }, at('parent_id', 'parent')],
        [task, { parent_id: task.id }, at('parent_id', 'parent')],
        [parent, { parent_id: task.id }, at('parent_id', 'parent')],
        [task, { parent_id: full.id }, at('parent_id', 'parent')],
        [task, { parent_id: foreign.id }, at('parent_id', 'not_found')],
        [task, { parent_id: randomUUID() }, at('parent_id', 'not_found')],
        [task, { list_id: foreignList }, at('list_id', 'not_found')],
        [task, { list_id: randomUUID() }, at('list_id', 'not_found')],
        [task, { parent_id: parent.id, list_id: away }, at('list_id', 'parent')],
        [task, { parent_id: parent.id, list_id: null }, at('list_id', 'parent')],
        [child, { list_id: away }, at('list_id', 'parent')],
        [child, { list_id: null }, at('list_id', 'parent')],
        [child, { parent_id: parent.id, list_id: away }, at('list_id', 'parent')],
      ] as const) {
        expect([content, await change(user, which, content)]).toEqual([
          content,
          { ...expected, msg: expect.any(String) },
        ]);
      }
      expect([await clockOf(user), await changedSince(user, token)]).toEqual([clock, []]);
      for (const each of [task, parent, child]) expect(await read(user, each)).toEqual(each);
      // One that is there already is not one more.
      const [planted] = await queryPostgres<{ id: string }>(
        api.postgres.url,
        'SELECT id FROM tasks WHERE owner_id = $1 AND parent_id = $2 LIMIT 1',
        [user.id, full.id],
      );
      const there = await read(user, { id: String(planted?.id) });
      expect(await change(user, there, { parent_id: full.id })).toMatchObject({ version: there.version + 1 });
    });

    test('moves the subtasks to another list in the same change, each a new version', async () => {
      const user = await api.newUser();
      const [home, away] = [await list(user, 'a'), await list(user, 'b')];
      const { parent, children } = await parentWith(user, 3, { list_id: home });
      const alone = await user.create({ title: 'alone', list_id: home });
      for (const to of [away, null]) {
        const present = await read(user, parent);
        const token = await since(user);
        expect(await change(user, present, { list_id: to })).toMatchObject({ list_id: to });
        expect((await changedSince(user, token)).sort()).toEqual(
          [parent, ...children].map(({ id }) => `task ${id}`).sort(),
        );
        const seqs = await queryPostgres<{ n: number }>(
          api.postgres.url,
          `SELECT count(DISTINCT (change_seq, updated_at))::int AS n FROM tasks
          WHERE owner_id = $1 AND ($2 = id OR $2 = parent_id)`,
          [user.id, parent.id],
        );
        expect(seqs).toEqual([{ n: 1 }]);
        for (const [index, child] of children.entries()) {
          const moved = await read(user, child);
          expect(moved).toEqual({
            ...child,
            list_id: to,
            version: child.version + 1,
            updated_at: (await read(user, parent)).updated_at,
          });
          children[index] = moved;
        }
      }
      const token = await since(user);
      // The list in which it is already: no subtask changes.
      await change(user, await read(user, parent), { list_id: null });
      expect(await changedSince(user, token)).toEqual([`task ${parent.id}`]);
      expect(await read(user, alone)).toEqual(alone);
    });
  });

  describe('of a task that is deleted', () => {
    const ways: [string, (user: User, task: Task, children?: string) => ReturnType<User['send']>][] = [
      ['deleteTask', remove],
      [
        'deleteTask with a key',
        (user, { id }, children) =>
          user.send('DELETE', `tasks/${id}${children === undefined ? '' : `?children=${children}`}`, {
            headers: { 'Idempotency-Key': randomUUID() },
          }),
      ],
      [
        'a batch',
        (user, { id }, children) => batch(user, { op: 'delete', id, ...(children && { children }) }),
      ],
    ];

    test.each(ways)('by %s: without children it is refused', async (_way, by) => {
      const user = await api.newUser();
      const { parent, children } = await parentWith(user, 2);
      const clock = await clockOf(user);
      const refused = await by(user, parent);
      expect([refused.status, refused.json.type]).toEqual(
        _way === 'a batch' ? [422, '/problems/batch-not-applicable'] : [409, '/problems/not-empty'],
      );
      if (_way === 'a batch') expect(refused.json.errors).toMatchObject([{ type: 'not_empty' }]);
      expect(await clockOf(user)).toEqual(clock);
      for (const task of [parent, ...children]) expect(await read(user, task)).toEqual(task);
      // One without subtasks is deleted, whatever is said of them.
      for (const [index, child] of children.entries()) {
        expect((await by(user, child, [undefined, 'delete'][index])).status).toBeLessThan(300);
      }
      expect((await by(user, parent)).status).toBeLessThan(300);
    });

    test.each(ways)('by %s: they go with it', async (_way, by) => {
      const user = await api.newUser();
      const { parent, children } = await parentWith(user, 3);
      const other = await parentWith(user, 1);
      const token = await since(user);
      expect((await by(user, parent, 'delete')).status).toBeLessThan(300);
      expect((await changedSince(user, token)).sort()).toEqual(
        [parent, ...children].map(({ id }) => `deleted ${id}`).sort(),
      );
      for (const { id } of [parent, ...children]) {
        expect((await user.send('GET', `tasks/${id}`)).status).toBe(404);
        // A tombstone keeps the id.
        expect((await user.send('POST', 'tasks', { json: { id, title: 'x' } })).status).toBe(409);
      }
      for (const task of [other.parent, ...other.children]) expect(await read(user, task)).toEqual(task);
    });

    test.each(ways)('by %s: they stay as tasks of their own', async (_way, by) => {
      const user = await api.newUser();
      const home = await list(user);
      const { parent, children } = await parentWith(user, 3, { list_id: home });
      const token = await since(user);
      expect((await by(user, parent, 'detach')).status).toBeLessThan(300);
      expect((await changedSince(user, token)).sort()).toEqual(
        [`deleted ${parent.id}`, ...children.map(({ id }) => `task ${id}`)].sort(),
      );
      for (const child of children) {
        expect(await read(user, child)).toMatchObject({
          parent_id: null,
          list_id: home,
          position: child.position,
          version: child.version + 1,
        });
      }
    });

    test('a precondition, and a task that is missing, come first', async () => {
      const user = await api.newUser();
      const { parent } = await parentWith(user, 1);
      for (const query of ['', '?children=delete', '?children=detach']) {
        const stale = await user.send('DELETE', `tasks/${parent.id}${query}`, {
          headers: { 'If-Match': '"7"' },
        });
        expect([stale.status, stale.headers.get('etag')]).toEqual([412, '"1"']);
        expect((await user.send('DELETE', `tasks/${randomUUID()}${query}`)).status).toBe(404);
      }
      for (const query of ['?children=', '?children=keep', '?children=delete&children=delete']) {
        expect((await user.send('DELETE', `tasks/${parent.id}${query}`)).status).toBe(422);
      }
      const met = await user.send('DELETE', `tasks/${parent.id}?children=delete`, {
        headers: { 'If-Match': '"1"' },
      });
      expect(met.status).toBe(204);
    });
  });

  test('are not completed with their parent, nor the other way around', async () => {
    const user = await api.newUser();
    const { parent, children } = await parentWith(user, 2);
    await user.send('PATCH', `tasks/${parent.id}/complete`);
    for (const child of children) expect(await read(user, child)).toEqual(child);
    await user.send('PATCH', `tasks/${parent.id}`, { json: { completed: false } });
    for (const { id } of children) await user.send('PATCH', `tasks/${id}/complete`);
    expect(await read(user, parent)).toMatchObject({ completed: false, version: 3 });
  });

  test('see what earlier operations of the same batch did', async () => {
    const user = await api.newUser();
    const [home, away] = [await list(user, 'a'), await list(user, 'b')];
    const { parent, children } = await parentWith(user, 2, { list_id: home });
    const [first, second] = children;
    const [root, child] = [randomUUID(), randomUUID()];
    const applied = await batch(
      user,
      { op: 'create', task: { id: root, title: 'root', list_id: away } },
      { op: 'create', task: { id: child, title: 'child', parent_id: root } },
      { op: 'update', id: first?.id, changes: { parent_id: root } },
      { op: 'update', id: root, changes: { list_id: home } },
      { op: 'update', id: parent.id, changes: { list_id: away } },
      { op: 'update', id: first?.id, changes: { title: 'last' }, if_version: 3 },
    );
    expect([applied.status, applied.text.slice(0, 0)]).toEqual([200, '']);
    const [, made, joined, , , last] = applied.json.results;
    expect(made.task).toMatchObject({ parent_id: root, list_id: away, version: 1 });
    expect(joined.task).toMatchObject({ parent_id: root, list_id: away, version: 2 });
    expect(last.task).toMatchObject({ parent_id: root, list_id: home, version: 4, title: 'last' });
    expect(await read(user, { id: child })).toMatchObject({ list_id: home, version: 2 });
    expect(await read(user, { id: String(second?.id) })).toMatchObject({ list_id: away, version: 2 });

    const faultOf = async (...operations: object[]) => (await batch(user, ...operations)).json.errors;
    expect(
      await faultOf({ op: 'delete', id: root, children: 'delete' }, { op: 'delete', id: child }),
    ).toMatchObject([{ loc: ['body', 'operations', 1, 'id'], type: 'not_found' }]);
    expect(
      await faultOf(
        { op: 'create', task: { title: 'x', parent_id: root } },
        { op: 'update', id: root, changes: { parent_id: parent.id } },
      ),
    ).toMatchObject([{ loc: ['body', 'operations', 1, 'changes', 'parent_id'], type: 'parent' }]);
    const emptied = await batch(
      user,
      { op: 'delete', id: child },
      { op: 'update', id: first?.id, changes: { parent_id: null } },
      { op: 'update', id: root, changes: { parent_id: parent.id } },
      { op: 'delete', id: parent.id, children: 'detach' },
      { op: 'delete', id: root },
    );
    expect(emptied.status).toBe(200);
    expect(await read(user, { id: String(second?.id) })).toMatchObject({ parent_id: null });
  });

  test('of a batch that would be the 101st end it, where others leave there is room', async () => {
    const user = await api.newUser();
    const { parent, children } = await parentWith(user, 1);
    await fill(user, parent, 98);
    const create = { op: 'create', task: { title: 'x', parent_id: parent.id } };
    expect((await batch(user, create, create)).json.errors).toMatchObject([
      { loc: ['body', 'operations', 1, 'task', 'parent_id'], type: 'parent' },
    ]);
    const leave = { op: 'update', id: children[0]?.id, changes: { parent_id: null } };
    expect((await batch(user, create, leave, create)).status).toBe(200);
    expect((await batch(user, create)).status).toBe(422);
  });
});

describe('subtasks of completed tasks', () => {
  let api: Api;
  // Two rows at a time, and one such piece to a request.
  beforeAll(async () => {
    api = await startApi({ app: { pieces: { rows: 2, clearing: 0, erasing: 0 } } });
  });
  afterAll(() => api.close());

  test('a completed task stays while it has an open subtask, and goes with its completed ones', async () => {
    const user = await api.newUser();
    const create = (title: string, completed: boolean, parent_id: string | null = null) =>
      user.create({ title, completed, parent_id });
    const kept: Task[] = [];
    const gone: Task[] = [];
    // So many that stay come first that pieces of nothing else are passed over.
    for (let n = 0; n < 5; n++) {
      const parent = await create(`kept ${n}`, true);
      kept.push(parent, await create(`open ${n}`, false, parent.id));
      gone.push(await create(`done ${n}`, true, parent.id));
    }
    for (let n = 0; n < 3; n++) {
      const parent = await create(`gone ${n}`, true);
      gone.push(parent, await create(`done with ${n}`, true, parent.id));
    }
    const open = await create('open', false);
    gone.push(await create('done of an open one', true, open.id));
    kept.push(open);
    const deleted: number[] = [];
    for (let hasMore = true; hasMore && deleted.length < 50; ) {
      const { json } = await user.send('DELETE', 'tasks?completed=true');
      deleted.push(json.deleted);
      hasMore = json.has_more;
      for (const { parent_id: parent } of (await user.send('GET', 'tasks?limit=100')).json.items) {
        if (parent !== null) expect((await user.send('GET', `tasks/${parent}`)).status).toBe(200);
      }
    }
    expect(deleted.reduce((sum, count) => sum + count)).toBe(gone.length);
    // Only the last one may have had nothing left to delete.
    expect(deleted.slice(0, -1)).not.toContain(0);
    expect(deleted.length).toBeGreaterThan(2);
    const { items } = (await user.send('GET', 'tasks?limit=100&sort=created_at')).json;
    expect(items).toEqual(kept);
    expect((await user.send('DELETE', 'tasks?completed=true')).json).toEqual({ deleted: 0, has_more: false });
  });

  test('those that stay are passed over where they have the same time', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'first' });
    await queryPostgres(
      api.postgres.url,
      `WITH parents AS (
        INSERT INTO tasks (owner_id, title, completed, completed_at, created_at, updated_at, change_seq)
        SELECT $1, 'kept', true, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 1
        FROM generate_series(1, 7)
        RETURNING id
      )
      INSERT INTO tasks (owner_id, title, completed, parent_id, created_at, updated_at, change_seq)
      SELECT $1, 'open', false, id, now(), now(), 1 FROM parents`,
      [user.id],
    );
    await user.send('PATCH', `tasks/${id}/complete`);
    expect((await user.send('DELETE', 'tasks?completed=true')).json).toMatchObject({ deleted: 1 });
    expect((await user.send('DELETE', 'tasks?completed=true')).json).toEqual({ deleted: 0, has_more: false });
  });
});
