// The history in an export: for a person who wants everything that is stored about them.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';
import { unswept } from '../support/unswept.ts';

interface Line {
  readonly type: string;
  readonly change?: string;
  readonly id?: string;
}

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

describe('exportTasks with history=true', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ ...(await unswept()), logLevel: 'debug' });
  });
  afterAll(() => api.close());

  const exported = async (user: User, query = '?history=true') =>
    linesOf((await user.send('GET', `task-export${query}`)).text);
  const changesOf = async (user: User) => (await exported(user)).filter(({ type }) => type === 'change');
  const pagesRead = () => api.logs.filter(({ statement }) => statement === 'export_history').length;
  /** Updates of tasks: `each` with a number, from `first` on. */
  const record = (user: User, count: number, { each = 1, age = '1 day', description = '' } = {}) =>
    queryPostgres(
      api.postgres.url,
      `INSERT INTO history (owner_id, change_seq, id, change, total, at, operation, is_deletion, former_seq, title,
         description, completed, created_at, updated_at, version, priority, labels, metadata, position)
       SELECT $1, 1 + n / $3::int, gen_random_uuid(), 1 + n / $3::int, n % $3::int + 1, now() - $4::interval, 'updateTask', false, 1,
         'before', $5, false, now(), now(), 1, 'none', '[]', '{}', 'p0000000000001000'
       FROM generate_series(0, $2::int - 1) AS n`,
      [user.id, count, each, age, description],
    );

  test('has each change of a task with what it was before, after the tasks, and counts them', async () => {
    const user = await api.newUser();
    const created = await user.create({ title: 'a' });
    const path = `tasks/${created.id}`;
    await user.send('PATCH', path, { json: { title: 'b' } });
    const updated = (await user.send('GET', path)).json;
    await user.send('DELETE', path);
    const kept = await user.create({ title: 'kept' });
    const made = { type: 'change', at: expect.any(String), client_id: null, undoes: null, kind: 'task' };
    const { id } = created;
    expect(await exported(user)).toEqual([
      { type: 'task', task: kept },
      { ...made, change: '1', operation: 'createTask', id, action: 'created' },
      { ...made, change: '2', operation: 'updateTask', id, action: 'updated', task: created },
      { ...made, change: '3', operation: 'deleteTask', id, action: 'deleted', task: updated },
      { ...made, change: '4', operation: 'createTask', id: kept.id, action: 'created' },
      { type: 'end', lists: 0, tasks: 1, changes: 4 },
    ]);
  });

  test('has what a list was before', async () => {
    const user = await api.newUser();
    const list = {
      id: randomUUID(),
      owner_id: user.id,
      name: 'Home',
      metadata: { color: 'red' },
      position: 'p0000000000001000',
      created_at: '2026-01-12T09:30:00.123456Z',
      updated_at: '2026-01-12T09:30:00.123456Z',
      version: 3,
    };
    await queryPostgres(
      api.postgres.url,
      `INSERT INTO history (owner_id, change_seq, id, is_list, change, total, at, operation, client_id, undoes, is_deletion,
         former_seq, name, metadata, position, created_at, updated_at, version)
       VALUES ($1, 8, $2, true, 7, 2, now(), 'undoChange', 'phone-app', 5, true, 4, 'Home', '{"color":"red"}', $3, $4, $4, 3)`,
      [user.id, list.id, list.position, list.created_at],
    );
    expect(await changesOf(user)).toEqual([
      {
        type: 'change',
        change: '7',
        at: expect.any(String),
        operation: 'undoChange',
        client_id: 'phone-app',
        undoes: '5',
        kind: 'list',
        id: list.id,
        action: 'deleted',
        list,
      },
    ]);
  });

  test('is not in an export without it', async () => {
    const user = await api.newUser();
    await record(user, 3);
    for (const query of ['', '?history=false']) {
      expect(await exported(user, query)).toEqual([{ type: 'end', lists: 0, tasks: 0 }]);
    }
    expect((await user.send('GET', 'task-export?history=all')).status).toBe(422);
  });

  test.each([499, 500, 501])('of %d rows ends where their pages end', async (count) => {
    const user = await api.newUser();
    await record(user, count);
    const before = pagesRead();
    expect(await changesOf(user)).toHaveLength(count);
    expect(pagesRead() - before).toBe(Math.ceil(count / 500));
  });

  test('loses and repeats nothing where a page ends within a change, and is in order', async () => {
    const user = await api.newUser();
    await record(user, 1300, { each: 400 });
    const changes = await changesOf(user);
    expect(new Set(changes.map(({ id }) => id)).size).toBe(1300);
    const numbers = changes.map(({ change }) => Number(change));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  test('has pages of a bounded size', async () => {
    const user = await api.newUser();
    await record(user, 100, { description: 'd'.repeat(2000) });
    const before = pagesRead();
    expect(await changesOf(user)).toHaveLength(100);
    // 64 kB of text and a row more.
    expect(pagesRead() - before).toBeGreaterThanOrEqual(3);
  });

  test('has nothing that is forgotten, and nothing of others', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    await record(user, 2, { age: '720 hours 1 minute' });
    await record(other, 3);
    expect(await exported(user)).toEqual([{ type: 'end', lists: 0, tasks: 0, changes: 0 }]);
  });

  test('is empty while everything is being deleted', async () => {
    const user = await api.newUser();
    await record(user, 3);
    await queryPostgres(
      api.postgres.url,
      'INSERT INTO owner_clock (owner_id, seq, erasing) VALUES ($1, 9, true)',
      [user.id],
    );
    expect(await changesOf(user)).toEqual([]);
  });

  test('is empty where no history is kept', async () => {
    const user = await api.newUser();
    await record(user, 3, { age: '1 minute' });
    const off = await startApi({
      postgres: { ...api.postgres, close: async () => {} },
      app: { historyDays: 0 },
    });
    try {
      const { text } = await (await off.newUser(user.id)).send('GET', 'task-export?history=true');
      expect(text).toBe('{"type":"end","lists":0,"tasks":0,"changes":0}\n');
    } finally {
      await off.close();
    }
  });
});
