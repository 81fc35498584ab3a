import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OwnerId } from '../../src/auth/principal.ts';
import { erasureOf } from '../../src/tasks/erasure.ts';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { isRealPostgres, queryPostgres, startOwnPostgres } from '../support/postgres.ts';
import { unswept } from '../support/unswept.ts';

const tables = ['tasks', 'task_tombstones', 'owner_clock', 'idempotency_keys'];

/** Rows of the history that no write here has made, with numbers of their own. */
const record = (api: Api, { id }: User, count: number) =>
  queryPostgres(
    api.postgres.url,
    `INSERT INTO history (owner_id, change_seq, id, change, total, at, operation, is_deletion)
     SELECT $1, 1000 + n / 10, gen_random_uuid(), 1000 + n / 10, n % 10 + 1, now(), 'applyTaskBatch', false
     FROM generate_series(0, $2::int - 1) AS n`,
    [id, count],
  );
const recorded = async (api: Api, { id }: User): Promise<number> => {
  const sql = 'SELECT count(*)::int AS rows FROM history WHERE owner_id = $1';
  return (await queryPostgres<{ rows: number }>(api.postgres.url, sql, [id]))[0]?.rows ?? -1;
};

const pieces = { rows: 10, clearing: 0, erasing: 0 };

/** How many rows each table has of the user. */
const left = async (api: Api, { id }: User): Promise<number[]> => {
  const counts = tables.map(
    (table) => `(SELECT count(*)::int FROM ${table} WHERE owner_id = $1) AS ${table}`,
  );
  const sql = `SELECT ${counts.join(', ')}`;
  return Object.values((await queryPostgres<Record<string, number>>(api.postgres.url, sql, [id]))[0] ?? {});
};
const nothing = [0, 0, 0, 0];

/** 35 tasks, 25 tombstones and 15 stored results; returns the tasks. */
const fill = async (api: Api, user: User): Promise<Task[]> => {
  const operations = Array.from({ length: 60 }, (_, n) => ({
    op: 'create',
    task: { title: `t${n}`, completed: n < 25 },
  }));
  const { results } = (await user.send('POST', 'task-batches', { json: { operations } })).json;
  for (let isMore = true; isMore; ) {
    isMore = (await user.send('DELETE', 'tasks?completed=true')).json.has_more;
  }
  await queryPostgres(
    api.postgres.url,
    `INSERT INTO idempotency_keys (owner_id, key, fingerprint, created_at, status, headers, body)
     SELECT $1, 'key ' || n, 'x', now(), 204, '{}', NULL FROM generate_series(1, 15) AS n`,
    [user.id],
  );
  return results.slice(25).map(({ task }: { task: Task }) => task);
};

/** What a process leaves that is killed after some pieces of an erasure. */
const interrupt = async (api: Api, user: User): Promise<void> => {
  const { finished } = await api.database.transaction(async (statements) => {
    const erasure = erasureOf(statements, user.id as OwnerId, pieces);
    return { finished: await erasure.deleteAll() };
  });
  expect(finished).toBe(false);
};
const deleteAll = (user: User, id = 'me') => user.send('DELETE', `/api/v1/users/${id}`);

