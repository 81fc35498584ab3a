import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

describe('completeTask', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('completes an open task; once more changes nothing', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'a', description: 'b' });
    const done = await user.send('PATCH', `tasks/${task.id}/complete`);
    expect(done.status).toBe(200);
    const { updated_at } = done.json;
    expect(done.json).toEqual({ ...task, completed: true, version: 2, updated_at, completed_at: updated_at });
    expect(done.headers.get('etag')).toBe('"2"');
    const again = await user.send('PATCH', `tasks/${task.id}/complete`);
    expect(again.json).toEqual(done.json);
    expect(again.headers.get('etag')).toBe('"2"');
  });

  test('a missing task is 404', async () => {
    const user = await api.newUser();
    expect((await user.send('PATCH', `tasks/${randomUUID()}/complete`)).status).toBe(404);
  });

  test('preconditions hold for open and for completed tasks', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const complete = (headers: Record<string, string>) =>
      user.send('PATCH', `tasks/${id}/complete`, { headers });
    expect((await complete({ 'If-Match': '"2"' })).status).toBe(412);
    expect((await user.send('GET', `tasks/${id}`)).json.completed).toBe(false);
    expect((await complete({ 'If-Match': '"1"' })).status).toBe(200);
    expect((await complete({ 'If-Match': '"1"' })).status).toBe(412);
    expect((await complete({ 'If-None-Match': '*' })).status).toBe(412);
    expect((await complete({ 'If-Match': '"2"' })).status).toBe(200);
  });
});
