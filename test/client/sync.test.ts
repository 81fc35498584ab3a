// The sync helper against the real service over HTTP, with other writers, lost answers and lost tokens.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createReplica,
  fetchRequest,
  type ReplicaState,
  type SyncRequest,
  type Task,
} from '../../src/client/sync.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

describe('a replica', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const requestOf = (user: User): SyncRequest => fetchRequest(api.url, () => user.token);
  const onServer = async (user: User): Promise<Map<string, Task>> => {
    const { text } = await user.send('GET', 'task-export');
    const tasks = text.split('\n').flatMap((line): Task[] => (line === '' ? [] : [JSON.parse(line)]));
    return new Map(tasks.map((task) => [task.id, task]));
  };
  const titles = (tasks: ReadonlyMap<string, { title: string }>) =>
    [...tasks.values()].map(({ title }) => title).sort();

  test('follows what others do', async () => {
    const user = await api.newUser();
    const replica = createReplica(requestOf(user));
    await replica.pull();
    expect(replica.tasks().size).toBe(0);
    const operations = Array.from({ length: 100 }, (_, n) => ({ op: 'create', task: { title: `t${n}` } }));
    for (let n = 0; n < 6; n++) await user.send('POST', 'task-batches', { json: { operations } });
    const { id } = await user.create({ title: 'a' });
    await replica.pull();
    expect(replica.tasks()).toEqual(await onServer(user));
    await user.send('PATCH', `tasks/${id}`, { json: { title: 'b', completed: true } });
    await user.send('DELETE', 'tasks?completed=true');
    await user.create({ title: 'c' });
    await replica.pull();
    expect(replica.tasks()).toEqual(await onServer(user));
  });

  test('sends what the user did, and shows it before', async () => {
    const user = await api.newUser();
    const [changing, going] = [await user.create({ title: 'a' }), await user.create({ title: 'b' })];
    const replica = createReplica(requestOf(user));
    await replica.pull();
    const local = replica.create({ title: 'c' });
    replica.update(local, { description: 'of mine' });
    replica.update(changing.id, { title: 'A' });
    replica.update(changing.id, { completed: true });
    replica.delete(going.id);
    replica.delete(replica.create({ title: 'never mind' }));
    expect(() => replica.update(going.id, { title: 'x' })).toThrow(RangeError);
    expect(() => replica.delete('nowhere')).toThrow(RangeError);
    expect(titles(replica.tasks())).toEqual(['A', 'c']);
    expect(titles(await onServer(user))).toEqual(['a', 'b']);
    expect(await replica.push()).toEqual([]);
    const server = await onServer(user);
    expect(replica.tasks()).toEqual(server);
    expect(server.get(changing.id)).toMatchObject({ title: 'A', completed: true, version: 2 });
    expect([...server.values()].find(({ title }) => title === 'c')).toMatchObject({
      description: 'of mine',
      version: 1,
    });
    await replica.pull();
    expect(replica.tasks()).toEqual(server);
    expect(replica.state().edits).toEqual({});
  });

  describe('never writes over an unsent edit, nor over what others did:', () => {
    const meet = async (theirs: (user: User, id: string) => Promise<unknown>) => {
      const user = await api.newUser();
      const { id } = await user.create({ title: 'start', description: 'old' });
      const replica = createReplica(requestOf(user));
      await replica.pull();
      replica.update(id, { title: 'mine' });
      await theirs(user, id);
      return { user, id, replica };
    };
    const change = (user: User, id: string) =>
      user.send('PATCH', `tasks/${id}`, { json: { title: 'theirs', description: 'new' } });
    const remove = (user: User, id: string) => user.send('DELETE', `tasks/${id}`);

    test.each([['pull'], ['push']] as const)('found by %s, it becomes a conflict', async (how) => {
      const { user, id, replica } = await meet(change);
      await replica[how]();
      expect(replica.tasks().get(id)).toMatchObject({ title: 'mine', description: 'new' });
      expect(replica.conflicts()).toMatchObject([
        { id, mine: { changes: { title: 'mine' } }, theirs: { title: 'theirs' } },
      ]);
      await replica.push();
      expect((await onServer(user)).get(id)?.title).toBe('theirs');
      expect(replica.conflicts()).toHaveLength(1);
    });

    test('which one side then wins', async () => {
      const { user, id, replica } = await meet(change);
      await replica.pull();
      replica.resolve(id, 'mine');
      expect(replica.conflicts()).toEqual([]);
      await replica.push();
      expect((await onServer(user)).get(id)).toMatchObject({ title: 'mine', description: 'new', version: 3 });
      const other = await meet(change);
      await other.replica.pull();
      other.replica.resolve(other.id, 'theirs');
      await other.replica.push();
      expect((await onServer(other.user)).get(other.id)).toMatchObject({ title: 'theirs', version: 2 });
    });

    test('a deletion by others keeps the edit; taken up again, it makes a new task', async () => {
      const { user, id, replica } = await meet(remove);
      await replica.push();
      expect(replica.conflicts()).toMatchObject([{ id, theirs: null }]);
      expect(titles(replica.tasks())).toEqual(['mine']);
      replica.resolve(id, 'mine');
      await replica.push();
      const [task] = (await onServer(user)).values();
      expect(task).toMatchObject({ title: 'mine', description: 'old', completed: false });
      expect(task?.id).not.toBe(id);
      expect(replica.tasks()).toEqual(await onServer(user));
    });

    test('an own deletion waits as well, unless they deleted it too', async () => {
      const user = await api.newUser();
      const [changed, gone] = [await user.create({ title: 'a' }), await user.create({ title: 'b' })];
      const replica = createReplica(requestOf(user));
      await replica.pull();
      replica.delete(changed.id);
      replica.delete(gone.id);
      await change(user, changed.id);
      await remove(user, gone.id);
      await replica.push();
      expect(replica.conflicts()).toMatchObject([{ id: changed.id, mine: { kind: 'delete' } }]);
      expect(titles(await onServer(user))).toEqual(['theirs']);
      replica.resolve(changed.id, 'mine');
      await replica.push();
      expect((await onServer(user)).size).toBe(0);
    });
  });

  test('keeps what the server refuses, and says so', async () => {
    const user = await api.newUser();
    const replica = createReplica(requestOf(user));
    const id = replica.create({ title: ' ' });
    expect(await replica.push()).toEqual([{ id, status: 422 }]);
    expect(titles(replica.tasks())).toEqual([' ']);
    replica.update(id, { title: 'better' });
    expect(await replica.push()).toEqual([]);
    expect(titles(await onServer(user))).toEqual(['better']);
  });

  describe('starts again', () => {
    const forgotten: [string, (user: User) => Promise<unknown>][] = [
      [
        'when what was deleted has been forgotten',
        ({ id }) =>
          queryPostgres(
            api.postgres.url,
            `WITH gone AS (DELETE FROM task_tombstones WHERE owner_id = '${id}')
             UPDATE owner_clock SET horizon = seq WHERE owner_id = '${id}'`,
          ),
      ],
      [
        'when the server knows no such tokens any more',
        ({ id }) =>
          queryPostgres(
            api.postgres.url,
            `UPDATE owner_clock SET epoch = gen_random_uuid() WHERE owner_id = '${id}'`,
          ),
      ],
    ];
    test.each(forgotten)('%s, and keeps the unsent edits', async (_, forget) => {
      const user = await api.newUser();
      const [stays, goes] = [await user.create({ title: 'stays' }), await user.create({ title: 'goes' })];
      const replica = createReplica(requestOf(user));
      await replica.pull();
      replica.update(stays.id, { title: 'edited' });
      const local = replica.create({ title: 'local' });
      await user.send('DELETE', `tasks/${goes.id}`);
      await user.create({ title: 'new' });
      await forget(user);
      await replica.pull();
      expect(titles(replica.tasks())).toEqual(['edited', 'local', 'new']);
      expect(replica.tasks().has(local)).toBe(true);
      await replica.push();
      expect(titles(await onServer(user))).toEqual(['edited', 'local', 'new']);
      expect(replica.tasks()).toEqual(await onServer(user));
    });

    test('after everything was deleted, with the edits as conflicts', async () => {
      const user = await api.newUser();
      const { id } = await user.create({ title: 'a' });
      const replica = createReplica(requestOf(user));
      await replica.pull();
      replica.update(id, { title: 'mine' });
      await user.send('DELETE', '/api/v1/users/me');
      await user.create({ title: 'anew' });
      await replica.pull();
      expect(titles(replica.tasks())).toEqual(['anew', 'mine']);
      expect(replica.conflicts()).toMatchObject([{ id, theirs: null }]);
    });

    test('with the token of another user, and shows none of theirs', async () => {
      const [user, other] = [await api.newUser(), await api.newUser()];
      await other.create({ title: 'theirs' });
      await user.create({ title: 'mine' });
      const replica = createReplica(requestOf(other));
      await replica.pull();
      const moved = createReplica(requestOf(user), replica.state());
      await moved.pull();
      expect(titles(moved.tasks())).toEqual(['mine']);
    });
  });

  test('can be put away and taken up again, unsent edits included', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const replica = createReplica(requestOf(user));
    await replica.pull();
    replica.update(id, { title: 'b' });
    replica.create({ title: 'c' });
    const saved: ReplicaState = JSON.parse(JSON.stringify(replica.state()));
    const again = createReplica(requestOf(user), saved);
    expect(again.tasks()).toEqual(replica.tasks());
    await again.push();
    expect(titles(await onServer(user))).toEqual(['b', 'c']);
  });

  test('lets the user go on while an edit is on its way', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    let meanwhile = () => {};
    const send = requestOf(user);
    const replica = createReplica(async (...request) => {
      const answer = await send(...request);
      meanwhile();
      return answer;
    });
    await replica.pull();
    const local = replica.create({ title: 'new' });
    const doomed = replica.create({ title: 'doomed' });
    replica.update(id, { title: 'b' });
    meanwhile = () => {
      meanwhile = () => {};
      replica.update(local, { title: 'newer' });
      replica.update(local, { completed: true });
      replica.update(id, { description: 'more' });
      replica.delete(doomed);
    };
    const both = [replica.push(), replica.push()];
    await Promise.all(both);
    expect(titles(replica.tasks())).toEqual(['b', 'newer']);
    await replica.push();
    expect(replica.tasks()).toEqual(await onServer(user));
    expect([...replica.tasks().values()].map(({ title, completed }) => [title, completed]).sort()).toEqual([
      ['b', false],
      ['newer', true],
    ]);
  });

  test('neither loses nor doubles an edit, however many answers are lost', async () => {
    const user = await api.newUser();
    const send = requestOf(user);
    let count = 0;
    // Of three requests, one does not arrive and one is not answered.
    const unreliable: SyncRequest = async (...request) => {
      const fate = count++ % 3;
      if (fate === 0) throw new TypeError('fetch failed');
      const answer = await send(...request);
      if (fate === 1) throw new TypeError('fetch failed');
      return answer;
    };
    const replica = createReplica(unreliable);
    const expected = new Map<string, string>();
    const insist = async (what: 'pull' | 'push') => {
      for (;;) {
        try {
          await replica[what]();
          return;
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          // The user goes on between two tries.
          replica.create({ title: `between ${count}` });
          expected.set(`between ${count}`, '');
          if (expected.size > 40) break;
        }
      }
    };
    for (let round = 0; round < 12; round++) {
      const id = replica.create({ title: `t${round}` });
      await replica.push().catch(() => {});
      // Perhaps the first answer was lost: this must not make another task.
      if (replica.state().edits[id]) replica.update(id, { description: 'edited' });
      expected.set(`t${round}`, '');
      await insist('pull');
    }
    while (Object.keys(replica.state().edits).length > 0) await replica.push().catch(() => {});
    expect(titles(await onServer(user))).toEqual([...expected.keys()].sort());
    for (;;) {
      const done = await replica.pull().then(
        () => true,
        () => false,
      );
      if (done) break;
    }
    expect(replica.tasks()).toEqual(await onServer(user));
    expect(replica.conflicts()).toEqual([]);
  });
});