describe('deleteUserData', () => {
  let api: Api;
  beforeAll(async () => {
    // One test counts the deadlocks of the database.
    api = await startApi({ postgres: await startOwnPostgres() });
  });
  afterAll(() => api.close());

  const live = async (user: User) => {
    const { id } = await user.create({ title: 'a' });
    await user.create({ title: 'b' });
    await user.send('DELETE', `tasks/${id}`);
    return user.send('POST', 'tasks', { json: { title: 'c' }, headers: { 'Idempotency-Key': 'k' } });
  };

  test('leaves no trace of the user, and all of everybody else', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    await live(user);
    await live(other);
    expect(await left(api, user)).toEqual([2, 1, 1, 1]);
    const answer = await deleteAll(user);
    expect([answer.status, answer.json]).toEqual([200, { status: 'complete' }]);
    expect(await left(api, user)).toEqual([0, 0, 0, 0]);
    expect(await left(api, other)).toEqual([2, 1, 1, 1]);
    expect((await user.send('GET', 'tasks')).json.items).toEqual([]);
  });

  test('leaves nothing of the history, and all of that of others', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    for (const one of [user, other]) {
      await live(one);
      await record(api, one, 25);
    }
    const others = await recorded(api, other);
    expect(others).toBeGreaterThanOrEqual(25);
    expect((await deleteAll(user)).json).toEqual({ status: 'complete' });
    expect([await recorded(api, user), await recorded(api, other)]).toEqual([0, others]);
  });

  test('can be repeated, also by someone who never had anything', async () => {
    const user = await api.newUser();
    expect((await deleteAll(user, user.id)).status).toBe(200);
    expect((await deleteAll(user)).status).toBe(200);
    expect(await left(api, user)).toEqual([0, 0, 0, 0]);
  });

  test('is not for other users', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    await live(other);
    expect((await deleteAll(user, other.id)).status).toBe(404);
    expect((await left(api, other))[0]).toBe(2);
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
      // Each write after the deletion adds one task and one tick; a survivor of the deletion would
      // have another clock's.
      expect(row).toEqual({ tasks: row?.clock, latest: row?.clock, clock: row?.clock });
      await deleteAll(user);
      expect(await left(api, user)).toEqual([0, 0, 0, 0]);
    }
  });

  test('waits for no one that waits for it: keys of an older day that are used again at the same time', async () => {
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
      expect(answers.map(({ status }) => status)).toEqual([201, 200, 201, 200, 201]);
      await deleteAll(user);
      expect(await left(api, user)).toEqual([0, 0, 0, 0]);
    }
    expect(await deadlocks()).toBe(before);
  });
});

