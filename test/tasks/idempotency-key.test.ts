import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import type { ApiResponse } from '../support/client.ts';
import { isRealPostgres, queryPostgres } from '../support/postgres.ts';
import { sendRaw } from '../support/raw.ts';

describe('Idempotency-Key', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ logLevel: 'debug' });
  });
  afterAll(() => api.close());

  const withKey = (key: string, more: Record<string, string> = {}) => ({ 'Idempotency-Key': key, ...more });
  const list = async (user: User): Promise<Task[]> => (await user.send('GET', 'tasks?limit=100')).json.items;
  const clockOf = async (owner: string) => {
    const sql = 'SELECT seq FROM owner_clock WHERE owner_id = $1';
    const [row] = await queryPostgres<{ seq: string }>(api.postgres.url, sql, [owner]);
    return Number(row?.seq ?? 0);
  };
  const sameAnswer = (first: ApiResponse, again: ApiResponse) => {
    expect(again.status).toBe(first.status);
    expect(again.text).toBe(first.text);
    for (const name of ['etag', 'location', 'content-type', 'content-length']) {
      expect(again.headers.get(name)).toBe(first.headers.get(name));
    }
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
  };

  const writes: [string, (task: Task) => [string, string, unknown?]][] = [
    ['createTask', () => ['POST', 'tasks', { title: 'Ünïcode "quoted" \\ \u2028 🎉', description: null }]],
    ['replaceTask', ({ id }) => ['PUT', `tasks/${id}`, { title: 'x', description: null, completed: true }]],
    ['updateTask', ({ id }) => ['PATCH', `tasks/${id}`, { title: 'x' }]],
    ['completeTask', ({ id }) => ['PATCH', `tasks/${id}/complete`]],
    ['deleteTask', ({ id }) => ['DELETE', `tasks/${id}`]],
    ['deleteCompletedTasks', () => ['DELETE', 'tasks?completed=true']],
    ['renameLabel', () => ['POST', 'label-renames', { label: 'Home', new_label: 'House' }]],
    [
      'applyTaskBatch',
      ({ id }) => [
        'POST',
        'task-batches',
        {
          operations: [
            { op: 'create', task: { title: 'y' } },
            { op: 'delete', id },
          ],
        },
      ],
    ],
  ];
  test.each(writes)('makes %s happen once, and answers it again byte for byte', async (_, request) => {
    const user = await api.newUser();
    await user.create({ title: 'done', completed: true, labels: ['Home'] });
    const [method, path, json] = request(await user.create({ title: 'start' }));
    const options = { headers: withKey(randomUUID()), json };
    const first = await user.send(method, path, options);
    expect(first.status).toBeLessThan(300);
    const [tasks, clock] = [await list(user), await clockOf(user.id)];
    sameAnswer(first, await user.send(method, path, options));
    sameAnswer(first, await user.send(method, path.replace('/me/', `/${user.id}/`), options));
    expect(await list(user)).toEqual(tasks);
    expect(await clockOf(user.id)).toBe(clock);
  });

  test('answers again although the task has changed or gone since', async () => {
    const user = await api.newUser();
    const options = { headers: withKey('first'), json: { title: 'x' } };
    const first = await user.send('POST', 'tasks', options);
    await user.send('PATCH', `tasks/${first.json.id}`, { json: { title: 'y' } });
    await user.send('DELETE', `tasks/${first.json.id}`);
    sameAnswer(first, await user.send('POST', 'tasks', options));
    expect(await list(user)).toEqual([]);
  });

  test('takes the same members in another order, and white space around a title, for the same request', async () => {
    const user = await api.newUser();
    const send = (body: string) =>
      user.send('POST', 'tasks', { body, headers: withKey('k', { 'Content-Type': 'application/json' }) });
    const first = await send('{"title":"x","completed":false}');
    sameAnswer(first, await send('{ "completed": false, "title": " x" }'));
  });

  test('takes ids in other letter case for the same request, in the path and in a batch', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'start' });
    const rename = (as: string) =>
      user.send('PATCH', `tasks/${as}`, { json: { title: 'x' }, headers: withKey('path') });
    sameAnswer(await rename(id), await rename(id.toUpperCase()));
    const batch = (as: string) =>
      user.send('POST', 'task-batches', {
        json: { operations: [{ op: 'update', id: as, changes: { completed: true } }] },
        headers: withKey('batch'),
      });
    sameAnswer(await batch(id.toUpperCase()), await batch(id));
    expect((await list(user)).map(({ version }) => version)).toEqual([3]);
  });

  test('takes a title that looks like an id, in other letter case, for another request', async () => {
    const user = await api.newUser();
    const send = (title: string) => user.send('POST', 'tasks', { json: { title }, headers: withKey('k') });
    expect((await send('3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7')).status).toBe(201);
    expect((await send('3F0C2C9E-8A55-4D0E-9A3C-52F8A2F0A1B7')).status).toBe(422);
  });

  describe('refuses the key for another request:', () => {
    const others: [string, (task: Task) => [string, string, unknown, Record<string, string>?]][] = [
      ['another body', ({ id }) => ['PATCH', `tasks/${id}`, { title: 'z' }]],
      [
        'another operation',
        ({ id }) => ['PUT', `tasks/${id}`, { title: 'x', description: null, completed: false }],
      ],
      ['another task', () => ['PATCH', `tasks/${randomUUID()}`, { title: 'x' }]],
      ['another precondition', ({ id }) => ['PATCH', `tasks/${id}`, { title: 'x' }, { 'If-Match': '"2"' }]],
    ];
    test.each(others)('%s', async (_, request) => {
      const user = await api.newUser();
      const task = await user.create({ title: 'start' });
      await user.send('PATCH', `tasks/${task.id}`, { headers: withKey('k'), json: { title: 'x' } });
      const [method, path, json, headers] = request(task);
      const refused = await user.send(method, path, { headers: withKey('k', headers), json });
      expect(refused.status).toBe(422);
      expect(refused.json).toMatchObject({
        type: '/problems/idempotency-key-reused',
        errors: [{ loc: ['header', 'idempotency-key'] }],
      });
      expect((await list(user)).map(({ title, version }) => [title, version])).toEqual([['x', 2]]);
    });
  });

  test('stores no refusal: what failed may be sent again, corrected, with the same key', async () => {
    const user = await api.newUser();
    const headers = withKey('k');
    const { id } = await user.create({ title: 'start' });
    expect((await user.send('POST', 'tasks', { headers, json: { title: '' } })).status).toBe(422);
    expect((await user.send('DELETE', `tasks/${randomUUID()}`, { headers })).status).toBe(404);
    const stale = { ...headers, 'If-Match': '"9"' };
    expect((await user.send('PATCH', `tasks/${id}`, { headers: stale, json: { title: 'x' } })).status).toBe(
      412,
    );
    const operations = [
      { op: 'create', task: { title: 'never' } },
      { op: 'delete', id: randomUUID() },
    ];
    expect((await user.send('POST', 'task-batches', { headers, json: { operations } })).status).toBe(422);
    const created = await user.send('POST', 'tasks', { headers, json: { title: 'at last' } });
    expect(created.status).toBe(201);
    expect(created.headers.get('idempotency-replayed')).toBeNull();
    expect((await list(user)).map(({ title }) => title)).toEqual(['at last', 'start']);
    expect(await clockOf(user.id)).toBe(2);
  });

  test("knows nothing of other users' keys", async () => {
    const [alice, bob] = [await api.newUser(), await api.newUser()];
    const options = (title: string) => ({ headers: withKey('the same key'), json: { title } });
    const first = await alice.send('POST', 'tasks', options('x'));
    const second = await bob.send('POST', 'tasks', options('y'));
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.headers.get('idempotency-replayed')).toBeNull();
    expect((await list(bob)).map(({ title }) => title)).toEqual(['y']);
  });

  test.each([
    ['255 characters', 'k'.repeat(255), 201],
    ['256 characters', 'k'.repeat(256), 422],
    [
      'every printable character',
      Array.from({ length: 94 }, (_, n) => String.fromCharCode(33 + n)).join(''),
      201,
    ],
    ['spaces within', 'a key', 201],
    ['nothing', '', 422],
    ['a letter beyond ASCII', 'schl\u00fcssel', 422],
    ['a tab', 'a\tb', 422],
  ])('of %s is taken or refused', async (_, key, status) => {
    const user = await api.newUser();
    const answer = await user.send('POST', 'tasks', { headers: withKey(key), json: { title: 'x' } });
    expect(answer.status).toBe(status);
    if (status === 422) expect(answer.json.errors[0].loc).toEqual(['header', 'idempotency-key']);
  });

  test('that comes twice is refused: neither was meant to be joined with the other', async () => {
    const user = await api.newUser();
    const path = '/api/v1/users/me/tasks';
    const request = [
      `POST ${path} HTTP/1.1`,
      'Host: localhost',
      `Authorization: Bearer ${user.token}`,
      'Idempotency-Key: a',
      'idempotency-key: b',
      'Content-Type: application/json',
      'Content-Length: 13',
      'Connection: close',
      '',
      '{"title":"x"}',
    ];
    const answer = await sendRaw(api.url, 'POST', path, request.join('\r\n'));
    expect(answer.status).toBe(422);
    expect(JSON.parse(answer.text).errors[0].loc).toEqual(['header', 'idempotency-key']);
    expect(await list(user)).toEqual([]);
  });

  test('is kept for 24 hours, and then as good as new', async () => {
    const user = await api.newUser();
    const options = { headers: withKey('k'), json: { title: 'x' } };
    const first = await user.send('POST', 'tasks', options);
    const age = (interval: string) =>
      queryPostgres(
        api.postgres.url,
        'UPDATE idempotency_keys SET created_at = now() - $2::interval WHERE owner_id = $1',
        [user.id, interval],
      );
    await age('23 hours 59 minutes');
    sameAnswer(first, await user.send('POST', 'tasks', options));
    await age('24 hours 1 minute');
    const second = await user.send('POST', 'tasks', options);
    expect(second.json.id).not.toBe(first.json.id);
    sameAnswer(second, await user.send('POST', 'tasks', options));
  });

  test('lets one of many equal requests at once write, whoever answers first', async () => {
    const user = await api.newUser();
    for (let round = 0; round < 30; round++) {
      const options = { headers: withKey(`round ${round}`), json: { title: `t${round}` } };
      const answers = await Promise.all(Array.from({ length: 6 }, () => user.send('POST', 'tasks', options)));
      const made = answers.filter(({ status }) => status === 201);
      expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
      expect(made.filter(({ headers }) => headers.get('idempotency-replayed') === null)).toHaveLength(1);
      expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    }
    expect(await list(user)).toHaveLength(30);
  });

  // The embedded Postgres is one session: there, a second request waits for the first.
  test.runIf(isRealPostgres)('answers 409 while the first request is still running', async () => {
    const user = await api.newUser();
    await user.create({ title: 'start' });
    const blocker = new pg.Client(api.postgres.url);
    await blocker.connect();
    try {
      await blocker.query('BEGIN');
      await blocker.query('SELECT FROM owner_clock WHERE owner_id = $1 FOR UPDATE', [user.id]);
      const options = { headers: withKey('k'), json: { title: 'x' } };
      const claims = () => api.logs.filter(({ statement }) => statement === 'claim_idempotency_key').length;
      const before = claims();
      const running = user.send('POST', 'tasks', options);
      await expect.poll(claims).toBe(before + 1);
      const conflict = await user.send('POST', 'tasks', options);
      expect(conflict.status).toBe(409);
      expect(conflict.json.type).toBe('/problems/idempotency-in-progress');
      expect(conflict.headers.get('retry-after')).toBe('1');
      await blocker.query('COMMIT');
      const first = await running;
      sameAnswer(first, await user.send('POST', 'tasks', options));
      expect(await list(user)).toHaveLength(2);
    } finally {
      await blocker.end();
    }
  });

  // A statement goes on seeing the stored result whose deletion, for which it waits, lets it claim
  // the key.
  test.runIf(isRealPostgres)('claims a key whose result is deleted while it looks for it', async () => {
    const user = await api.newUser();
    const options = { headers: withKey('k'), json: { title: 'x' } };
    await user.send('POST', 'tasks', options);
    const deleter = new pg.Client(api.postgres.url);
    await deleter.connect();
    try {
      await deleter.query('BEGIN');
      await deleter.query('DELETE FROM idempotency_keys WHERE owner_id = $1', [user.id]);
      const running = user.send('POST', 'tasks', options);
      const waiting = async () => {
        const sql = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))`;
        return (await deleter.query<{ n: number }>(sql)).rows[0]?.n;
      };
      await expect.poll(waiting).toBe(1);
      await deleter.query('COMMIT');
      const again = await running;
      expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, null]);
      sameAnswer(again, await user.send('POST', 'tasks', options));
      expect(await list(user)).toHaveLength(2);
    } finally {
      await deleter.end();
    }
  });
});
