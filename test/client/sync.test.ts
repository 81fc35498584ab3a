// The sync helper against the real service over HTTP, with other writers, lost answers and lost
// tokens.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task } from '../../src/client/edit.ts';
import type { ReplicaState } from '../../src/client/local-copy.ts';
import { fetchRequest, SyncError, type SyncRequest } from '../../src/client/request.ts';
import { createReplica, type Replica } from '../../src/client/sync.ts';
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
    const lines = text.trimEnd().split('\n').slice(0, -1);
    return new Map(lines.map((line) => JSON.parse(line).task).map((task: Task) => [task.id, task]));
  };
  /** Sends as `user`, but the first answer to `method` is lost. */
  const losing = (user: User, method: string): SyncRequest => {
    const send = requestOf(user);
    let isLost = false;
    return async (...request) => {
      const answer = await send(...request);
      if (isLost || request[0] !== method) return answer;
      isLost = true;
      throw new TypeError('connection lost');
    };
  };
  const stored = (replica: Replica): ReplicaState => JSON.parse(JSON.stringify(replica.state()));
  const noAnswer = { name: 'SyncError', status: null };
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

  test('keeps what the server refuses, and reports it', async () => {
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
            `UPDATE owner_clock SET epoch = md5('now' || owner_id || epoch::text)::uuid WHERE owner_id = '${id}'`,
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

  test('neither loses nor doubles an edit, however many responses are lost', async () => {
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
          expect(error).toMatchObject({ name: 'SyncError', status: null });
          // The user continues to write between two tries.
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

  describe('shows nothing that is gone, and nothing twice:', () => {
    test.each([
      ['PATCH', 'update'],
      ['POST', 'create'],
    ] as const)('when the answer to %s was lost and others delete the task', async (method, kind) => {
      const user = await api.newUser();
      const { id } = await user.create({ title: 'a' });
      const replica = createReplica(losing(user, method));
      await replica.pull();
      if (kind === 'update') replica.update(id, { title: 'edited' });
      else replica.create({ title: 'edited' });
      await expect(replica.push()).rejects.toMatchObject(noAnswer);
      const [edited] = [...(await onServer(user)).values()].filter(({ title }) => title === 'edited');
      await user.send('DELETE', `tasks/${edited?.id}`);
      const other = createReplica(requestOf(user), stored(replica));
      await replica.pull();
      expect(replica.tasks()).toEqual(await onServer(user));
      await replica.push();
      expect(replica.tasks()).toEqual(await onServer(user));
      expect(replica.state()).toMatchObject({ edits: {}, confirmed: {} });
      // Without a pull in between, too.
      await other.push();
      expect(other.tasks()).toEqual(await onServer(user));
    });

    test('when the response to a creation was lost, and a pull comes before the next push', async () => {
      const user = await api.newUser();
      const replica = createReplica(losing(user, 'POST'));
      await replica.pull();
      const local = replica.create({ title: 'new' });
      await expect(replica.push()).rejects.toMatchObject(noAnswer);
      replica.update(local, { completed: true });
      await replica.pull();
      expect(titles(replica.tasks())).toEqual(['new']);
      await replica.push();
      expect(replica.tasks()).toEqual(await onServer(user));
      expect(replica.tasks().get(replica.idOf(local))).toMatchObject({ completed: true, version: 2 });
    });

    test('when a creation that cannot be repeated now was read, and edited under both ids', async () => {
      const user = await api.newUser();
      const send = losing(user, 'POST');
      let isDown = false;
      const replica = createReplica((...request) =>
        isDown && request[0] === 'POST' ? Promise.resolve({ status: 503, body: {} }) : send(...request),
      );
      await replica.pull();
      const local = replica.create({ title: 'new' });
      await expect(replica.push()).rejects.toMatchObject(noAnswer);
      isDown = true;
      await replica.pull();
      await expect(replica.push()).rejects.toMatchObject({ status: 503 });
      const [id = ''] = (await onServer(user)).keys();
      replica.update(id, { title: 'newer' });
      replica.update(local, { completed: true });
      isDown = false;
      await replica.push();
      await replica.pull();
      expect(replica.tasks()).toEqual(await onServer(user));
      expect([...replica.tasks().values()]).toMatchObject([{ title: 'newer', completed: true }]);
    });

    test('when edits are sent while a copy is being read from the start', async () => {
      const user = await api.newUser();
      const { id } = await user.create({ title: 'a' });
      const gone = await user.create({ title: 'gone' });
      const first = createReplica(requestOf(user));
      await first.pull();
      let open = () => {};
      const gate = new Promise<void>((resolve) => {
        open = resolve;
      });
      const send = requestOf(user);
      const replica = createReplica(
        async (...request) => {
          const answer = await send(...request);
          // What was read at once arrives late.
          if (request[0] === 'GET') await gate;
          return answer;
        },
        { ...stored(first), since: 'A'.repeat(102) },
      );
      const pulled = replica.pull();
      const local = replica.create({ title: 'mine' });
      replica.update(id, { title: 'A' });
      replica.delete(gone.id);
      const pushed = replica.push();
      setTimeout(open, 100);
      await Promise.all([pulled, pushed]);
      expect(titles(replica.tasks())).toEqual(['A', 'mine']);
      replica.update(local, { title: 'mine too' });
      replica.update(id, { title: 'AA' });
      expect(await replica.push()).toEqual([]);
      await replica.pull();
      expect(replica.conflicts()).toEqual([]);
      expect(titles(replica.tasks())).toEqual(['AA', 'mine too']);
      expect(replica.tasks()).toEqual(await onServer(user));
    });
  });

  describe('after a crash', () => {
    test('knows by what it saved what may have been sent', async () => {
      const user = await api.newUser();
      const send = requestOf(user);
      let disk: ReplicaState | undefined;
      const save = async (state: ReplicaState) => {
        await Promise.resolve();
        disk = JSON.parse(JSON.stringify(state));
      };
      const arrived = Promise.withResolvers<void>();
      const dying: SyncRequest = async (...request) => {
        const answer = await send(...request);
        if (request[0] !== 'POST') return answer;
        arrived.resolve();
        return new Promise(() => {});
      };
      const replica = createReplica(dying, undefined, { save });
      const local = replica.create({ title: 'draft' });
      replica.push().catch(() => {});
      await arrived.promise;
      const again = createReplica(send, disk, { save });
      again.update(local, { description: 'more' });
      await again.push();
      expect([...(await onServer(user)).values()]).toMatchObject([{ title: 'draft', description: 'more' }]);
      expect(again.tasks()).toEqual(await onServer(user));
      expect(disk).toMatchObject({ edits: {}, owner: user.id });
      expect(createReplica(send, disk, { save }).idOf(local)).toBe(again.idOf(local));
    });

    test('sends nothing that could not be saved', async () => {
      const user = await api.newUser();
      const save = () => Promise.reject(new Error('disk full'));
      const replica = createReplica(requestOf(user), undefined, { save });
      replica.create({ title: 'a' });
      await expect(replica.push()).rejects.toThrow('disk full');
      expect((await onServer(user)).size).toBe(0);
    });

    test('neither doubles nor loses a creation that only an older state knows, nor meets itself', async () => {
      const user = await api.newUser();
      const { id } = await user.create({ title: 'one' });
      const replica = createReplica(requestOf(user));
      await replica.pull();
      const local = replica.create({ title: 'draft' });
      replica.update(id, { title: 'two' });
      const older = stored(replica);
      await replica.push();
      const again = createReplica(requestOf(user), older);
      again.update(local, { description: 'more' });
      await again.push();
      await again.pull();
      expect(again.conflicts()).toEqual([]);
      expect(again.tasks()).toEqual(await onServer(user));
      expect(titles(again.tasks())).toEqual(['draft', 'two']);
      expect(again.tasks().get(again.idOf(local))).toMatchObject({ description: 'more' });
      const updated = createReplica(requestOf(user), { ...older, edits: { [id]: older.edits[id] as never } });
      await updated.pull();
      expect(updated.conflicts()).toEqual([]);
      expect(updated.tasks()).toEqual(await onServer(user));
    });

    test('asks when the key of a creation has been used for another', async () => {
      const user = await api.newUser();
      const save = () => {};
      const replica = createReplica(requestOf(user), undefined, { save });
      const local = replica.create({ title: 'draft' });
      const older = stored(replica);
      await replica.push();
      const again = createReplica(requestOf(user), older, { save });
      again.update(local, { title: 'other' });
      for (let n = 0; n < 2; n++) expect(await again.push()).toEqual([]);
      expect(again.conflicts()).toMatchObject([{ id: local, mine: { kind: 'create' }, theirs: null }]);
      expect(titles(await onServer(user))).toEqual(['draft']);
      again.resolve(local, 'mine');
      await again.push();
      expect(titles(await onServer(user))).toEqual(['draft', 'other']);
    });

    test.each(['mine', 'theirs'] as const)(
      'asks when the server has forgotten the key: %s',
      async (winner) => {
        const user = await api.newUser();
        const replica = createReplica(losing(user, 'POST'));
        const local = replica.create({ title: 'draft' });
        await expect(replica.push()).rejects.toMatchObject(noAnswer);
        await queryPostgres(
          api.postgres.url,
          `UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE owner_id = '${user.id}'`,
        );
        const { [local]: edit, ...others } = stored(replica).edits;
        const sent = Date.now() - 25 * 3_600_000;
        const later = createReplica(requestOf(user), {
          ...stored(replica),
          edits: { ...others, [local]: { ...edit, sent } as never },
        });
        await later.push();
        await later.pull();
        expect((await onServer(user)).size).toBe(1);
        expect(later.conflicts()).toMatchObject([{ id: local, mine: { kind: 'create' }, theirs: null }]);
        later.resolve(local, winner);
        await later.push();
        expect(titles(await onServer(user))).toEqual(winner === 'mine' ? ['draft', 'draft'] : ['draft']);
        expect(later.tasks()).toEqual(await onServer(user));
      },
    );

    test('never sends what was noted without save a day ago as if it were new', async () => {
      const user = await api.newUser();
      const replica = createReplica(requestOf(user));
      const local = replica.create({ title: 'draft' });
      const saved = { ...stored(replica), at: Date.now() - 25 * 3_600_000 };
      const later = createReplica(requestOf(user), saved);
      await later.push();
      expect(later.conflicts()).toMatchObject([{ id: local }]);
      const trusting = createReplica(requestOf(user), saved, { save: () => {} });
      await trusting.push();
      expect(titles(await onServer(user))).toEqual(['draft']);
    });
  });

  test('a call takes in what was done before it, though another is under way', async () => {
    const user = await api.newUser();
    const replica = createReplica(requestOf(user));
    replica.create({ title: 'a' });
    const pushes = [replica.push()];
    await Promise.resolve();
    for (const title of ['b', 'c']) {
      replica.create({ title });
      pushes.push(replica.push());
    }
    await pushes[2];
    expect(titles(await onServer(user))).toEqual(['a', 'b', 'c']);
    await Promise.all(pushes);

    const first = replica.pull();
    await new Promise((resolve) => setTimeout(resolve, 1));
    await user.create({ title: 'd' });
    await replica.pull();
    expect(replica.tasks()).toEqual(await onServer(user));
    await first;
  });

  test('sends what follows an edit whose response was lost in the same push', async () => {
    const user = await api.newUser();
    const replica = createReplica(losing(user, 'POST'));
    const local = replica.create({ title: 'a' });
    await expect(replica.push()).rejects.toMatchObject(noAnswer);
    replica.update(local, { title: 'b' });
    await replica.push();
    expect(titles(await onServer(user))).toEqual(['b']);
  });

  test('is of one user: with the token of another it neither reads nor sends', async () => {
    const [user, other] = [await api.newUser(`a/ü ${crypto.randomUUID()}`), await api.newUser()];
    const { id } = await user.create({ title: 'a' });
    const gone = await user.create({ title: 'gone' });
    const replica = createReplica(requestOf(user));
    await replica.pull();
    replica.create({ title: 'secret' });
    const moved = createReplica(requestOf(other), stored(replica));
    const refusal = { name: 'SyncError', status: 404 };
    await expect(moved.pull()).rejects.toMatchObject(refusal);
    await expect(moved.push()).rejects.toMatchObject(refusal);
    replica.delete(gone.id);
    replica.update(id, { title: 'b' });
    const rest = stored(replica);
    const edited = { ...rest, edits: { [id]: rest.edits[id], [gone.id]: rest.edits[gone.id] } as never };
    const still = createReplica(requestOf(other), edited);
    await expect(still.push()).rejects.toMatchObject(refusal);
    expect((await onServer(other)).size).toBe(0);
    // The edits are there for their owner.
    await createReplica(requestOf(user), stored(still)).push();
    expect(titles(await onServer(user))).toEqual(['b']);
    await replica.push();
    expect(titles(await onServer(user))).toEqual(['b', 'secret']);
  });

  test('keeps an edit that an intermediary refuses, whatever it responds', async () => {
    const user = await api.newUser();
    let answer: (() => Response) | undefined;
    const replica = createReplica(
      fetchRequest(
        api.url,
        () => user.token,
        async (...request) => answer?.() ?? fetch(...request),
      ),
    );
    await replica.pull();
    const local = replica.create({ title: 'a' });
    for (const status of [200, 403, 404, 502]) {
      answer = () => new Response('<html>no</html>', { status });
      await expect(replica.push()).rejects.toMatchObject({ name: 'SyncError', status });
      await expect(replica.pull()).rejects.toMatchObject({ name: 'SyncError', status });
    }
    answer = undefined;
    const [{ key } = { key: '' }] = Object.values(replica.state().edits);
    expect(replica.state().edits).toMatchObject({ [local]: { key } });
    await replica.push();
    expect(replica.tasks()).toEqual(await onServer(user));
    const unreachable = createReplica(fetchRequest('http://127.0.0.1:1', () => user.token));
    await expect(unreachable.pull()).rejects.toMatchObject(noAnswer);
  });

  test('takes an empty change for none, and copies what it is given', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const replica = createReplica(requestOf(user));
    await replica.pull();
    replica.update(id, {});
    replica.update(id, { title: undefined } as never);
    expect(() => replica.update('nowhere', {})).toThrow(RangeError);
    expect(replica.state().edits).toEqual({});
    const [draft, changes] = [{ title: 'b' }, { title: 'A' }];
    replica.create(draft);
    replica.update(id, changes);
    draft.title = changes.title = 'changed';
    expect(titles(replica.tasks())).toEqual(['A', 'b']);
  });

  test('understands the id that a task had before it was sent', async () => {
    const user = await api.newUser();
    const replica = createReplica(requestOf(user));
    const local = replica.create({ title: 'a' });
    expect(replica.idOf(local)).toBe(local);
    await replica.push();
    const [id = ''] = (await onServer(user)).keys();
    expect(replica.idOf(local)).toBe(id);
    replica.update(local, { title: 'b' });
    await replica.push();
    expect(titles(await onServer(user))).toEqual(['b']);
    await replica.pull();
    // Others delete it, and it is made again: the first id still leads to it.
    replica.update(local, { title: 'c' });
    await user.send('DELETE', `tasks/${id}`);
    await replica.pull();
    replica.resolve(local, 'mine');
    await replica.push();
    expect(replica.tasks().get(replica.idOf(local))).toMatchObject({ title: 'c', version: 1 });
    replica.delete(local);
    await replica.push();
    await replica.pull();
    expect(replica.state()).toMatchObject({ ids: {}, edits: {}, tasks: {} });
  });

  test.each([1, 2, 3])(
    'ends like the others and the server, whatever was lost on the way (%i)',
    async (seed) => {
      const user = await api.newUser();
      const send = requestOf(user);
      let random = seed * 7919;
      const chance = (probability: number) => {
        random = (random * 1103515245 + 12345) & 0x7fffffff;
        return random / 0x7fffffff < probability;
      };
      let isQuiet = false;
      const pause = () =>
        chance(0.5) ? new Promise((resolve) => setTimeout(resolve, chance(0.5) ? 1 : 4)) : null;
      const dead = new Promise<never>(() => {});
      const networkOf =
        (program: { isOver: boolean }): SyncRequest =>
        async (...request) => {
          if (isQuiet) return send(...request);
          await pause();
          if (program.isOver) return dead;
          if (chance(0.08)) throw new TypeError('not sent');
          if (chance(0.04)) return { status: 503, body: { type: '/problems/service-unavailable' } };
          // Something in between refuses: some edits always, others now and then, and not only on
          // the way there.
          const blocked = { status: chance(0.7) ? 403 : 200, body: '<html>no</html>' };
          const { title = '', description = '' } = (request[2]?.body ?? {}) as Partial<Task>;
          if (/[37]$/.test(title) || /[5]$/.test(description ?? '') || chance(0.05)) return blocked;
          const answer = await send(...request);
          await pause();
          if (chance(0.05)) return blocked;
          // The whole program may end here: whoever asked waits for ever.
          if (chance(0.05)) return dead;
          if (chance(0.15)) throw new TypeError('connection lost');
          return answer;
        };
      const starts = [0, 1, 2].map(() => {
        let disk: ReplicaState | undefined;
        return () => {
          const program = { isOver: false };
          const save = (state: ReplicaState) => {
            if (program.isOver) return dead;
            disk = JSON.parse(JSON.stringify(state));
          };
          const replica = createReplica(networkOf(program), disk, { save });
          const end = () => {
            program.isOver = true;
          };
          return { replica, note: () => save(replica.state()), end };
        };
      });
      const running = starts.map((start) => start());
      const pick = <T>(all: readonly T[]): T | undefined =>
        all.find((_, n) => chance(1 / (all.length - n))) ?? all.at(-1);
      const made = new Set<string>();
      const deleted = new Set<string>();
      const within = (work: Promise<unknown>) =>
        Promise.race([
          work.then(
            () => true,
            (error) => error instanceof SyncError || Promise.reject(error),
          ),
          new Promise<false>((resolve) => setTimeout(resolve, 250, false)),
        ]);

      let refused = 0;
      for (let step = 0; step < 60; step++) {
        const n = step % running.length;
        const { replica, note, end } = running[n] as (typeof running)[number];
        const entry = pick([...replica.tasks()]);
        if (entry === undefined || chance(0.4)) {
          made.add(`n${step}`);
          replica.create({ title: `n${step}` });
        } else if (chance(0.7)) replica.update(entry[0], { description: `u${step}` });
        else {
          deleted.add(entry[1].title);
          replica.delete(entry[0]);
        }
        note();
        const work: Promise<unknown>[] = [];
        if (chance(0.6)) work.push(within(replica.push()));
        if (chance(0.6)) work.push(within(replica.pull()));
        const ends = await Promise.all(work);
        if (chance(0.3)) {
          for (const { id, mine } of replica.conflicts()) {
            // Whether a creation has happened is only seen when the copy is current.
            if (mine.kind !== 'create') replica.resolve(id, chance(0.5) ? 'mine' : 'theirs');
          }
          note();
        }
        for (const { id, mine } of replica.refusals()) {
          refused += 1;
          if (mine.kind === 'update' && chance(0.1)) replica.drop(id);
        }
        note();
        if (ends.includes(false) || chance(0.1)) {
          end();
          running[n] = (starts[n] as (typeof starts)[number])();
        }
      }
      expect(refused).toBeGreaterThan(0);
      isQuiet = true;
      const replicas = starts.map((start) => start().replica);
      for (let round = 0; round < 3; round++) {
        for (const replica of replicas) {
          await replica.pull();
          for (const { type, id, mine } of replica.conflicts()) {
            const there = titles(await onServer(user));
            const isThere = type === 'task' && mine.kind === 'create' && there.includes(mine.content.title);
            replica.resolve(id, isThere ? 'theirs' : 'mine');
          }
          expect(await replica.push()).toEqual([]);
          expect(replica.refusals()).toEqual([]);
        }
      }
      const server = await onServer(user);
      for (const replica of replicas) {
        await replica.pull();
        expect(replica.state()).toMatchObject({ edits: {}, confirmed: {} });
        expect(replica.tasks()).toEqual(server);
      }
      // Each creation happened once; only a deletion undoes it, and only what was deleted may be
      // made again.
      const names = titles(server).filter((title) => !deleted.has(title));
      expect(new Set(names).size).toBe(names.length);
      const missing = [...made].filter((title) => !names.includes(title) && !deleted.has(title));
      expect(missing).toEqual([]);
    },
    20_000,
  );
});
