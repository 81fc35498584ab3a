// Many writers at once. On the embedded Postgres they take turns; on a real one (TEST_DATABASE_URL)
// they truly race.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OwnerId } from '../../src/auth/principal.ts';
import type { Statements } from '../../src/postgres/database.ts';
import { type TaskStore, tasksOf } from '../../src/tasks/store.ts';
import { type Api, startApi } from '../support/app.ts';
import { someone } from '../support/author.ts';
import { queryPostgres } from '../support/postgres.ts';

const clockOf = async (api: Api, owner: string): Promise<number> => {
  const [row] = await queryPostgres<{ seq: string }>(
    api.postgres.url,
    'SELECT seq FROM owner_clock WHERE owner_id = $1',
    [owner],
  );
  return Number(row?.seq ?? 0);
};

describe('concurrent writes', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  test('of two editors with the same entity tag exactly one wins, and the other learns the new tag', async () => {
    const user = await api.newUser();
    let { id, version } = await user.create({ title: 'start' });
    for (let round = 0; round < 200; round++) {
      const headers = { 'If-Match': `"${version}"` };
      const answers = await Promise.all([
        user.send('PATCH', `tasks/${id}`, { json: { title: `a${round}` }, headers }),
        user.send('PATCH', `tasks/${id}`, { json: { title: `b${round}` }, headers }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      version += 1;
      for (const answer of answers) expect(answer.headers.get('etag')).toBe(`"${version}"`);
    }
    expect((await user.send('GET', `tasks/${id}`)).json.version).toBe(201);
    // A refused write is no change: the clock counts the creation and the winners only.
    expect(await clockOf(api, user.id)).toBe(201);
  });

  test('unconditional writes all count, and the clock counts each once', async () => {
    const user = await api.newUser();
    const task = await user.create({ title: 'start' });
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        user.send('PATCH', `tasks/${task.id}`, { json: { title: `t${n}` } }),
      ),
    );
    expect(new Set(answers.map(({ json }) => json.version)).size).toBe(60);
    expect((await user.send('GET', `tasks/${task.id}`)).json.version).toBe(61);
    expect(await clockOf(api, user.id)).toBe(61);
  });

  test('creates, changes and deletions of one owner at once neither deadlock nor lose one', async () => {
    const user = await api.newUser();
    const tasks = await Promise.all(Array.from({ length: 20 }, (_, n) => user.create({ title: `t${n}` })));
    const answers = await Promise.all(
      tasks.flatMap(({ id }, n) => [
        user.send('PATCH', `tasks/${id}`, { json: { title: `changed ${n}` } }),
        user.send('PATCH', `tasks/${id}/complete`),
        n % 2 === 0
          ? user.send('DELETE', `tasks/${id}`)
          : user.send('POST', 'tasks', { json: { title: 'more' } }),
        user.send('DELETE', 'tasks?completed=true'),
      ]),
    );
    for (const { status } of answers) expect([200, 201, 204, 404]).toContain(status);
    const left = await queryPostgres<{ n: number }>(
      api.postgres.url,
      'SELECT count(*)::int AS n FROM tasks WHERE owner_id = $1',
      [user.id],
    );
    const buried = await queryPostgres<{ n: number }>(
      api.postgres.url,
      'SELECT count(DISTINCT id)::int AS n FROM task_tombstones WHERE owner_id = $1',
      [user.id],
    );
    expect((left[0]?.n ?? 0) + (buried[0]?.n ?? 0)).toBe(30);
  });

  test('of many deletions of one task exactly one finds it', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'once' });
    const answers = await Promise.all(Array.from({ length: 12 }, () => user.send('DELETE', `tasks/${id}`)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 404)).toHaveLength(11);
    expect(await clockOf(api, user.id)).toBe(2);
  });

  test('of many completions of one task exactly one changes it', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'once' });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => user.send('PATCH', `tasks/${id}/complete`)),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.json).toMatchObject({ completed: true, version: 2 });
    expect(await clockOf(api, user.id)).toBe(2);
  });

  test('keyed writes and the deletion of everything at once: each is made, replayed or in progress', async () => {
    const user = await api.newUser();
    for (let round = 0; round < 25; round++) {
      const keyed = () =>
        user.send('POST', 'tasks', { json: { title: 'x' }, headers: { 'Idempotency-Key': 'k' } });
      const answers = await Promise.all([
        keyed(),
        user.send('DELETE', '/api/v1/users/me'),
        keyed(),
        keyed(),
        user.send('DELETE', '/api/v1/users/me'),
        keyed(),
      ]);
      for (const { status } of answers) expect([200, 201, 409]).toContain(status);
    }
  });

  test('a write whose precondition is met only after it has been refused is made, or refused with another tag', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'start' });
    const unconditional = { match: null, noneMatch: [], mustNotExist: false };
    let interfere = (tasks: TaskStore): Promise<unknown> =>
      tasks.update(id, { title: 'other' }, unconditional);
    // Comes between the statement that finds nothing to change and the look at the task; on the
    // same connection, because the embedded Postgres has no other.
    const between = (statements: Statements): Statements => ({
      ...statements,
      maybeOne: async (query) => {
        const row = await statements.maybeOne(query);
        if (row === null) await interfere(tasksOf(statements, user.id as OwnerId, someone));
        return row;
      },
    });
    const late = await startApi({
      postgres: { ...api.postgres, close: async () => {} },
      app: {
        database: {
          ...api.database,
          as: (caller) => {
            const own = api.database.as(caller);
            return { ...own, turn: (work) => own.turn((inside) => work(between(inside))) };
          },
        },
      },
    });
    const send = (method: string, path: string, tag: string, json?: unknown) =>
      late.send(method, `/api/v1/users/me/tasks/${id}${path}`, {
        token: user.token,
        headers: { 'If-Match': tag },
        ...(json !== undefined && { json }),
      });

    const made = await send('PATCH', '', '"2"', { title: 'late' });
    expect(made.json).toMatchObject({ title: 'late', version: 3 });
    const completed = await send('PATCH', '/complete', '"4"');
    expect(completed.json).toMatchObject({ title: 'other', completed: true, version: 5 });
    expect((await send('PATCH', '', '"2"', { title: 'never' })).headers.get('etag')).toBe('"6"');
    expect((await user.send('GET', `tasks/${id}`)).json).toMatchObject({ title: 'other', version: 6 });
    expect((await send('DELETE', '', '"7"')).status).toBe(204);

    const again = await user.create({ title: 'again' });
    interfere = (tasks) => tasks.delete(again.id, undefined, unconditional);
    const gone = await late.send('PATCH', `/api/v1/users/me/tasks/${again.id}`, {
      token: user.token,
      headers: { 'If-Match': '"2"' },
      json: { title: 'never' },
    });
    expect(gone.status).toBe(404);
    await late.close();
  });

  test('a task whose owner has lost the clock is not written, and the request says so and ends', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'start' });
    await queryPostgres(api.postgres.url, 'DELETE FROM owner_clock WHERE owner_id = $1', [user.id]);
    expect((await user.send('PATCH', `tasks/${id}`, { json: { title: 'never' } })).status).toBe(500);
    expect(api.logs.at(-1)).toMatchObject({
      status: 500,
      err: { message: expect.stringContaining('no clock') },
    });
    expect((await user.send('GET', `tasks/${id}`)).json).toMatchObject({ title: 'start', version: 1 });
  });
});
