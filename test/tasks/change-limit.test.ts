// The largest version and the largest change number that the database can store: no change beyond
// them, and everything else works. No user gets there; the rows are put there.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import type { ApiResponse } from '../support/client.ts';
import { queryPostgres } from '../support/postgres.ts';

describe('the limit on changes', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const conflict = (answer: ApiResponse) => {
    expect(answer.status).toBe(409);
    expect(answer.json.type).toBe('/problems/change-limit-reached');
    expect(answer.headers.get('retry-after')).toBeNull();
  };
  const keyed = () => ({ 'Idempotency-Key': randomUUID() });

  describe('of a task at its largest version', () => {
    const version = 2 ** 31 - 1;
    const create = async (user: User, fields: Record<string, unknown> = {}): Promise<Task> => {
      const { id } = await user.create({ title: 'a', ...fields });
      await queryPostgres(
        api.postgres.url,
        `UPDATE tasks SET version = ${version} WHERE owner_id = $1 AND id = $2`,
        [user.id, id],
      );
      return (await user.send('GET', `tasks/${id}`)).json;
    };

    test('refuses every change of it, with a key and without, and changes nothing', async () => {
      const user = await api.newUser();
      const task = await create(user);
      expect(task.version).toBe(version);
      for (const headers of [{}, keyed(), { 'If-Match': `"${version}"` }]) {
        const path = `tasks/${task.id}`;
        conflict(await user.send('PATCH', path, { json: { title: 'b' }, headers }));
        const replacement = { title: 'b', description: null, completed: true };
        conflict(await user.send('PUT', path, { json: replacement, headers }));
        conflict(await user.send('PATCH', `${path}/complete`, { headers }));
      }
      expect((await user.send('GET', 'tasks')).json.items).toEqual([task]);
    });

    test('refuses a batch that changes it, naming the operation', async () => {
      const user = await api.newUser();
      const task = await create(user);
      const operations = [
        { op: 'create', task: { title: 'never' } },
        { op: 'update', id: task.id, changes: { title: 'b' }, if_version: version },
      ];
      const answer = await user.send('POST', 'task-batches', { json: { operations } });
      expect(answer.status).toBe(422);
      expect(answer.json.errors).toMatchObject([{ loc: ['body', 'operations', 1, 'id'] }]);
      expect((await user.send('GET', 'tasks')).json.items).toEqual([task]);
    });

    test('lets it be read, completed when it is, and deleted', async () => {
      const user = await api.newUser();
      const [done, other] = [await create(user, { completed: true }), await create(user)];
      const tag = `"${version}"`;
      const read = await user.send('GET', `tasks/${done.id}`);
      expect([read.status, read.headers.get('etag')]).toEqual([200, tag]);
      expect((await user.send('PATCH', `tasks/${done.id}/complete`)).json).toEqual(done);
      const headers = { 'If-Match': tag };
      expect((await user.send('DELETE', `tasks/${done.id}`, { headers })).status).toBe(204);
      const operations = [{ op: 'delete', id: other.id, if_version: version }];
      expect((await user.send('POST', 'task-batches', { json: { operations } })).status).toBe(200);
    });
  });

  describe('of a user at the largest change number', () => {
    const atTheEnd = async (): Promise<{ readonly user: User; readonly task: Task }> => {
      const user = await api.newUser();
      const task = await user.create({ title: 'a', completed: true });
      const number = '9223372036854775807';
      for (const change of [
        `UPDATE owner_clock SET seq = ${number}, horizon = ${number}`,
        `UPDATE tasks SET change_seq = ${number}`,
      ]) {
        await queryPostgres(api.postgres.url, `${change} WHERE owner_id = $1`, [user.id]);
      }
      return { user, task };
    };

    test('refuses every write, with a key and without, and changes nothing', async () => {
      const { user, task } = await atTheEnd();
      const writes: [string, string, unknown?][] = [
        ['POST', 'tasks', { title: 'b' }],
        ['PATCH', `tasks/${task.id}`, { title: 'b' }],
        ['DELETE', `tasks/${task.id}`],
        ['DELETE', 'tasks?completed=true'],
        ['POST', 'task-batches', { operations: [{ op: 'create', task: { title: 'b' } }] }],
      ];
      for (const [method, path, json] of writes) {
        conflict(await user.send(method, path, { json }));
        const headers = keyed();
        conflict(await user.send(method, path, { json, headers }));
        conflict(await user.send(method, path, { json, headers }));
      }
      expect((await user.send('GET', 'tasks')).json.items).toEqual([task]);
    });

    test('lets everything be read, and deleted: then the user begins anew', async () => {
      const { user, task } = await atTheEnd();
      const page = (await user.send('GET', 'task-changes')).json;
      expect(page).toMatchObject({ items: [{ type: 'task', task }], has_more: false });
      const none = (await user.send('GET', `task-changes?since=${page.next_since}`)).json;
      expect(none).toMatchObject({ items: [], has_more: false });
      expect((await user.send('GET', 'task-export')).text).toContain(task.id);
      expect((await user.send('DELETE', '/api/v1/users/me')).status).toBe(200);
      expect((await user.send('GET', `task-changes?since=${none.next_since}`)).status).toBe(410);
      expect((await user.create({ title: 'b' })).version).toBe(1);
    });
  });
});
