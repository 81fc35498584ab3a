// What a push does with edits that depend on each other, or on what others have done meanwhile:
// their order, places, check marks, and the undoing of a completion. Against the real service.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task, TaskList } from '../../src/client/edit.ts';
import type { ReplicaState } from '../../src/client/local-copy.ts';
import { fetchRequest, type SyncRequest } from '../../src/client/request.ts';
import { createReplica, type Replica } from '../../src/client/sync.ts';
import { type Api, startApi, type User } from '../support/app.ts';

describe('a push', () => {
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
  const titlesOf = async (user: User): Promise<string> => {
    const { json } = await user.send('GET', 'tasks?sort=position');
    return json.items.map(({ title }: Task) => title).join(' ');
  };
  const namesOf = async (user: User): Promise<string> => {
    const { json } = await user.send('GET', 'lists');
    return json.items.map(({ name }: TaskList) => name).join(' ');
  };
  const taskOf = async (user: User, id: string): Promise<Task> =>
    (await user.send('GET', `tasks/${id}`)).json;
  const nothingLeft = (replica: Replica) => [replica.conflicts(), replica.refusals(), replica.pending()];

  /** Sends as `user`; `isLost` decides which requests get no response, and whether they arrive. */
  const losing = (user: User, isLost: (count: number, method: string) => 'before' | 'after' | false) => {
    const send = requestOf(user);
    let count = 0;
    const request: SyncRequest = async (...sent) => {
      if (sent[0] === 'POST') count += 1;
      const lost = isLost(count, sent[0]);
      if (lost === 'before') throw new TypeError('not sent');
      const response = await send(...sent);
      if (lost === 'after') throw new TypeError('connection lost');
      return response;
    };
    return request;
  };

  test.each([
    ['before', 1],
    ['after', 1],
    ['before', 2],
    ['after', 2],
  ] as const)(
    'keeps the order of creations when there is no response (%s the server, %i)',
    async (when, times) => {
      const user = await api.newUser();
      const isLost = (count: number, method: string) => method === 'POST' && count <= times && when;
      const replica = createReplica(losing(user, isLost));
      for (const title of ['A', 'B', 'C']) replica.create({ title });
      for (let n = 0; n < times; n += 1)
        await expect(replica.push()).rejects.toMatchObject({ name: 'SyncError', status: null });
      expect(replica.pending()).toBe(3);
      expect(await replica.push()).toEqual([]);
      expect(await titlesOf(user)).toBe('A B C');
      expect(replica.pending()).toBe(0);
      const lists = createReplica(losing(user, isLost));
      for (const name of ['A', 'B', 'C']) lists.createList({ name });
      for (let n = 0; n < times; n += 1) await expect(lists.push()).rejects.toMatchObject({ status: null });
      await lists.push();
      expect(await namesOf(user)).toBe('A B C');
    },
  );

  test('keeps it however long the device is offline, and when its program ends on the way', async () => {
    const user = await api.newUser();
    let isOffline = true;
    const saved: ReplicaState[] = [];
    const save = (state: ReplicaState) => void saved.push(JSON.parse(JSON.stringify(state)));
    const request = losing(user, () => isOffline && 'before');
    const replica = createReplica(request, undefined, { save });
    for (const title of ['A', 'B', 'C']) replica.create({ title });
    for (let n = 0; n < 10; n += 1) await expect(replica.push()).rejects.toMatchObject({ status: null });
    isOffline = false;
    // The state as it was when the first edit went out, of which nothing more is known.
    const [first] = saved;
    const again = createReplica(request, first, { save });
    expect(await again.push()).toEqual([]);
    expect(await titlesOf(user)).toBe('A B C');
  });

  test('sends an edit again that is only older than a move by others', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const other = await user.create({ title: 'b' });
    const replica = await replicaOf(user);
    const sibling = await replicaOf(user);
    sibling.update(id, { place: { after: other.id } });
    await sibling.push();
    replica.update(id, { title: 'A' });
    expect(await replica.push()).toEqual([]);
    expect(nothingLeft(replica)).toEqual([[], [], 0]);
    expect(await titlesOf(user)).toBe('b A');
    expect(replica.tasks().get(id)).toMatchObject({ title: 'A' });
  });

  test('sends it again only a few times, and then reports it as pending', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const send = requestOf(user);
    let sendings = 0;
    const replica = await replicaOf(user, async (...sent) => {
      if (sent[0] !== 'PATCH') return send(...sent);
      sendings += 1;
      await user.send('PATCH', `tasks/${id}`, { json: { place: { first: true } } });
      return send(...sent);
    });
    replica.update(id, { title: 'A' });
    expect(await replica.push()).toEqual([]);
    expect(sendings).toBeGreaterThan(1);
    expect(sendings).toBeLessThan(10);
    expect(nothingLeft(replica)).toEqual([[], [], 1]);
  });

  test('forgets a place next to a creation that is refused', async () => {
    const user = await api.newUser();
    const kept = await user.create({ title: 'kept' });
    const replica = await replicaOf(user);
    const bad = replica.create({ title: ' ' });
    replica.create({ title: 'next to it', place: { after: bad } });
    replica.update(kept.id, { place: { before: bad } });
    replica.update(kept.id, { description: 'kept' });
    const badList = replica.createList({ name: ' ' });
    replica.createList({ name: 'list', place: { before: badList } });
    const refused = await replica.push();
    expect(refused.map(({ id }) => id).sort()).toEqual([bad, badList].sort());
    expect(await titlesOf(user)).toBe('kept next to it');
    expect(await taskOf(user, kept.id)).toMatchObject({ description: 'kept' });
    expect(await namesOf(user)).toBe('list');
    expect(replica.pending()).toBe(2);
  });

  test('forgets a place next to a task that others have deleted, and reports one that is wrong', async () => {
    const user = await api.newUser();
    const [gone, kept] = [await user.create({ title: 'gone' }), await user.create({ title: 'kept' })];
    const replica = await replicaOf(user);
    await user.send('DELETE', `tasks/${gone.id}`);
    // An edit of the task that is gone becomes a conflict, and does not keep the place.
    replica.update(gone.id, { description: 'mine' });
    replica.create({ title: 'new', place: { before: gone.id } });
    replica.update(kept.id, { place: { after: kept.id } });
    expect(await replica.push()).toEqual([{ id: kept.id, status: 422 }]);
    expect(await titlesOf(user)).toBe('kept new');
    expect(replica.conflicts()).toMatchObject([{ id: gone.id, theirs: null }]);
    expect(replica.refusals()).toMatchObject([{ id: kept.id }]);
    replica.create({ title: 'later', place: { after: gone.id } });
    expect(await replica.push()).toEqual([{ id: kept.id, status: 422 }]);
    expect(await titlesOf(user)).toBe('kept new later');
  });

  test.each(['drop', 'delete'] as const)('forgets a place next to a creation given up by %s', async (how) => {
    for (const isRead of [true, false]) {
      const user = await api.newUser();
      const replica = createReplica(requestOf(user));
      if (isRead) await replica.pull();
      const gone = replica.create({ title: 'gone' });
      const kept = replica.create({ title: 'kept', place: { before: gone } });
      replica.update(kept, { description: 'too' });
      replica.update(replica.create({ title: 'last' }), { place: { after: gone } });
      if (how === 'drop') replica.drop(gone);
      else replica.delete(gone);
      expect(await replica.push()).toEqual([]);
      expect(await titlesOf(user)).toBe('kept last');
      expect(nothingLeft(replica)).toEqual([[], [], 0]);
    }
  });

  test('a copy that has read nothing sends a place next to a task that it does not know', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const replica = createReplica(requestOf(user));
    replica.create({ title: 'b', place: { before: id } });
    expect(await replica.push()).toEqual([]);
    expect(await titlesOf(user)).toBe('b a');
  });

  const daily = { title: 'water', due: '2026-03-01', recurrence: { rrule: 'FREQ=DAILY' } };

  test.each(['delete first', 'update first'])('undoes a completion that was sent: %s', async (order) => {
    const user = await api.newUser();
    const { id, recurrence } = await user.create(daily);
    const replica = await replicaOf(user);
    replica.complete(id, { completed_on: '2026-03-01' });
    expect(await replica.push()).toEqual([]);
    const done = replica.tasks().get(id) as Task;
    const next = done.next_id ?? '';
    const acts = [() => replica.delete(next), () => replica.update(id, { completed: false, recurrence })];
    for (const act of order === 'delete first' ? acts : acts.reverse()) act();
    expect(await replica.push()).toEqual([]);
    expect(nothingLeft(replica)).toEqual([[], [], 0]);
    expect(await taskOf(user, id)).toMatchObject({ completed: false, recurrence, next_id: null });
    expect(await titlesOf(user)).toBe('water');
    await replica.pull();
    expect([...replica.tasks().values()]).toEqual([await taskOf(user, id)]);
  });

  test.each(['complete', 'update'] as const)(
    'a check mark by %s goes through after a rename',
    async (how) => {
      const user = await api.newUser();
      const check = (replica: Replica, id: string) =>
        how === 'complete' ? replica.complete(id) : replica.update(id, { completed: true });
      for (const task of [{ title: 'a', due: '2026-03-01' }, daily]) {
        const { id } = await user.create(task);
        const replica = await replicaOf(user);
        await user.send('PATCH', `tasks/${id}`, { json: { title: 'renamed', labels: ['Home'] } });
        check(replica, id);
        expect(await replica.push()).toEqual([]);
        expect(nothingLeft(replica)).toEqual([[], [], 0]);
        expect(await taskOf(user, id)).toMatchObject({ title: 'renamed', completed: true, labels: ['Home'] });
      }
    },
  );

  test('a check mark is in conflict with a deletion, and with another rule or date of a series', async () => {
    const user = await api.newUser();
    const [gone, series, moved] = [
      await user.create({ title: 'a' }),
      await user.create(daily),
      await user.create(daily),
    ];
    const replica = await replicaOf(user);
    await user.send('DELETE', `tasks/${gone.id}`);
    await user.send('PATCH', `tasks/${series.id}`, { json: { recurrence: { rrule: 'FREQ=WEEKLY' } } });
    await user.send('PATCH', `tasks/${moved.id}`, { json: { due: '2026-03-05' } });
    for (const { id } of [gone, series, moved]) replica.complete(id);
    expect(await replica.push()).toEqual([]);
    expect(replica.conflicts().map(({ id }) => id)).toEqual([gone.id, series.id, moved.id]);
    // Together with other changes, it is an edit like any other.
    const { id } = await user.create({ title: 'b' });
    await replica.pull();
    replica.update(id, { completed: true, description: 'mine' });
    await user.send('PATCH', `tasks/${id}`, { json: { title: 'theirs' } });
    await replica.push();
    expect(replica.conflicts().map((conflict) => conflict.id)).toContain(id);
  });
});
