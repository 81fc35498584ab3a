import { hash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { shapeOf } from '../../src/tasks/column-set.ts';
import { taskRow, taskShape } from '../../src/tasks/columns.ts';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

describe("a list's entity tag", () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ logLevel: 'debug' });
  });
  afterAll(() => api.close());

  const get = (user: User, path: string, tag?: string | null) =>
    user.send('GET', path, tag ? { headers: { 'If-None-Match': tag } } : {});
  const tagOf = async (user: User, path = 'tasks') => (await get(user, path)).headers.get('etag') ?? '';

  test('answers 304, without a body, while nothing changes', async () => {
    const user = await api.newUser();
    await user.create({ title: 'a' });
    const tag = await tagOf(user);
    for (const header of [tag, tag.slice(2), `"other", ${tag}`, '*']) {
      const unchanged = await get(user, 'tasks', header);
      expect([unchanged.status, unchanged.text]).toEqual([304, '']);
      expect(unchanged.headers.get('etag')).toBe(tag);
    }
    expect((await user.send('HEAD', 'tasks', { headers: { 'If-None-Match': tag } })).status).toBe(304);
    for (const header of ['"other"', 'W/""', '"{}"', `W/"${'0'.repeat(32)}"`]) {
      const whole = await get(user, 'tasks', header);
      expect(whole.status).toBe(200);
      expect(whole.json.items).toHaveLength(1);
    }
  });

  test('of someone who has nothing yet is one, too', async () => {
    const user = await api.newUser();
    const tag = await tagOf(user);
    expect((await get(user, 'tasks', tag)).status).toBe(304);
    await user.create({ title: 'a' });
    expect((await get(user, 'tasks', tag)).status).toBe(200);
  });

  const changes: [string, (user: User, task: Task) => Promise<unknown>][] = [
    ['create', (user) => user.create({ title: 'b' })],
    [
      'replace',
      (user, { id }) =>
        user.send('PUT', `tasks/${id}`, { json: { title: 'b', description: null, completed: true } }),
    ],
    ['update', (user, { id }) => user.send('PATCH', `tasks/${id}`, { json: { title: 'b' } })],
    ['complete', (user, { id }) => user.send('PATCH', `tasks/${id}/complete`)],
    ['delete', (user, { id }) => user.send('DELETE', `tasks/${id}`)],
    ['delete completed', (user) => user.send('DELETE', 'tasks?completed=true')],
    [
      'batch',
      (user, { id }) => user.send('POST', 'task-batches', { json: { operations: [{ op: 'delete', id }] } }),
    ],
    ['delete everything', (user) => user.send('DELETE', '/api/v1/users/me')],
  ];
  test.each(changes)('changes with a %s, on every page and filter', async (_, change) => {
    const user = await api.newUser();
    await user.create({ title: 'done', completed: true });
    const task = await user.create({ title: 'a' });
    const { next_cursor: cursor } = (await get(user, 'tasks?limit=1')).json;
    const pages = [
      'tasks',
      'tasks?completed=true',
      'tasks?q=a',
      'tasks?sort=title',
      `tasks?limit=1&cursor=${cursor}`,
    ];
    const tags = await Promise.all(pages.map((page) => tagOf(user, page)));
    await change(user, task);
    for (const [n, page] of pages.entries()) {
      const answer = await get(user, page, tags[n] ?? '');
      expect(answer.status).toBe(200);
      expect(answer.headers.get('etag')).not.toBe(tags[n]);
    }
  });

  test('stays through writes that change nothing, and through what others do', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    const done = await user.create({ title: 'done', completed: true });
    const tag = await tagOf(user);
    await user.send('PATCH', `tasks/${done.id}/complete`);
    await user.send('DELETE', `tasks/${randomUUID()}`);
    await user.send('PATCH', `tasks/${done.id}`, { json: { title: 'x' }, headers: { 'If-Match': '"9"' } });
    await user.send('POST', 'tasks', { json: {} });
    await other.create({ title: 'b' });
    await other.send('DELETE', `tasks/${done.id}`);
    expect((await get(user, 'tasks', tag)).status).toBe(304);
  });

  test('differs from page to page, filter to filter and user to user', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    await user.create({ title: 'a' });
    await user.create({ title: 'a' });
    await other.create({ title: 'a' });
    const { next_cursor: cursor } = (await get(user, 'tasks?limit=1')).json;
    const pages = [
      ...[
        'tasks',
        'tasks?completed=false',
        'tasks?completed=true',
        'tasks?q=a',
        'tasks?q=A',
        'tasks?sort=title',
      ],
      ...['tasks?sort=-title', 'tasks?limit=1', 'tasks?limit=2', `tasks?limit=1&cursor=${cursor}`],
    ];
    const tags = await Promise.all([...pages.map((page) => tagOf(user, page)), tagOf(other)]);
    expect(new Set(tags).size).toBe(tags.length);
    expect(await tagOf(user, 'tasks?sort=-created_at&limit=50')).toBe(tags[0]);
    expect((await get(user, 'tasks?q=a', tags[0] ?? '')).status).toBe(200);
  });

  test('is another one when a task looks different, as after a deploy that adds a field', async () => {
    const user = await api.newUser();
    await user.create({ title: 'a' });
    const [clock] = await queryPostgres<{ clock: string }>(
      api.postgres.url,
      `SELECT epoch || ' ' || seq AS clock FROM owner_clock WHERE owner_id = $1`,
      [user.id],
    );
    const asked = JSON.stringify(['-created_at', null, null, 50, null]);
    const tagWith = (shape: string) =>
      `W/"${hash('sha256', `${clock?.clock} ${shape} ${asked}`).slice(0, 32)}"`;
    expect(await tagOf(user)).toBe(tagWith(taskShape));
    const added = {
      ...taskRow.shape,
      another: Object.assign(z.string(), { column: { type: 'text' } as const }),
    };
    expect(shapeOf(taskRow.shape)).toBe(taskShape);
    const unchanged = await get(user, 'tasks', tagWith(taskShape));
    const changed = await get(user, 'tasks', tagWith(shapeOf(added)));
    expect([unchanged.status, changed.status]).toEqual([304, 200]);
  });

  test('costs one statement, whichever the answer', async () => {
    const user = await api.newUser();
    await user.create({ title: 'a' });
    const tag = await tagOf(user);
    for (const [header, status] of [
      [tag, 304],
      ['"other"', 200],
    ] as const) {
      const answer = await get(user, 'tasks', header);
      expect(answer.status).toBe(status);
      const id = answer.headers.get('x-request-id');
      const statements = api.logs.filter((line) => line.msg === 'database' && line.request_id === id);
      expect(statements).toHaveLength(1);
    }
  });

  test('is never that of a list which it is not, while others write', async () => {
    const user = await api.newUser();
    const seen = new Map<string, string>();
    let writing = true;
    const writer = async () => {
      for (let n = 0; n < 25; n++) await user.create({ title: `t${n}` });
    };
    const reader = async () => {
      while (writing) {
        const answer = await get(user, 'tasks?limit=100');
        const tag = answer.headers.get('etag') ?? '';
        expect(seen.get(tag) ?? answer.text).toBe(answer.text);
        seen.set(tag, answer.text);
      }
    };
    const readers = [reader(), reader()];
    await Promise.all([writer(), writer()]);
    writing = false;
    await Promise.all(readers);
    expect(new Set(seen.values()).size).toBe(seen.size);
  });
});
