import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

const replacement = { title: 'c', description: null, completed: true };

describe('replaceTask', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('replaces every writable field and nothing else', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a', description: 'b' });
    const replaced = await user.send('PUT', `tasks/${task.id}`, { json: replacement });
    expect(replaced.status).toBe(200);
    const { updated_at } = replaced.json;
    expect(replaced.json).toEqual({
      ...task,
      ...replacement,
      version: 2,
      updated_at,
      completed_at: updated_at,
    });
    expect(replaced.headers.get('etag')).toBe('"2"');
    expect((await user.send('GET', `tasks/${task.id}`)).json).toEqual(replaced.json);
  });

  test('never creates', async () => {
    const user = await api.newUser();
    const id = randomUUID();
    expect((await user.send('PUT', `tasks/${id}`, { json: replacement })).status).toBe(404);
    expect((await user.send('GET', `tasks/${id}`)).status).toBe(404);
  });

  test.each(['title', 'description', 'completed'])('wants %s', async (field) => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a' });
    const refused = await user.send('PUT', `tasks/${task.id}`, {
      json: { ...replacement, [field]: undefined },
    });
    expect(refused.status).toBe(422);
    expect(refused.json.errors).toMatchObject([{ loc: ['body', field], type: 'required' }]);
    expect((await user.send('GET', `tasks/${task.id}`)).json).toEqual(task);
  });

  test('an unmet precondition changes nothing and tells the current tag', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a' });
    for (const headers of [{ 'If-Match': '"2"' }, { 'If-None-Match': '*' }]) {
      const refused = await user.send('PUT', `tasks/${task.id}`, { json: replacement, headers });
      expect(refused.status).toBe(412);
      expect(refused.headers.get('etag')).toBe('"1"');
    }
    expect((await user.send('GET', `tasks/${task.id}`)).json).toEqual(task);
    const met = await user.send('PUT', `tasks/${task.id}`, {
      json: replacement,
      headers: { 'If-Match': '"1"' },
    });
    expect(met.status).toBe(200);
  });
});