describe('deleteUserData of very much', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi(await unswept({ pieces }));
  });
  afterAll(() => api.close());

  test('is 200 in one request when there is time', async () => {
    const patient = await startApi({
      postgres: { ...api.postgres, close: async () => {} },
      app: { pieces: { ...pieces, erasing: 60_000 } },
    });
    try {
      const user = await patient.newUser();
      await fill(api, user);
      expect((await deleteAll(user)).status).toBe(200);
      expect(await left(api, user)).toEqual(nothing);
    } finally {
      await patient.close();
    }
  });

  test('is continued by the same request when it was interrupted', async () => {
    const user = await api.newUser();
    await fill(api, user);
    await interrupt(api, user);
    for (let n = 0; n < 10; n++) {
      const { status } = await deleteAll(user);
      if (status === 200) break;
      expect(status).toBe(202);
    }
    expect(await left(api, user)).toEqual(nothing);
  });

  test('deletes a long history in pieces, also of a user who has nothing else', async () => {
    const [user, other] = [await api.newUser(), await api.newUser()];
    await record(api, user, 95);
    await record(api, other, 95);
    await interrupt(api, user);
    expect(await recorded(api, user)).toBe(95 - 2 * pieces.rows);
    let requests = 0;
    for (let status = 202; status === 202; requests += 1) {
      const before = await recorded(api, user);
      status = (await deleteAll(user)).status;
      expect(await recorded(api, user)).toBeLessThan(before);
    }
    expect([await recorded(api, user), await recorded(api, other)]).toEqual([0, 95]);
    expect(requests).toBeGreaterThan(0);
    expect(await left(api, user)).toEqual(nothing);
  });

  test('shows nothing until it is finished, as afterwards', async () => {
    const user = await api.newUser();
    const tasks = await fill(api, user);
    const page = (await user.send('GET', 'task-changes?limit=500')).json;
    const known = (await user.send('GET', 'tasks')).headers.get('etag') ?? '';
    await interrupt(api, user);
    expect((await left(api, user))[0]).toBeGreaterThan(0);
    const look = async () => ({
      tasks: (await user.send('GET', 'tasks', { headers: { 'If-None-Match': known } })).json,
      tag: (await user.send('GET', 'tasks')).headers.get('etag'),
      completed: (await user.send('GET', 'tasks?completed=false&q=t&sort=title')).json,
      changes: { ...(await user.send('GET', 'task-changes')).json, next_since: null },
      since: (await user.send('GET', `task-changes?since=${page.next_since}`)).status,
      lines: (await user.send('GET', 'task-export')).text
        .split('\n')
        .filter((line) => line.includes(user.id)),
      first: (await user.send('GET', `tasks/${tasks[0]?.id}`)).status,
    });
    const meanwhile = await look();
    expect(meanwhile).toMatchObject({
      tasks: { items: [], next_cursor: null },
      changes: { items: [], has_more: false },
      since: 410,
      lines: [],
      first: 404,
    });
    while ((await deleteAll(user)).status !== 200);
    expect(await look()).toEqual(meanwhile);
  });

  const writes: [string, (task: Task) => string, unknown?][] = [
    ['POST', () => 'tasks', { title: 'new' }],
    ['POST', () => 'task-batches', { operations: [{ op: 'create', task: { title: 'new' } }] }],
    ['PATCH', ({ id }) => `tasks/${id}`, { title: 'new' }],
    ['PATCH', ({ id }) => `tasks/${id}/complete`],
    ['DELETE', ({ id }) => `tasks/${id}`],
    ['DELETE', () => 'tasks?completed=true'],
  ];
  test.each(writes)('%s is refused meanwhile, with a key and without', async (method, path, json) => {
    for (const headers of [{}, { 'Idempotency-Key': randomUUID() }, { 'Idempotency-Key': 'key 15' }]) {
      const user = await api.newUser();
      const last = (await fill(api, user)).at(-1);
      if (last === undefined) throw new Error('no task');
      await interrupt(api, user);
      const answer = await user.send(method, path(last), { json, headers });
      expect([answer.status, answer.json.type]).toEqual([409, '/problems/erasure-in-progress']);
      while ((await deleteAll(user)).status !== 200);
      // The key is free.
      const again = await user.send('POST', 'tasks', { json: { title: 'new' }, headers });
      expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, null]);
    }
  });

  /** Runs `work` with an API that sweeps the same database from its first write on. */
  const whileSwept = async (work: (swept: Api) => Promise<void>): Promise<void> => {
    const swept = await startApi({ app: { pieces }, postgres: { ...api.postgres, close: async () => {} } });
    await work(swept).finally(swept.close);
  };

  test('is 202 when it takes longer than a request may, and finishes by itself', async () => {
    const user = await api.newUser();
    await fill(api, user);
    expect(await left(api, user)).toEqual([35, 25, 1, 15]);
    await whileSwept(async (swept) => {
      const answer = await deleteAll(await swept.newUser(user.id));
      expect([answer.status, answer.json]).toEqual([202, { status: 'in_progress' }]);
      await expect.poll(() => left(api, user)).toEqual(nothing);
    });
    expect((await deleteAll(user)).status).toBe(200);
  });

  test('is finished by the next write of anybody when it was interrupted', async () => {
    const user = await api.newUser();
    await fill(api, user);
    await interrupt(api, user);
    await whileSwept(async (swept) => {
      await (await swept.newUser()).create({ title: 'any' });
      await expect.poll(() => left(api, user)).toEqual(nothing);
    });
  });

  test('is finished by the server for a client that tries to write', async () => {
    const user = await api.newUser();
    await fill(api, user);
    await interrupt(api, user);
    await whileSwept(async (swept) => {
      const refused = await (await swept.newUser(user.id)).send('POST', 'tasks', { json: { title: 'new' } });
      expect([refused.status, refused.json.type]).toEqual([409, '/problems/erasure-in-progress']);
      expect(refused.headers.get('retry-after')).toBe('1');
      await expect.poll(() => left(api, user)).toEqual(nothing);
    });
    expect((await user.create({ title: 'new' })).version).toBe(1);
  });

  test('never takes what was written after it, whoever finishes it', async () => {
    await whileSwept(async (swept) => {
      for (let round = 0; round < (isRealPostgres ? 8 : 3); round++) {
        const user = await swept.newUser();
        await fill(api, user);
        const erased = await Promise.all([deleteAll(user), deleteAll(user), deleteAll(user)]);
        for (const { status } of erased) expect([200, 202]).toContain(status);
        const create = async (title: string): Promise<string> => {
          for (;;) {
            const answer = await user.send('POST', 'tasks', { json: { title } });
            if (answer.status === 201) return answer.json.id;
            expect(answer.json.type).toBe('/problems/erasure-in-progress');
            await sleep(50);
          }
        };
        const ids = await Promise.all(Array.from({ length: 6 }, (_, n) => create(`new ${n}`)));
        // Anything that still deletes has had its time when the sweep finds nothing.
        await erasureOf(api.database, user.id as OwnerId, pieces).continueErasure();
        const { items } = (await user.send('GET', 'tasks')).json;
        expect(items.map(({ id }: Task) => id).toSorted()).toEqual(ids.toSorted());
        expect(await left(api, user)).toEqual([6, 0, 1, 0]);
      }
    });
  });
});
