import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

describe('deleteCompletedTasks', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('deletes the completed tasks of the caller, leaves the open ones and everybody else’s', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const open = await user.create({ title: 'open' });
    for (const title of ['a', 'b', 'c']) await user.create({ title, completed: true });
    const foreign = await other.create({ title: 'other', completed: true });
    const cleared = await user.send('DELETE', 'tasks?completed=true');
    expect(cleared.status).toBe(200);
    expect(cleared.json).toEqual({ deleted: 3 });
    expect((await user.send('GET', 'tasks')).json.items).toEqual([open]);
    expect((await other.send('GET', 'tasks')).json.items).toEqual([foreign]);
    const tombstones = await queryPostgres(
      api.postgres.url,
      'SELECT id FROM task_tombstones WHERE owner_id = $1',
      [user.id],
    );
    expect(tombstones).toHaveLength(3);
  });

  test('with nothing to delete it deletes nothing, and the clock stands still', async () => {
    const user = await api.newUser();
    await user.create({ title: 'open' });
    expect((await user.send('DELETE', 'tasks?completed=true')).json).toEqual({ deleted: 0 });
    const clock = await queryPostgres(api.postgres.url, 'SELECT seq FROM owner_clock WHERE owner_id = $1', [
      user.id,
    ]);
    expect(clock).toEqual([{ seq: '1' }]);
    const stranger = await api.newUser();
    expect((await stranger.send('DELETE', 'tasks?completed=true')).json).toEqual({ deleted: 0 });
  });

  test.each([
    '',
    '?completed=false',
    '?completed=',
    '?completed=1',
    '?completed=true&completed=true',
    '?completed=true&q=a',
  ])('refuses %s and deletes nothing', async (query) => {
    const user = await api.newUser();
    await user.create({ title: 'a', completed: true });
    expect((await user.send('DELETE', `tasks${query}`)).status).toBe(422);
    expect((await user.send('GET', 'tasks')).json.items).toHaveLength(1);
  });
});
