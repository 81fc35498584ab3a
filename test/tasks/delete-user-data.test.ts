import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

const tables = ['tasks', 'task_tombstones', 'owner_clock', 'idempotency_keys'];

describe('deleteUserData', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterAll(() => api.close());

  const left = async ({ id }: User): Promise<number[]> => {
    const counts = tables.map(
      (table) => `(SELECT count(*)::int FROM ${table} WHERE owner_id = $1) AS ${table}`,
    );
    const [row] = await queryPostgres<Record<string, number>>(
      api.postgres.url,
      `SELECT ${counts.join(', ')}`,
      [id],
    );
    return Object.values(row ?? {});
  };
  const live = async (user: User) => {
    const { id } = await user.create({ title: 'a' });
    await user.create({ title: 'b' });
    await user.send('DELETE', `tasks/${id}`);
    return user.send('POST', 'tasks', { json: { title: 'c' }, headers: { 'Idempotency-Key': 'k' } });
  };
  const deleteAll = (user: User, id = 'me') => user.send('DELETE', `/api/v1/users/${id}`);

  test('leaves no trace of the user, and all of everybody else', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    await live(user);
    await live(other);
    expect(await left(user)).toEqual([2, 1, 1, 1]);
    const answer = await deleteAll(user);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await left(user)).toEqual([0, 0, 0, 0]);
    expect(await left(other)).toEqual([2, 1, 1, 1]);
    expect((await user.send('GET', 'tasks')).json.items).toEqual([]);
  });

  test('can be repeated, also by someone who never had anything', async () => {
    const user = await api.newUser();
    expect((await deleteAll(user, user.id)).status).toBe(204);
    expect((await deleteAll(user)).status).toBe(204);
    expect(await left(user)).toEqual([0, 0, 0, 0]);
  });

  test('is not for other users', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    await live(other);
    expect((await deleteAll(user, other.id)).status).toBe(404);
    expect((await left(other))[0]).toBe(2);
  });

  test('lets the user begin anew: keys are free, lists and versions start over', async () => {
    const user = await api.newUser();
    await live(user);
    const tag = (await user.send('GET', 'tasks')).headers.get('etag') ?? '';
    await deleteAll(user);
    // The same steps again: the clock shows the same number as before, but it is another clock.
    const again = await live(user);
    expect(again.headers.get('idempotency-replayed')).toBeNull();
    expect((await user.send('GET', 'tasks', { headers: { 'If-None-Match': tag } })).status).toBe(200);
  });

  test('misses nothing that is written at the same time: what comes after is whole, with a clock', async () => {
    const user = await api.newUser();
    for (let round = 0; round < 25; round++) {
      const write = (n: number) =>
        n % 3 === 0
          ? user.send('POST', 'tasks', {
              json: { title: 'x' },
              headers: { 'Idempotency-Key': `${round} ${n}` },
            })
          : user.send('POST', 'task-batches', {
              json: { operations: [{ op: 'create', task: { title: 'x' } }] },
            });
      const answers = await Promise.all([...Array.from({ length: 5 }, (_, n) => write(n)), deleteAll(user)]);
      expect(answers.every(({ status }) => status < 300)).toBe(true);
      const sql = `SELECT (SELECT count(*)::int FROM tasks WHERE owner_id = $1) AS tasks,
        (SELECT coalesce(max(change_seq), 0)::int FROM tasks WHERE owner_id = $1) AS latest,
        (SELECT coalesce(max(seq), 0)::int FROM owner_clock WHERE owner_id = $1) AS clock`;
      const [row] = await queryPostgres<{ tasks: number; latest: number; clock: number }>(
        api.postgres.url,
        sql,
        [user.id],
      );
      // Each write after the deletion adds one task and one tick; a survivor of the deletion would have another clock's.
      expect(row).toEqual({ tasks: row?.clock, latest: row?.clock, clock: row?.clock });
      await deleteAll(user);
      expect(await left(user)).toEqual([0, 0, 0, 0]);
    }
  });

  test('waits for nobody who waits for it: keys of an older day that are used again at the same time', async () => {
    const deadlocks = async () => {
      // A session counts its own at the end of its transaction, but tells at most once a second.
      await new Promise((later) => setTimeout(later, 1500));
      const [row] = await queryPostgres<{ deadlocks: number }>(
        api.postgres.url,
        'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
      );
      return row?.deadlocks;
    };
    const before = await deadlocks();
    const user = await api.newUser();
    for (let round = 0; round < 8; round++) {
      const write = (n: number) =>
        user.send('POST', 'tasks', { json: { title: 'x' }, headers: { 'Idempotency-Key': `${n}` } });
      await Promise.all([0, 1, 2].map(write));
      await queryPostgres(
        api.postgres.url,
        `UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE owner_id = $1`,
        [user.id],
      );
      const answers = await Promise.all([write(0), deleteAll(user), write(1), deleteAll(user), write(2)]);
      expect(answers.map(({ status }) => status)).toEqual([201, 204, 201, 204, 201]);
      await deleteAll(user);
      expect(await left(user)).toEqual([0, 0, 0, 0]);
    }
    expect(await deadlocks()).toBe(before);
  });
});
