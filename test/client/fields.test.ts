// What two replicas do to different fields of one task while both are offline: nothing of it is
// lost, and lists and objects are compared by content.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task, TaskUpdate } from '../../src/client/edit.ts';
import { fetchRequest } from '../../src/client/request.ts';
import { createReplica, type Replica } from '../../src/client/sync.ts';
import { type Api, startApi, type User } from '../support/app.ts';

describe('replicas of one user', () => {
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
  const before = { title: 'x', labels: ['Home'], metadata: { a: '1', b: '2' }, due: '2026-03-01' };
  const pairs: [string, TaskUpdate, TaskUpdate, Partial<Task>][] = [
    ['priority and due', { priority: 'high' }, { due: null }, { priority: 'high', due: null }],
    ['labels and start', { labels: ['Work', 'Home'] }, { start: '2026-02-01' }, { labels: ['Work', 'Home'] }],
    [
      'two names of the metadata',
      { metadata: { a: null, c: '3' } },
      { metadata: { b: '4', d: '5' } },
      { metadata: { c: '3', b: '4', d: '5' } },
    ],
  ];

  test.each(pairs)('a conflict of %s shows both, and loses neither', async (_name, theirs, mine, both) => {
    const user = await api.newUser();
    const { id } = await user.create(before);
    const [first, second] = [await replicaOf(user), await replicaOf(user)];
    first.update(id, theirs);
    second.update(id, mine);
    expect(await first.push()).toEqual([]);
    await second.push();
    const [conflict] = second.conflicts();
    expect(conflict).toMatchObject({ id, mine: { changes: mine }, theirs: { version: 2 } });
    second.resolve(id, 'mine');
    expect(await second.push()).toEqual([]);
    const { json } = await user.send('GET', `tasks/${id}`);
    expect(json).toMatchObject({ ...both, version: 3 });
    if (mine.metadata === undefined) expect(json).toMatchObject({ ...theirs, ...mine });
    await first.pull();
    await second.pull();
    for (const replica of [first, second]) {
      expect([...replica.tasks().values()]).toEqual([json]);
      expect(replica.conflicts()).toEqual([]);
    }
  });

  test('the same change by both is no conflict, also of lists and objects', async () => {
    const user = await api.newUser();
    for (const same of [
      { labels: ['a', 'b'] },
      { metadata: { a: null, z: '9' } },
      { due: '2026-05-01T08:00[UTC]' },
    ]) {
      const { id } = await user.create(before);
      const [first, second] = [await replicaOf(user), await replicaOf(user)];
      for (const replica of [first, second]) replica.update(id, same);
      await first.push();
      await second.push();
      expect([same, second.conflicts(), second.refusals()]).toEqual([same, [], []]);
      expect((await user.send('GET', `tasks/${id}`)).json.version).toBe(2);
    }
  });

  test('changes of the metadata that follow each other are one change, and stay few', async () => {
    const user = await api.newUser();
    const { id } = await user.create(before);
    const replica = await replicaOf(user);
    for (let n = 0; n < 40; n++) {
      replica.update(id, { metadata: { [`n${n}`]: 'x' } });
      replica.update(id, { metadata: { [`n${n}`]: null, a: String(n) } });
    }
    replica.update(id, { metadata: { b: null } });
    const shown = { metadata: { a: '39' } };
    expect(replica.tasks().get(id)).toMatchObject(shown);
    expect(await replica.push()).toEqual([]);
    const { json } = await user.send('GET', `tasks/${id}`);
    expect(json).toMatchObject({ ...shown, version: 2 });
    const created = replica.create({ title: 'y', metadata: { a: '1' } });
    replica.update(created, { metadata: { a: null, b: '2' } });
    expect(replica.tasks().get(created)).toMatchObject({ title: 'y', metadata: { b: '2' } });
    expect(await replica.push()).toEqual([]);
    expect(replica.tasks().get(replica.idOf(created))).toMatchObject({ metadata: { b: '2' } });
  });
});
