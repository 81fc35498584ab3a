import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { violations } from '../support/contract.ts';
import { queryPostgres } from '../support/postgres.ts';

describe('exportTasks', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ logLevel: 'debug' });
  });
  afterAll(() => api.close());

  const fill = (user: User, count: number, description: string) =>
    queryPostgres(
      api.postgres.url,
      `INSERT INTO tasks (owner_id, title, description, completed, created_at, updated_at, change_seq)
       SELECT $1, 't' || n, $3, false, now(), now(), n FROM generate_series(1, $2::int) AS n`,
      [user.id, count, description],
    );
  const pagesRead = () => api.logs.filter(({ statement }) => statement === 'export_tasks').length;

  /** Begins an export and leaves its body unread. */
  const begin = async (user: User): Promise<IncomingMessage> => {
    const asked = request(`${api.url}/api/v1/users/me/task-export`, {
      headers: { Authorization: `Bearer ${user.token}` },
    });
    asked.end();
    const [response] = await once(asked, 'response');
    return response;
  };

  /** The number of pages read, when it has stopped growing. */
  const settled = async (): Promise<number> => {
    for (let before = -1, now = pagesRead(); ; before = now, now = pagesRead()) {
      if (before === now) return now;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };

  test('answers every task of the user, a line each, by id, and nothing of others', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    await other.create({ title: 'not mine' });
    const text = 'two\nlines, "quotes", \\, \u2028 and 🎉';
    const made = [];
    for (const description of [null, text, '']) made.push(await user.create({ title: 'x', description }));
    const answer = await user.send('GET', 'task-export');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    expect(answer.text.endsWith('\n')).toBe(true);
    const lines = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const line of lines) expect(violations({ $ref: '#/components/schemas/Task' }, line)).toEqual([]);
    expect(lines).toEqual(made.sort((a, b) => (a.id < b.id ? -1 : 1)));
  });

  test('of nothing is empty', async () => {
    const answer = await (await api.newUser()).send('GET', 'task-export');
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  test('answers HEAD without a body', async () => {
    const user = await api.newUser();
    await user.create({ title: 'x' });
    const answer = await user.send('HEAD', 'task-export');
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  test('passes page borders without losing or repeating a task, while others come and go', async () => {
    const user = await api.newUser();
    await fill(user, 1600, 'x');
    const writing = Promise.all(Array.from({ length: 20 }, () => user.create({ title: 'come' })));
    const answer = await user.send('GET', 'task-export');
    await writing;
    const tasks: Task[] = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
    expect(tasks.filter(({ title }) => title !== 'come')).toHaveLength(1600);
  });

  describe('of many tasks', () => {
    // Far more text than the buffers between the two ends can hold: 25 pages of 1 MB.
    let user: User;
    beforeAll(async () => {
      user = await api.newUser();
      await fill(user, 12_000, 'd'.repeat(2000));
    });

    test('reads no faster than its client', async () => {
      const before = pagesRead();
      const response = await begin(user);
      const whileUnread = (await settled()) - before;
      expect(whileUnread).toBeGreaterThan(0);
      expect(whileUnread).toBeLessThan(15);
      let lines = 0;
      for await (const chunk of response) lines += String(chunk).split('\n').length - 1;
      expect(lines).toBe(12_000);
      expect(pagesRead() - before).toBe(25);
    });

    test('stops reading when the client hangs up, and the service is well', async () => {
      const response = await begin(user);
      await once(response, 'readable');
      response.destroy();
      const read = await settled();
      await user.create({ title: 'after' });
      expect(pagesRead()).toBe(read);
      await expect
        .poll(() => api.logs.filter((line) => line.operation === 'exportTasks' && line.status === 499).length)
        .toBe(1);
      expect(api.logs.filter(({ level }) => level === 'error')).toEqual([]);
    });

    test('breaks off when the database fails on the way, so that half an export is no export', async () => {
      const response = await begin(user);
      await settled();
      await api.database.close();
      const rest = async () => {
        for await (const _ of response);
      };
      await expect(rest()).rejects.toThrow('aborted');
      const failures = api.logs.filter(({ level }) => level === 'error').map(({ msg }) => msg);
      expect(new Set(failures)).toEqual(new Set(['an answer could not be sent']));
    });
  });
});
