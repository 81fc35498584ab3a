// A replica whose tasks come back: after an undo or a restore over HTTP, in the copy and under edits
// that have not been sent.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fetchRequest } from '../../src/client/request.ts';
import { createReplica, type Replica } from '../../src/client/sync.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import { exported } from '../support/exported.ts';

describe('a replica and undo', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const replicaOf = async (user: User): Promise<Replica> => {
    const replica = createReplica(fetchRequest(api.url, () => user.token));
    await replica.pull();
    return replica;
  };
  const shownBy = (replica: Replica) => ({ tasks: replica.tasks(), lists: replica.lists() });
  /** Sends a write of another client, and returns the function that undoes it. */
  const write = async (user: User, ...request: Parameters<User['send']>) => {
    const { status, headers } = await user.send(...request);
    expect(status).toBeLessThan(300);
    return async () => {
      const undone = await user.send('POST', `changes/${headers.get('Change')}/undo`);
      expect(undone.status).toBe(200);
    };
  };
  const daily = { title: 'daily', due: '2026-03-01', recurrence: { rrule: 'FREQ=DAILY' } };

  test('follows what an undo changes: reopened, deleted, revived tasks, and a list with its tasks', async () => {
    const user = await api.newUser();
    const series = await user.create(daily);
    const parent = await user.create({ title: 'parent' });
    await user.create({ title: 'child', parent_id: parent.id });
    const listed = await user.send('POST', 'lists', { json: { name: 'Groceries' } });
    const list = JSON.parse(listed.text).id;
    await user.create({ title: 'milk', list_id: list });
    const replica = await replicaOf(user);
    const before = shownBy(replica);
    const batch = { operations: [{ op: 'create', task: { title: 'new' } }] };
    const requests: readonly Parameters<User['send']>[] = [
      ['PATCH', `tasks/${series.id}/complete`],
      ['DELETE', `tasks/${parent.id}?children=delete`],
      ['DELETE', `lists/${list}?tasks=delete`],
      ['POST', 'task-batches', { json: batch }],
    ];
    for (const request of requests) {
      const undo = await write(user, ...request);
      await replica.pull();
      expect(shownBy(replica)).toEqual(await exported(user));
      expect(shownBy(replica)).not.toEqual(before);
      await undo();
      await replica.pull();
      expect(shownBy(replica)).toEqual(await exported(user));
      expect([...replica.tasks().keys()].sort()).toEqual([...before.tasks.keys()].sort());
      expect([...replica.lists().keys()]).toEqual([...before.lists.keys()]);
    }
    expect(replica.pending()).toBe(0);
  });

  test('keeps an edit of a task that was deleted and came back, and sends it then', async () => {
    const user = await api.newUser();
    const [seen, unseen] = [await user.create({ title: 'seen' }), await user.create({ title: 'unseen' })];
    const replica = await replicaOf(user);
    for (const { id } of [seen, unseen]) replica.update(id, { description: 'of mine' });
    const undo = await write(user, 'DELETE', `tasks/${seen.id}`);
    await replica.pull();
    expect(replica.conflicts()).toMatchObject([{ id: seen.id, theirs: null }]);
    // Of the other one, the replica sees neither the deletion nor the undo.
    await (await write(user, 'DELETE', `tasks/${unseen.id}`))();
    await undo();
    await replica.pull();
    expect(replica.conflicts()).toEqual([]);
    expect(await replica.push()).toEqual([]);
    expect(replica.pending()).toBe(0);
    const { tasks } = await exported(user);
    expect(replica.tasks()).toEqual(tasks);
    expect(tasks.size).toBe(2);
    for (const { id } of [seen, unseen]) {
      expect(tasks.get(id)).toMatchObject({ description: 'of mine', version: 3 });
    }
  });

  test.each(['mine', 'theirs'] as const)(
    'has a conflict with an edit of a task that came back as another version: %s',
    async (side) => {
      const user = await api.newUser();
      const { id } = await user.create({ title: 'old' });
      await user.send('PATCH', `tasks/${id}`, { json: { title: 'new' } });
      const replica = await replicaOf(user);
      replica.update(id, { description: 'of mine' });
      await user.send('DELETE', `tasks/${id}`);
      await user.send('POST', `tasks/${id}/restore`, { json: { version: 1 } });
      await replica.push();
      expect(replica.conflicts()).toMatchObject([{ id, theirs: { title: 'old', version: 3 } }]);
      replica.resolve(id, side);
      expect(await replica.push()).toEqual([]);
      expect(replica.pending()).toBe(0);
      const { tasks } = await exported(user);
      expect(replica.tasks()).toEqual(tasks);
      expect(tasks.get(id)).toMatchObject({
        title: 'old',
        description: side === 'mine' ? 'of mine' : null,
      });
    },
  );

  test('takes what was changed and undone for no conflict with its edits', async () => {
    const user = await api.newUser();
    const [edited, checked, removed] = [
      await user.create({ title: 'a' }),
      await user.create({ title: 'b' }),
      await user.create({ title: 'c' }),
    ];
    const replica = await replicaOf(user);
    replica.update(edited.id, { description: 'of mine' });
    replica.complete(checked.id);
    replica.delete(removed.id);
    for (const { id } of [edited, checked, removed]) {
      await (await write(user, 'PATCH', `tasks/${id}`, { json: { completed: true } }))();
    }
    expect(await replica.push()).toEqual([]);
    expect(replica.conflicts()).toEqual([]);
    expect(replica.pending()).toBe(0);
    const { tasks } = await exported(user);
    expect(replica.tasks()).toEqual(tasks);
    expect(tasks.size).toBe(2);
    expect(tasks.get(edited.id)).toMatchObject({ completed: false, description: 'of mine' });
    expect(tasks.get(checked.id)?.completed).toBe(true);
  });

  test('shows a task again that it has deleted itself, when that is undone or an old version restored', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'start' });
    const replica = await replicaOf(user);
    replica.update(id, { title: 'changed' });
    await replica.push();
    replica.delete(id);
    await replica.push();
    const changes = JSON.parse((await user.send('GET', 'changes?limit=1')).text);
    await user.send('POST', `changes/${changes.items[0].change}/undo`);
    await replica.pull();
    expect(replica.tasks().get(id)).toMatchObject({ title: 'changed', version: 3 });
    replica.delete(id);
    await replica.push();
    await user.send('POST', `tasks/${id}/restore`, { json: { version: 1 } });
    await replica.pull();
    expect(replica.tasks().get(id)).toMatchObject({ title: 'start', version: 4 });
    // It is a task like any other.
    replica.complete(id);
    expect(await replica.push()).toEqual([]);
    expect(replica.tasks()).toEqual((await exported(user)).tasks);
  });
});
