// One owner asks for as much as possible: what another owner's request waits for. Counted, not
// timed: how many of the first owner's turns at the database are served between the other's arrival
// in line and its end.
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/observability/log.ts';
import type { Database, Statements } from '../../src/postgres/database.ts';
import { openDatabase } from '../../src/postgres/pool.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { eventually } from '../support/testbed/programs.ts';

interface Event {
  readonly owner: string;
  readonly what: 'asked' | 'served';
}

/** A database that keeps in which order the turns of its callers are asked for and end. */
const observed = (database: Database, events: Event[]): Database => {
  const watch = (statements: Statements, owner: string): Statements => {
    const watched = async <T>(turn: () => Promise<T>): Promise<T> => {
      events.push({ owner, what: 'asked' });
      const result = await turn();
      events.push({ owner, what: 'served' });
      return result;
    };
    return {
      any: (...args) => watched(() => statements.any(...args)),
      one: (query) => watched(() => statements.one(query)),
      maybeOne: (query) => watched(() => statements.maybeOne(query)),
      turn: (work) => watched(() => statements.turn(work)),
      transaction: (work) => watched(() => statements.transaction(work)),
    };
  };
  return { ...database, as: (caller) => watch(database.as(caller), caller.owner) };
};

describe('an owner beside one who asks for very much', () => {
  let postgres: TestPostgres;
  let database: Database;
  let api: Api;
  let victim: User;
  let events: Event[];
  beforeAll(async () => {
    postgres = await startPostgres();
    const { url, preparedStatements } = postgres;
    // With more connections the victim would seldom wait at all.
    database = await openDatabase(
      { url, poolMax: 1, preparedStatements, timeout: 60_000 },
      createLogger('silent'),
    );
    events = [];
    api = await startApi({ postgres, app: { database: observed(database, events) } });
    victim = await api.newUser();
    await victim.create({ title: 'the only one' });
  });
  afterAll(async () => {
    await database.close();
    await api.close();
  });

  /**
   * The most turns of `hostile` that ended while one of the victim's was asked for and not served.
   */
  const mostBetween = (hostile: User): number => {
    let most = 0;
    let since: number | undefined;
    for (const { owner, what } of events) {
      if (owner === victim.id) since = what === 'asked' ? 0 : undefined;
      else if (owner === hostile.id && what === 'served' && since !== undefined) since += 1;
      most = Math.max(most, since ?? 0);
    }
    return most;
  };

  /**
   * Sends `requests`, and the victim's beside them until all are done; returns the statuses of the
   * former.
   */
  const beside = async (requests: () => Promise<{ status: number }>[]): Promise<number[]> => {
    events.length = 0;
    let isOver = false;
    const attack = Promise.all(requests()).finally(() => {
      isOver = true;
    });
    let asked = 0;
    while (!isOver || asked < 5) {
      const [list, write] = [
        await victim.send('GET', 'tasks'),
        await victim.send('POST', 'tasks', { json: { title: 'one more' } }),
      ];
      expect([list.status, write.status]).toEqual([200, 201]);
      asked += 1;
    }
    return (await attack).map(({ status }) => status);
  };

  // The turn that runs when the victim's arrives, the one whose turn it is then, and as many as a
  // turn of the victim's has cost before, where the machine is busy.
  const fewest = 18;

  test('waits for a few of 40 searches', async () => {
    const hostile = await api.newUser();
    const operations = Array.from({ length: 100 }, () => ({
      op: 'create',
      task: { title: 'a'.repeat(200), description: 'a'.repeat(400) },
    }));
    await hostile.send('POST', 'task-batches', { json: { operations } });
    const needle = `${'a'.repeat(99)}b`;
    const statuses = await beside(() =>
      Array.from({ length: 40 }, () => hostile.send('GET', `tasks?q=${needle}`)),
    );
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(mostBetween(hostile)).toBeLessThanOrEqual(fewest);
  });

  test('waits for a few of 120 batches with keys, and those beyond their line are refused', async () => {
    const hostile = await api.newUser();
    const operations = [{ op: 'create', task: { title: 'hostile' } }];
    const statuses = await beside(() =>
      Array.from({ length: 120 }, (_, n) =>
        hostile.send('POST', 'task-batches', {
          json: { operations },
          headers: { 'Idempotency-Key': `key ${n}` },
        }),
      ),
    );
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(100);
    expect(mostBetween(hostile)).toBeLessThanOrEqual(fewest);
  });
});

describe('four owners with three expensive searches each at once', () => {
  test('leave the service ready, and get their pages', async () => {
    const api = await startApi({ app: { rateLimit: 10_000 } });
    const owners = await Promise.all(Array.from({ length: 4 }, () => api.newUser()));
    for (const { id } of owners) {
      await queryPostgres(
        api.postgres.url,
        `INSERT INTO tasks (owner_id, title, description, completed, created_at, updated_at, change_seq)
         SELECT $1, 't' || n, repeat('a', 2000), false, now(), now(), n FROM generate_series(1, 3000) AS n`,
        [id],
      );
    }
    const victim = await api.newUser();
    let isOver = false;
    const search = async ({ send }: User) => {
      const statuses: number[] = [];
      while (statuses.length < 4) statuses.push((await send('GET', `tasks?q=${'a'.repeat(99)}b`)).status);
      return statuses;
    };
    const attack = Promise.all(owners.flatMap((owner) => Array.from({ length: 3 }, () => search(owner))));
    const finished = attack.finally(() => {
      isOver = true;
    });
    while (!isOver) {
      expect((await api.send('GET', '/readyz')).status).toBe(200);
      expect((await victim.send('GET', 'tasks')).status).toBe(200);
    }
    expect(new Set((await finished).flat())).toEqual(new Set([200]));
    await api.close();
  });
});

describe('a client that hangs up while its request waits for the database', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi();
    user = await api.newUser();
  });
  afterAll(() => api.close());

  const sendAndHangUp = async (request: string, waiting: number): Promise<void> => {
    const { hostname, port } = new URL(api.url);
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.on('error', () => {});
    await eventually(10_000, async () => expect(api.database.stats().waiting).toBe(waiting));
    socket.destroy();
  };
  const head = (method: string) =>
    `${method} /api/v1/users/me/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n`;

  test('leaves the line with a read; a write is done', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const own = api.database.as({ owner: user.id });
    const share = Math.max(1, Math.floor(api.postgres.poolMax / 3));
    const held = Array.from({ length: share }, () => own.turn(() => promise));
    await eventually(10_000, async () => expect(api.database.stats().running).toBe(share));
    await sendAndHangUp(`${head('GET')}\r\n`, 1);
    await eventually(10_000, async () => expect(api.database.stats().waiting).toBe(0));
    const body = '{"title":"gone"}';
    await sendAndHangUp(
      `${head('POST')}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      1,
    );
    await eventually(10_000, async () => {
      expect(api.logs.filter(({ status, owner }) => status === 499 && owner === user.id)).toHaveLength(1);
    });
    resolve();
    await Promise.all(held);
    await eventually(10_000, async () => {
      const { json } = await user.send('GET', 'tasks');
      expect(json.items).toMatchObject([{ title: 'gone' }]);
    });
    expect(api.logs.filter(({ level }) => level === 'error')).toEqual([]);
    const { text } = await api.send('GET', '/metrics');
    expect(text).toMatch(/^database_refusals_total\{reason="gone"\} 1$/m);
  });
});
