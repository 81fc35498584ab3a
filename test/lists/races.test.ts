// Several clients at once. On the embedded Postgres they take turns; on a real one
// (TEST_DATABASE_URL) they truly race.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const createList = async (user: User, id: string = randomUUID()): Promise<string> =>
  (await user.send('POST', 'lists', { json: { id, name: 'a' } })).json.id;

/** Tasks in a list that does not exist, and subtasks that are not in the list of their parent. */
const strays = async (user: User): Promise<number> => {
  const [row] = await queryPostgres<{ n: number }>(
    api.postgres.url,
    `SELECT count(*)::int AS n
     FROM tasks
     LEFT JOIN tasks AS parent ON parent.owner_id = tasks.owner_id AND parent.id = tasks.parent_id
     WHERE tasks.owner_id = $1 AND (
       (tasks.list_id IS NOT NULL AND tasks.list_id NOT IN (SELECT id FROM lists WHERE owner_id = $1))
       OR (tasks.parent_id IS NOT NULL AND parent.list_id IS DISTINCT FROM tasks.list_id)
     )`,
    [user.id],
  );
  return row?.n ?? 0;
};

describe('at the same time', () => {
  test('of several deletions of a list exactly one succeeds', async () => {
    const user = await api.newUser();
    for (const query of ['', '?tasks=delete', '?tasks=detach']) {
      const list = await createList(user);
      if (query !== '') await user.create({ title: 'a', list_id: list });
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => user.send('DELETE', `lists/${list}${query}`)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404, 404]);
    }
  });

  test('of several creations with one id exactly one succeeds', async () => {
    const user = await api.newUser();
    for (let round = 0; round < 5; round++) {
      const id = randomUUID();
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => user.send('POST', 'lists', { json: { id, name: 'a' } })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    }
  });

  test('creations end at 500 lists', async () => {
    const user = await api.newUser();
    for (let n = 0; n < 5; n++) {
      const operations = Array.from({ length: n < 4 ? 100 : 97 }, () => ({
        op: 'create_list',
        list: { name: 'a' },
      }));
      await user.send('POST', 'task-batches', { json: { operations } });
    }
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => user.send('POST', 'lists', { json: { name: 'a' } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(7);
  });

  test('no task stays in a list that another client deletes', async () => {
    const user = await api.newUser();
    let refused = 0;
    for (let round = 0; round < 25; round++) {
      const list = await createList(user);
      const elsewhere = await user.create({ title: 'elsewhere' });
      const query = ['', '?tasks=delete', '?tasks=detach'][round % 3];
      const batch = { operations: [{ op: 'create', task: { title: 'batch', list_id: list } }] };
      const answers = await Promise.all([
        user.send('POST', 'tasks', { json: { title: 'new', list_id: list } }),
        user.send('PATCH', `tasks/${elsewhere.id}`, { json: { list_id: list } }),
        user.send('DELETE', `lists/${list}${query}`),
        user.send('POST', 'tasks', { json: { title: 'new', list_id: list } }),
        user.send('POST', 'task-batches', { json: batch }),
      ]);
      for (const { status } of answers) expect([200, 201, 409, 422]).toContain(status);
      refused += answers.filter(({ status }) => status >= 400).length;
      expect(await strays(user)).toBe(0);
    }
    expect(refused).toBeGreaterThan(0);
  });

  test('moves of lists lose none, and keep one order', async () => {
    const user = await api.newUser();
    const ids: string[] = [];
    for (let n = 0; n < 6; n++) ids.push(await createList(user));
    const moves = Array.from({ length: 30 }, (_, n) => {
      const place = n % 3 === 0 ? { first: true } : { after: ids[(n * 5) % 6] };
      const id = ids[(n * 5 + 1) % 6];
      return user.send('PATCH', `lists/${id}`, { json: { place } });
    });
    for (const { status } of await Promise.all(moves)) expect(status).toBe(200);
    const { items } = (await user.send('GET', 'lists')).json;
    expect(items.map(({ id }: { id: string }) => id).sort()).toEqual(ids.toSorted());
    expect(new Set(items.map(({ position }: { position: string }) => position)).size).toBe(6);
    const versions = items.map(({ version }: { version: number }) => version - 1);
    expect(versions.reduce((sum: number, moved: number) => sum + moved)).toBe(30);
  });
});
