import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OwnerId } from '../../src/auth/principal.ts';
import { forgettingOf, sweep } from '../../src/db/sweep.ts';
import { feedOf } from '../../src/tasks/feed.ts';
import { type Api, startApi, type Task, type User } from '../support/app.ts';
import { isRealPostgres, queryPostgres } from '../support/postgres.ts';
import { unswept } from '../support/unswept.ts';

type Change = { type: 'task'; task: Task } | { type: 'deleted'; id: string; deleted_at: string };
interface Changes {
  readonly items: Change[];
  readonly next_since: string;
  readonly has_more: boolean;
}

describe('listTaskChanges', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi(await unswept());
  });
  afterAll(() => api.close());

  const get = (user: User, parameters: Record<string, string> = {}) =>
    user.send('GET', `task-changes?${new URLSearchParams(parameters)}`);
  const changes = async (user: User, since?: string, limit = 100): Promise<Changes> => {
    const answer = await get(user, { limit: String(limit), ...(since && { since }) });
    expect(answer.status).toBe(200);
    return answer.json;
  };
  const ofKind = ({ items }: Changes) =>
    items.map((item) => (item.type === 'task' ? item.task.title : item.type));

  test('tells what has changed since, in the order in which it happened, the deletions too', async () => {
    const user = await api.newUser();
    const start = await changes(user);
    expect(start).toMatchObject({ items: [], has_more: false });
    const [a, b, c] = [
      await user.create({ title: 'a' }),
      await user.create({ title: 'b' }),
      await user.create({ title: 'c' }),
    ];
    const first = await changes(user, start.next_since);
    expect(first.items).toEqual([a, b, c].map((task) => ({ type: 'task', task })));
    await user.send('DELETE', `tasks/${b.id}`);
    const changed = await user.send('PATCH', `tasks/${a.id}`, { json: { title: 'A' } });
    const second = await changes(user, first.next_since);
    expect(second.items).toEqual([
      { type: 'deleted', id: b.id, deleted_at: expect.any(String) },
      { type: 'task', task: changed.json },
    ]);
    expect((await changes(user, second.next_since)).items).toEqual([]);
    // A token stays good: nothing is used up by reading.
    expect((await changes(user, first.next_since)).items).toEqual(second.items);
    // From nothing, what has come and gone is no news.
    expect(ofKind(await changes(user))).toEqual(['c', 'A']);
  });

  test('tells of a task that changed often only the latest state, once', async () => {
    const user = await api.newUser();
    const { next_since: token } = await changes(user);
    const { id } = await user.create({ title: 'a' });
    for (const title of ['b', 'c', 'd']) await user.send('PATCH', `tasks/${id}`, { json: { title } });
    expect(ofKind(await changes(user, token))).toEqual(['d']);
  });

  test('cuts pages anywhere, even within one batch or one clearing', async () => {
    const user = await api.newUser();
    const operations = Array.from({ length: 23 }, (_, n) => ({
      op: 'create',
      task: { title: `t${n}`, completed: true },
    }));
    await user.send('POST', 'task-batches', { json: { operations } });
    const walk = async (from?: string) => {
      const found: Change[] = [];
      let token = from;
      for (;;) {
        const page = await changes(user, token, 5);
        expect(page.items.length).toBeLessThanOrEqual(5);
        found.push(...page.items);
        token = page.next_since;
        if (!page.has_more) return { found, token };
        expect(page.items).toHaveLength(5);
      }
    };
    const created = await walk();
    const ids = created.found.map((item) => (item.type === 'task' ? item.task.id : ''));
    expect(new Set(ids).size).toBe(23);
    await user.send('DELETE', 'tasks?completed=true');
    const deleted = await walk(created.token);
    expect(deleted.found.map((item) => (item.type === 'deleted' ? item.id : '')).sort()).toEqual(ids.sort());
  });

  test('reads no more long tasks from the database than a page has', async () => {
    const user = await api.newUser();
    const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`name${n}`, 'é'.repeat(500)]));
    const operations = Array.from({ length: 60 }, (_, n) => ({
      op: 'create',
      task: n === 50 ? { title: 'short' } : { title: 'long', description: 'x'.repeat(2000), metadata },
    }));
    const created = await user.send('POST', 'task-batches', { json: { operations } });
    let read = 0;
    const feed = feedOf(
      {
        ...api.database,
        any: async (query) => {
          const rows = await api.database.any(query);
          read += rows.length;
          return rows;
        },
      },
      user.id as OwnerId,
    );
    const found: unknown[] = [];
    const lengths: number[] = [];
    for (let since = null as Parameters<typeof feed.changes>[0], more = true; more; ) {
      const page = await feed.changes(since, 500);
      found.push(...(page?.items ?? []));
      lengths.push(page?.items.length ?? 0);
      since = page?.next ?? null;
      more = page?.hasMore ?? false;
    }
    expect(found).toEqual(created.json.results.map(({ task }: { task: Task }) => ({ type: 'task', task })));
    // 18 kB each, and 256 kB to a page.
    expect(lengths.slice(0, -1).every((length) => length >= 14 && length <= 16)).toBe(true);
    expect(read).toBe(found.length);
  });

  test.each([
    ['0', 422],
    ['1', 200],
    ['500', 200],
    ['501', 422],
    ['ten', 422],
  ])('takes a limit of %s or refuses it', async (limit, status) => {
    expect((await get(await api.newUser(), { limit })).status).toBe(status);
  });

  test('does not tell who starts from nothing of what was deleted before, on any page', async () => {
    const user = await api.newUser();
    await user.create({ title: 'a' });
    const gone = await user.create({ title: 'b' });
    await user.create({ title: 'c' });
    await user.send('DELETE', `tasks/${gone.id}`);
    const first = await changes(user, undefined, 1);
    const late = await user.create({ title: 'd' });
    await user.send('DELETE', `tasks/${late.id}`);
    expect([...ofKind(first), ...ofKind(await changes(user, first.next_since))]).toEqual([
      'a',
      'c',
      'deleted',
    ]);
  });

  describe('the token', () => {
    test('shows nothing and differs each time', async () => {
      const user = await api.newUser();
      await user.create({ title: 'a' });
      const [one, two] = [await changes(user), await changes(user)];
      expect(one.next_since).not.toBe(two.next_since);
      const text = Buffer.from(one.next_since, 'base64url').toString('latin1');
      expect(text).not.toContain(user.id);
      // Sealed bytes look random: no two tokens share a run of them, as a number or an id left in
      // the clear would be.
      const [a, b] = [one, two].map(({ next_since }) => Buffer.from(next_since, 'base64url'));
      expect(a?.filter((byte, n) => byte === b?.[n]).length).toBeLessThan(16);
    });

    test('is refused when it is another user’s, changed, cut, or made up', async () => {
      const [user, other] = [await api.newUser(), await api.newUser()];
      await user.create({ title: 'a' });
      await other.create({ title: 'b' });
      const { next_since: token } = await changes(user);
      const turned = (at: number) => {
        const bytes = Buffer.from(token, 'base64url');
        bytes[at] = (bytes[at] ?? 0) ^ 1;
        return bytes.toString('base64url');
      };
      const tokens = [
        turned(0),
        turned(20),
        turned(75),
        token.slice(0, -4),
        `${token}AAAA`,
        'AAAA',
        'x'.repeat(102),
      ];
      for (const bad of tokens) expect((await get(user, { since: bad })).status).toBe(400);
      const foreign = await get(other, { since: token });
      expect(foreign.status).toBe(400);
      expect(foreign.json.type).toBe('/problems/malformed-request');
      for (const bad of ['', 'a b', 'a=', 'x'.repeat(513)])
        expect((await get(user, { since: bad })).status).toBe(422);
      expect((await get(user, { since: token })).status).toBe(200);
    });
  });

  describe('a token from before what has been forgotten', () => {
    const expired = async (user: User, token: string) => {
      const answer = await get(user, { since: token });
      expect(answer.status).toBe(410);
      expect(answer.json.type).toBe('/problems/change-token-expired');
    };
    const age = (user: User, interval: string) =>
      queryPostgres(
        api.postgres.url,
        'UPDATE task_tombstones SET deleted_at = deleted_at - $2::interval WHERE owner_id = $1',
        [user.id, interval],
      );
    const tombstones = async (user: User) => {
      const sql = 'SELECT count(*)::int AS n FROM task_tombstones WHERE owner_id = $1';
      return (await queryPostgres<{ n: number }>(api.postgres.url, sql, [user.id]))[0]?.n;
    };

    test('is 410 once its tombstones are gone, after 30 days; a younger one is good', async () => {
      const user = await api.newUser();
      await user.create({ title: 'oldest' });
      const [a, b] = [await user.create({ title: 'a' }), await user.create({ title: 'b' })];
      const empty = (await changes(await api.newUser())).next_since;
      const old = (await changes(user)).next_since;
      const onTheWay = (await changes(user, undefined, 1)).next_since;
      await user.send('DELETE', `tasks/${a.id}`);
      const young = (await changes(user)).next_since;
      await age(user, '29 days 23 hours');
      await sweep(api.database, forgettingOf(api.database, { historyDays: 30 }));
      expect(ofKind(await changes(user, old))).toEqual(['deleted']);
      await age(user, '2 hours');
      await sweep(api.database, forgettingOf(api.database, { historyDays: 30 }));
      expect(await tombstones(user)).toBe(0);
      await expired(user, old);
      await expired(user, onTheWay);
      expect((await changes(user, young)).items).toEqual([]);
      expect((await get(user, { since: empty })).status).toBe(400);
      // Starting again works, page by page, past where the forgotten tombstone was.
      await user.send('PATCH', `tasks/${b.id}`, { json: { title: 'B' } });
      await user.create({ title: 'c' });
      const page = await changes(user, undefined, 1);
      expect([...ofKind(page), ...ofKind(await changes(user, page.next_since))]).toEqual([
        'oldest',
        'B',
        'c',
      ]);
    });

    test('counts only what this user deleted', async () => {
      const [user, other] = [await api.newUser(), await api.newUser()];
      const mine = await user.create({ title: 'a' });
      const theirs = await other.create({ title: 'b' });
      const token = (await changes(user)).next_since;
      await other.send('DELETE', `tasks/${theirs.id}`);
      await user.send('DELETE', `tasks/${mine.id}`);
      await age(other, '31 days');
      await sweep(api.database, forgettingOf(api.database, { historyDays: 30 }));
      expect(ofKind(await changes(user, token))).toEqual(['deleted']);
    });

    test('is 410 after everything was deleted, however much has been written since', async () => {
      const user = await api.newUser();
      await user.create({ title: 'a' });
      const token = (await changes(user)).next_since;
      await user.send('DELETE', '/api/v1/users/me');
      await expired(user, token);
      for (const title of ['b', 'c', 'd']) await user.create({ title });
      await expired(user, token);
      expect(ofKind(await changes(user))).toEqual(['b', 'c', 'd']);
    });

    test('sweeps after a write by itself', async () => {
      const fresh = await startApi({ postgres: { ...api.postgres, close: async () => {} } });
      try {
        const owner = `user-${randomUUID()}`;
        await queryPostgres(
          fresh.postgres.url,
          `INSERT INTO owner_clock (owner_id, seq) VALUES ('${owner}', 2);
           INSERT INTO task_tombstones (owner_id, id, change_seq, deleted_at)
           VALUES ('${owner}', gen_random_uuid(), 1, now() - interval '31 days'),
             ('${owner}', gen_random_uuid(), 2, now() - interval '29 days');
           INSERT INTO idempotency_keys (owner_id, key, fingerprint, created_at)
           VALUES ('${owner}', 'old', 'x', now() - interval '25 hours'), ('${owner}', 'young', 'x', now());`,
        );
        await (await fresh.newUser()).create({ title: 'any' });
        const left = () =>
          queryPostgres(
            fresh.postgres.url,
            `SELECT change_seq::text AS what FROM task_tombstones WHERE owner_id = $1
             UNION ALL SELECT key FROM idempotency_keys WHERE owner_id = $1
             UNION ALL SELECT 'horizon ' || horizon FROM owner_clock WHERE owner_id = $1 ORDER BY what`,
            [owner],
          );
        await expect.poll(left).toEqual([{ what: '2' }, { what: 'horizon 1' }, { what: 'young' }]);
      } finally {
        await fresh.close();
      }
    });
  });

  test('misses nothing and invents nothing, however many write and follow at once', async () => {
    const user = await api.newUser();
    const [writers, followers, rounds] = [8, 4, isRealPostgres ? 40 : 12];
    let writing = true;
    let written = 0;
    const known: string[] = [];
    const any = () => known[Math.floor(Math.random() * known.length)] ?? randomUUID();
    const write = async (n: number) => {
      for (let round = 0; round < rounds; round++) {
        const dice = (round * 7 + n * 3) % 10;
        const answer =
          dice < 4
            ? await user.send('POST', 'tasks', { json: { title: `w${n} r${round}` } })
            : dice < 6
              ? await user.send('PATCH', `tasks/${any()}`, { json: { title: `w${n} r${round}` } })
              : dice === 6
                ? await user.send('PATCH', `tasks/${any()}/complete`)
                : dice === 7
                  ? await user.send('DELETE', `tasks/${any()}`)
                  : dice === 8
                    ? await user.send('POST', 'task-batches', {
                        json: {
                          operations: [
                            { op: 'create', task: { title: `b${n} r${round}` } },
                            { op: 'create', task: { title: `b${n} r${round}`, completed: round % 2 === 0 } },
                          ],
                        },
                      })
                    : await user.send('DELETE', 'tasks?completed=true');
        expect([200, 201, 204, 404]).toContain(answer.status);
        if (answer.status < 300) written += 1;
        if (answer.status === 201) known.push(answer.json.id);
      }
    };
    const follow = async (limit: number) => {
      const replica = new Map<string, Task>();
      const gone = new Set<string>();
      let token: string | undefined;
      let last = false;
      for (;;) {
        const page = await changes(user, token, limit);
        for (const item of page.items) {
          if (item.type === 'deleted') {
            replica.delete(item.id);
            gone.add(item.id);
          } else {
            // An older state after a newer one, or a task after its deletion, would be out of
            // order.
            expect(item.task.version).toBeGreaterThan(replica.get(item.task.id)?.version ?? 0);
            expect(gone).not.toContain(item.task.id);
            replica.set(item.task.id, item.task);
          }
        }
        token = page.next_since;
        if (page.has_more) continue;
        if (last) return replica;
        last = !writing;
      }
    };
    const replicas = Array.from({ length: followers }, (_, n) => follow(1 + n * 5));
    await Promise.all(Array.from({ length: writers }, (_, n) => write(n)));
    writing = false;
    const table = new Map<string, Task>();
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = await user.send('GET', `tasks?limit=100${cursor && `&cursor=${cursor}`}`);
      for (const task of page.json.items) table.set(task.id, task);
      cursor = page.json.next_cursor;
    }
    const sorted = (tasks: Map<string, Task>) => [...tasks.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    for (const replica of await Promise.all(replicas)) expect(sorted(replica)).toEqual(sorted(table));
    expect(written).toBeGreaterThan(writers * rounds * 0.4);
  });
});
