import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

describe('createTask', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('stores a task that has only a title and says where it is', async () => {
    const user = await api.newUser();
    const created = await user.send('POST', 'tasks', { json: { title: 'Buy milk' } });
    expect(created.status).toBe(201);
    expect(created.json).toMatchObject({
      owner_id: user.id,
      title: 'Buy milk',
      description: null,
      completed: false,
      completed_at: null,
      version: 1,
    });
    expect(created.json.created_at).toBe(created.json.updated_at);
    expect(created.headers.get('etag')).toBe('"1"');
    const location = created.headers.get('location') ?? '';
    expect(location).toBe(`/api/v1/users/${user.id}/tasks/${created.json.id}`);
    expect((await user.send('GET', location)).json).toEqual(created.json);
  });
});
