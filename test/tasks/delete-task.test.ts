import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

describe('deleteTask', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('deletes the task for good and leaves a tombstone with its id, number and time only', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a secret' });
    const gone = await user.send('DELETE', `tasks/${id}`);
    expect(gone.status).toBe(204);
    expect(gone.text).toBe('');
    expect((await user.send('GET', `tasks/${id}`)).status).toBe(404);
    expect((await user.send('DELETE', `tasks/${id}`)).status).toBe(404);
    expect((await user.send('GET', 'tasks')).json.items).toEqual([]);
    const tombstones = await queryPostgres(
      api.postgres.url,
      'SELECT * FROM task_tombstones WHERE owner_id = $1',
      [user.id],
    );
    const rest = { change_seq: '2', deleted_at: expect.any(Date), is_list: false };
    expect(tombstones).toEqual([{ owner_id: user.id, id, ...rest }]);
  });

  test('an unmet precondition deletes nothing', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    for (const headers of [{ 'If-Match': '"2"' }, { 'If-None-Match': '"1"' }]) {
      const refused = await user.send('DELETE', `tasks/${id}`, { headers });
      expect(refused.status).toBe(412);
      expect(refused.headers.get('etag')).toBe('"1"');
    }
    expect((await user.send('GET', `tasks/${id}`)).status).toBe(200);
    expect((await user.send('DELETE', `tasks/${id}`, { headers: { 'If-Match': '"1"' } })).status).toBe(204);
  });
});
