// The replica's lists, subtasks, manual order and recurring tasks, against the real service over HTTP.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task } from '../../src/client/edit.ts';
import type { ReplicaState } from '../../src/client/local-copy.ts';
import { fetchRequest, type SyncRequest } from '../../src/client/request.ts';
import { createReplica, type Replica } from '../../src/client/sync.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import { exported } from '../support/exported.ts';

describe('a replica with lists', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const requestOf = (user: User): SyncRequest => fetchRequest(api.url, () => user.token);
  const replicaOf = async (user: User, request = requestOf(user)): Promise<Replica> => {
    const replica = createReplica(request);
    await replica.pull();
    return replica;
  };
  const shownBy = (replica: Replica) => ({ tasks: replica.tasks(), lists: replica.lists() });
  const inOrder = (all: ReadonlyMap<string, { position: string; title?: string; name?: string }>) =>
    [...all.values()]
      .sort((a, b) => (a.position < b.position ? -1 : 1))
      .map(({ title, name }) => title ?? name)
      .join(' ');
  const clean = (replica: Replica) => [replica.conflicts(), replica.refusals()];
  const idOf = (all: ReadonlyMap<string, { title: string }>, title: string): string =>
    [...all].find(([, task]) => task.title === title)?.[0] ?? '';

  test('notes lists, tasks in them and subtasks, and sends each after what it names', async () => {
    const user = await api.newUser();
    const earlier = await user.create({ title: 'earlier' });
    const replica = await replicaOf(user);
    replica.update(earlier.id, { description: 'moved' });
    const subtask = replica.create({ title: 'subtask' });
    const list = replica.createList({ name: 'Groceries', metadata: { a: '1' } });
    const parent = replica.create({ title: 'parent', list_id: list });
    // These edits have begun before what they name now.
    replica.update(earlier.id, { list_id: list });
    replica.update(subtask, { parent_id: parent });
    replica.updateList(list, { name: 'Shopping', metadata: { a: null, b: '2' } });
    expect(replica.lists().get(list)).toMatchObject({ name: 'Shopping', metadata: { b: '2' } });
    expect(replica.tasks().get(subtask)).toMatchObject({ parent_id: parent, list_id: list });
    const saved: ReplicaState = JSON.parse(JSON.stringify(replica.state()));
    const again = createReplica(requestOf(user), saved, { save: () => {} });
    expect(shownBy(again)).toEqual(shownBy(replica));
    expect(await again.push()).toEqual([]);
    expect(shownBy(again)).toEqual(await exported(user));
    const { tasks, lists } = await exported(user);
    expect([...lists.values()]).toMatchObject([{ id: list, name: 'Shopping', metadata: { b: '2' } }]);
    expect(tasks.get(earlier.id)).toMatchObject({ list_id: list, description: 'moved' });
    expect(tasks.get(again.idOf(subtask))).toMatchObject({ list_id: list, parent_id: again.idOf(parent) });
    await again.pull();
    expect(shownBy(again)).toEqual(await exported(user));
    expect(again.state()).toMatchObject({ edits: {}, lists: { edits: {}, confirmed: {} } });
  });

  test('follows the lists of others, and has conflicts over them', async () => {
    const user = await api.newUser();
    const [first, second] = [await replicaOf(user), await replicaOf(user)];
    const [kept, gone] = [first.createList({ name: 'kept' }), first.createList({ name: 'gone' })];
    await first.push();
    await second.pull();
    expect(second.lists()).toEqual(first.lists());
    first.updateList(kept, { name: 'by first' });
    first.deleteList(gone);
    await first.push();
    second.updateList(kept, { name: 'by second' });
    second.updateList(gone, { metadata: { a: '1' } });
    await second.push();
    expect(second.conflicts()).toMatchObject([
      { type: 'list', id: kept, theirs: { name: 'by first' } },
      { type: 'list', id: gone, theirs: null },
    ]);
    second.resolve(kept, 'mine');
    second.resolve(gone, 'theirs');
    expect(await second.push()).toEqual([]);
    await first.pull();
    expect([...first.lists().values()].map(({ name }) => name)).toEqual(['by second']);
    expect(first.lists()).toEqual((await exported(user)).lists);
    expect(() => first.createList({ id: kept, name: 'x' })).toThrow(RangeError);
    expect(() => first.updateList(gone, { name: 'x' })).toThrow(RangeError);
  });

  test('shows an order before the server has it, and then the order of the server', async () => {
    const user = await api.newUser();
    for (const title of ['a', 'b', 'c', 'd']) await user.create({ title });
    const replica = await replicaOf(user);
    const id = (title: string) => idOf(replica.tasks(), title);
    replica.update(id('d'), { place: { first: true } });
    replica.create({ title: 'e' });
    replica.update(id('a'), { place: { after: id('c') } });
    replica.create({ title: 'f', place: { before: id('e') } });
    // Moved twice, it is where it was moved last, after the others.
    replica.update(id('d'), { place: { after: id('a') } });
    expect(inOrder(replica.tasks())).toBe('b c a d f e');
    expect(await replica.push()).toEqual([]);
    const { tasks } = await exported(user);
    expect(inOrder(tasks)).toBe('b c a d f e');
    await replica.pull();
    expect(replica.tasks()).toEqual(tasks);
    const [one, two] = [replica.createList({ name: 'one' }), replica.createList({ name: 'two' })];
    replica.updateList(two, { place: { before: one } });
    expect(inOrder(replica.lists())).toBe('two one');
    expect(await replica.push()).toEqual([]);
    expect(inOrder((await exported(user)).lists)).toBe('two one');
  });

  test('forgets a place next to a task that is gone, and sends the rest', async () => {
    const user = await api.newUser();
    const [moved, anchor] = [await user.create({ title: 'moved' }), await user.create({ title: 'anchor' })];
    const replica = await replicaOf(user);
    replica.update(moved.id, { place: { after: anchor.id }, description: 'kept' });
    await user.send('DELETE', `tasks/${anchor.id}`);
    await replica.pull();
    expect(await replica.push()).toEqual([]);
    expect(replica.tasks()).toEqual((await exported(user)).tasks);
    expect(replica.tasks().get(moved.id)).toMatchObject({ description: 'kept', version: 2 });
  });

  test('takes a move by others for no conflict with an edit of the content', async () => {
    const user = await api.newUser();
    const [parent, child] = [await user.create({ title: 'parent' }), await user.create({ title: 'child' })];
    await user.send('PATCH', `tasks/${child.id}`, { json: { parent_id: parent.id } });
    const [first, second] = [await replicaOf(user), await replicaOf(user)];
    const list = first.createList({ name: 'list' });
    first.update(parent.id, { list_id: list, place: { last: true } });
    await first.push();
    second.update(child.id, { title: 'renamed' });
    await second.push();
    expect(clean(second)).toEqual([[], []]);
    await second.push();
    const { tasks } = await exported(user);
    expect(tasks.get(child.id)).toMatchObject({ title: 'renamed', list_id: list });
    expect(second.tasks()).toEqual(tasks);
  });

  test.each(['delete', 'detach'] as const)(
    'deletes tasks and lists with what they have: %s',
    async (choice) => {
      const user = await api.newUser();
      const replica = await replicaOf(user);
      const list = replica.createList({ name: 'list' });
      const parent = replica.create({ title: 'parent' });
      replica.create({ title: 'child', parent_id: parent });
      replica.create({ title: 'in the list', list_id: list });
      await replica.push();
      expect(() => replica.delete(parent)).toThrow(RangeError);
      expect(() => replica.deleteList(list)).toThrow(RangeError);
      const edited = idOf(replica.tasks(), 'in the list');
      replica.update(edited, { description: 'edited' });
      replica.delete(parent, { children: choice });
      replica.deleteList(list, { tasks: choice });
      const expected = choice === 'delete' ? '' : 'child in the list';
      expect(inOrder(replica.tasks())).toBe(expected);
      for (const task of replica.tasks().values())
        expect(task).toMatchObject({ parent_id: null, list_id: null });
      expect(replica.lists().size).toBe(0);
      expect(await replica.push()).toEqual([]);
      const server = await exported(user);
      expect(inOrder(server.tasks)).toBe(expected);
      expect(shownBy(replica)).toEqual(server);
      if (choice === 'detach') expect(server.tasks.get(edited)).toMatchObject({ description: 'edited' });
    },
  );

  test('rewrites a deletion that the server has refused because there are subtasks', async () => {
    const user = await api.newUser();
    const parent = await user.create({ title: 'parent' });
    const replica = await replicaOf(user);
    replica.delete(parent.id);
    const other = await replicaOf(user);
    other.create({ title: 'child', parent_id: parent.id });
    await other.push();
    expect(await replica.push()).toEqual([{ id: parent.id, status: 409 }]);
    expect(replica.refusals()).toMatchObject([{ problem: { type: '/problems/not-empty' } }]);
    replica.delete(parent.id, { children: 'detach' });
    expect(await replica.push()).toEqual([]);
    expect(inOrder((await exported(user)).tasks)).toBe('child');
  });

  const daily = {
    title: 'water',
    due: '2026-03-01',
    recurrence: { rrule: 'FREQ=DAILY', anchor: 'completion' },
  };

  test.each(['complete', 'update'] as const)(
    'completes a task of a series by %s, once for all replicas',
    async (how) => {
      const user = await api.newUser();
      const { id } = await user.create(daily);
      const [first, second] = [await replicaOf(user), await replicaOf(user)];
      for (const replica of [first, second]) {
        if (how === 'update') replica.update(id, { completed: true, description: 'done' });
        else replica.complete(id, { completed_on: '2026-03-09' });
        expect(replica.tasks().get(id)).toMatchObject({ completed: true });
      }
      expect(await first.push()).toEqual([]);
      // The next task comes with the push.
      expect(first.tasks()).toEqual((await exported(user)).tasks);
      expect(await second.push()).toEqual([]);
      expect(clean(second)).toEqual([[], []]);
      await second.pull();
      const { tasks } = await exported(user);
      expect(second.tasks()).toEqual(tasks);
      expect(tasks.size).toBe(2);
      const next = tasks.get(tasks.get(id)?.next_id ?? '');
      expect(next).toMatchObject({ title: 'water', completed: false, recurrence: { rrule: 'FREQ=DAILY' } });
      if (how === 'complete') expect(next).toMatchObject({ due: '2026-03-10' });
      expect(tasks.get(id)).toMatchObject({ completed: true, recurrence: null });
    },
  );

  test('completes it once, too, when the response is lost', async () => {
    const user = await api.newUser();
    const { id } = await user.create(daily);
    const send = requestOf(user);
    let isLost = false;
    const replica = await replicaOf(user, async (...request) => {
      const response = await send(...request);
      if (isLost || request[0] !== 'PATCH') return response;
      isLost = true;
      throw new TypeError('connection lost');
    });
    replica.complete(id);
    await expect(replica.push()).rejects.toMatchObject({ name: 'SyncError', status: null });
    expect(await replica.push()).toEqual([]);
    const { tasks } = await exported(user);
    expect(tasks.size).toBe(2);
    expect(replica.tasks()).toEqual(tasks);
    expect(replica.state().edits).toEqual({});
  });

  test('creates a recurring task and completes it, in this order', async () => {
    const user = await api.newUser();
    const replica = await replicaOf(user);
    const id = replica.create({ ...daily, recurrence: { rrule: 'FREQ=DAILY' } });
    replica.complete(id, { completed_on: '2026-03-01' });
    replica.update(id, { description: 'afterwards' });
    expect(replica.tasks().get(id)).toMatchObject({ completed: true, description: 'afterwards' });
    expect(await replica.push()).toEqual([]);
    const { tasks } = await exported(user);
    expect(replica.tasks()).toEqual(tasks);
    expect(tasks.get(replica.idOf(id))).toMatchObject({ completed: true, description: 'afterwards' });
    expect([...tasks.values()].find(({ completed }) => !completed)).toMatchObject({ due: '2026-03-02' });
    // Open again before anything was sent, it was never completed.
    const other = idOf(new Map([...tasks].filter(([, { completed }]) => !completed)), 'water');
    replica.complete(other);
    replica.update(other, { completed: false });
    expect(replica.state().edits).toEqual({});
  });

  test('creates a completed task without a rule when the task was deleted meanwhile', async () => {
    const user = await api.newUser();
    const { id } = await user.create(daily);
    const replica = await replicaOf(user);
    replica.complete(id);
    await user.send('DELETE', `tasks/${id}`);
    await replica.push();
    expect(replica.conflicts()).toMatchObject([
      { type: 'task', id, mine: { kind: 'complete' }, theirs: null },
    ]);
    replica.resolve(id, 'mine');
    expect(await replica.push()).toEqual([]);
    const { tasks } = await exported(user);
    expect([...tasks.values()]).toMatchObject([{ title: 'water', completed: true, recurrence: null }]);
    expect(replica.tasks()).toEqual(tasks);
  });

  test('reads the state of a version without lists, and what that has not sent', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const before = await replicaOf(user);
    const list = await replicaOf(user).then(async (other) => {
      const created = other.createList({ name: 'list' });
      await other.push();
      return created;
    });
    await before.pull();
    const { lists: _lists, tasks, ...state }: ReplicaState = JSON.parse(JSON.stringify(before.state()));
    const { list_id, parent_id, position, recurrence, series_id, occurrence, next_id, ...task } = tasks[
      id
    ] as Task;
    const earlier = {
      ...state,
      tasks: { [id]: task },
      edits: {
        draft: { kind: 'create', key: 'draft of an earlier version', task: { title: 'draft' } },
        [id]: {
          kind: 'update',
          key: 'update of an earlier version',
          base: task,
          changes: { title: 'b' },
          sequel: { kind: 'update', changes: { description: 'later' } },
        },
      },
    } as unknown as ReplicaState;
    const replica = createReplica(requestOf(user), earlier, { save: () => {} });
    expect([...replica.tasks().values()].map(({ title }) => title)).toEqual(['b', 'draft']);
    await replica.pull();
    expect(await replica.push()).toEqual([]);
    const server = await exported(user);
    expect(shownBy(replica)).toEqual(server);
    expect([...server.lists.keys()]).toEqual([list]);
    expect(server.tasks.get(id)).toMatchObject({ title: 'b', description: 'later' });
    expect(inOrder(server.tasks)).toBe('b draft');
  });

  test.each([1, 2, 3, 4])(
    'ends like the others and the server, whatever was lost on the way (%i)',
    async (seed) => {
      const user = await api.newUser();
      const send = requestOf(user);
      let random = seed * 7919;
      const below = (limit: number) => {
        random = (random * 1103515245 + 12345) & 0x7fffffff;
        return Math.floor((random / 0x80000000) * limit);
      };
      let isQuiet = false;
      const lossy: SyncRequest = async (...request) => {
        if (!isQuiet && below(10) === 0) throw new TypeError('not sent');
        const response = await send(...request);
        if (!isQuiet && below(6) === 0) throw new TypeError('connection lost');
        return response;
      };
      const replicas = [1, 2].map(() => createReplica(lossy));
      const one = (all: ReadonlyMap<string, unknown>): string => [...all.keys()][below(all.size)] ?? 'none';
      const act = (replica: Replica, n: number) => {
        const [task, other, list] = [one(replica.tasks()), one(replica.tasks()), one(replica.lists())];
        const place = [{ first: true }, { last: true }, { before: other }, { after: other }][below(4)] ?? {};
        const contents = below(2) === 0 ? 'delete' : 'detach';
        const { recurrence = null, completed = true } = replica.tasks().get(task) ?? {};
        const acts: (() => unknown)[] = [
          () => replica.create({ title: `n${n}`, due: '2026-03-01', recurrence: { rrule: 'FREQ=DAILY' } }),
          () => replica.create({ title: `n${n}`, list_id: replica.lists().has(list) ? list : null }),
          () => replica.createList({ name: `l${n}` }),
          () => replica.updateList(list, { name: `l${n}` }),
          () => replica.update(task, { place }),
          () => replica.update(task, { list_id: list, description: `d${n}` }),
          () => replica.complete(task),
          () => recurrence === null && !completed && replica.update(task, { parent_id: other }),
          () => below(3) === 0 && replica.delete(task, { children: contents }),
          () => below(3) === 0 && replica.deleteList(list, { tasks: contents }),
        ];
        try {
          acts[below(acts.length)]?.();
        } catch (error) {
          // There was nothing yet, or not any more.
          if (!(error instanceof RangeError)) throw error;
        }
      };
      for (let n = 0; n < 60; n++) {
        const replica = replicas[n % 2] as Replica;
        act(replica, n);
        if (below(3) === 0) await replica.push().catch(() => {});
        if (below(3) === 0) await replica.pull().catch(() => {});
      }
      isQuiet = true;
      for (let round = 0; round < 6; round++) {
        for (const replica of replicas) {
          await replica.pull();
          for (const { id } of replica.conflicts()) replica.resolve(id, round === 0 ? 'mine' : 'theirs');
          await replica.push();
          // What cannot be, such as a subtask of a subtask, is given up.
          if (round > 1) for (const { id } of replica.refusals()) replica.drop(id);
        }
      }
      const server = await exported(user);
      for (const replica of replicas) {
        await replica.pull();
        expect(replica.state()).toMatchObject({ edits: {}, lists: { edits: {} } });
        expect(shownBy(replica)).toEqual(server);
      }
    },
    20_000,
  );
});
