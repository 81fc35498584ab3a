import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

describe('getTask', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('answers the task with its entity tag, by `me` and by the own id', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a' });
    for (const owner of ['me', user.id]) {
      const got = await user.send('GET', `/api/v1/users/${owner}/tasks/${task.id}`);
      expect(got.status).toBe(200);
      expect(got.json).toEqual(task);
      expect(got.headers.get('etag')).toBe('"1"');
    }
  });

  test('takes an id in capital letters', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a' });
    expect((await user.send('GET', `tasks/${task.id.toUpperCase()}`)).json).toEqual(task);
  });

  test('a task that was never there is 404', async () => {
    const user = await api.newUser();
    const missing = await user.send('GET', `tasks/${randomUUID()}`);
    expect(missing.status).toBe(404);
    expect(missing.json.detail).toBe('Not found');
  });

  test.each([
    '1',
    'not-a-uuid',
    'urn:uuid:3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7',
    '%00',
    '3f0c2c9e8a554d0e9a3c52f8a2f0a1b7',
  ])('an id that is no UUID (%s) is 422', async (id) => {
    const user = await api.newUser();
    const refused = await user.send('GET', `tasks/${id}`);
    expect(refused.status).toBe(422);
    expect(refused.json.errors).toMatchObject([{ loc: ['path', 'task_id'], type: 'format' }]);
  });

  test.each([
    ['the tag', '"1"', 304],
    ['the weak form of the tag', 'W/"1"', 304],
    ['any tag', '*', 304],
    ['the tag in a list', '"7", "1"', 304],
    ['another tag', '"2"', 200],
    ['a tag of another kind, with a comma in it', '"a,1"', 200],
  ])('If-None-Match with %s', async (_name, header, status) => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const got = await user.send('GET', `tasks/${id}`, { headers: { 'If-None-Match': header } });
    expect(got.status).toBe(status);
    expect(got.headers.get('etag')).toBe('"1"');
    expect(got.text === '').toBe(status === 304);
  });

  test('If-Match with another tag is 412, with the same tag 200', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    expect((await user.send('GET', `tasks/${id}`, { headers: { 'If-Match': '"1"' } })).status).toBe(200);
    const failed = await user.send('GET', `tasks/${id}`, { headers: { 'If-Match': '"2"' } });
    expect(failed.status).toBe(412);
    expect(failed.headers.get('etag')).toBe('"1"');
  });

  test.each(['1', '"1', "'1'", '"1" "2"', '*, "1"', 'W/1'])(
    'an If-None-Match that is no list of entity tags (%s) is 422',
    async (header) => {
      const user = await api.newUser();
      const { id } = await user.create({ title: 'a' });
      const refused = await user.send('GET', `tasks/${id}`, { headers: { 'If-None-Match': header } });
      expect(refused.status).toBe(422);
      expect(refused.json.errors).toMatchObject([{ loc: ['header', 'if-none-match'] }]);
    },
  );
});
