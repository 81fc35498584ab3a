// Whatever one caller does, with a token or without, the requests of the others succeed: nothing
// that is held for a request can be used up by one of them, and nothing stays held.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Authenticate } from '../../src/auth/authenticate.ts';
import { createAuthenticate } from '../../src/auth/verify.ts';
import { createReadiness } from '../../src/db/readiness.ts';
import { type Api, type ApiOptions, sharedPostgres, startApi, type User } from '../support/app.ts';
import { createGate, headOf, sendAndIgnore } from '../support/hostile.ts';
import { queryPostgres } from '../support/postgres.ts';
import { eventually } from '../support/testbed/programs.ts';
import { testSecret } from '../support/tokens.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const postgres = sharedPostgres();

const start = async (options: ApiOptions): Promise<Api> => {
  const api = await startApi({ postgres: postgres(), ...options });
  closing.push(api.close);
  return api;
};

const hold = (sockets: readonly Socket[]): readonly Socket[] => {
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  return sockets;
};

const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));

const pause = (milliseconds: number) => new Promise((later) => setTimeout(later, milliseconds));

const bearer = (user: User) => `Authorization: Bearer ${user.token}`;
const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });

/** A metric's value, by its name and labels as they are written; it may be a second old. */
const metric = async (api: Api, name: string): Promise<number> => {
  const { text } = await api.send('GET', '/metrics', from('192.0.2.200'));
  const line = text.split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
};

/** Waits until so many requests were refused for that reason. */
const isRefused = (api: Api, reason: string, count: number): Promise<void> =>
  eventually(5000, async () => {
    expect(await metric(api, `http_requests_refused_total{reason="${reason}"}`)).toBe(count);
  });

const expectServed = async (user: User): Promise<void> => {
  expect((await user.send('GET', 'tasks')).status).toBe(200);
  expect((await user.send('POST', 'tasks', { json: { title: 'served' } })).status).toBe(201);
};

/** Requests with a token wait for the gate, those of `known` do not. */
const authenticateBehind = (gate: Promise<void>, known: () => string | undefined): Authenticate => {
  const authenticate = createAuthenticate({ key: { secret: testSecret } });
  const behind: Authenticate = async (authorization, guard) => {
    if (authorization[0] !== `Bearer ${known()}`) await gate;
    return authenticate(authorization, guard);
  };
  return Object.assign(behind, { recall: authenticate.recall });
};

describe('an owner whose clients give up while their tokens are verified', () => {
  test('is not locked out when they are', async () => {
    const gate = createGate();
    const api = await start({
      app: { maxRequests: 40, rateLimit: 1000 },
      authenticate: authenticateBehind(gate.passed, () => undefined),
    });
    const user = await api.newUser();
    const clients = hold(
      times(30, () => sendAndIgnore(api.url, headOf('GET', '/api/v1/session', bearer(user)))),
    );
    await eventually(5000, async () => {
      expect(await metric(api, 'http_requests_in_flight')).toBe(31);
    });
    for (const client of clients) client.destroy();
    await eventually(5000, async () => {
      expect(await metric(api, 'http_requests_in_flight')).toBe(1);
    });
    gate.open();
    await expectServed(user);
    await expectServed(await api.newUser());
  });
});

describe('strangers', () => {
  test('that read no response keep out no one but their own address, and that not for long', async () => {
    const api = await start({ app: { maxRequests: 20, trustedProxies: 1 } });
    const user = await api.newUser();
    const docs = headOf('GET', '/console', 'X-Forwarded-For: 192.0.2.1');
    // One after the other: the kernel's buffers take some, and give their places back.
    const sockets = hold(times(8, () => sendAndIgnore(api.url, docs)));
    for (let n = 0; n < 14; n++) {
      await pause(50);
      for (const socket of sockets) socket.write(docs);
    }
    for (const address of ['192.0.2.1', '192.0.2.2']) {
      for (let n = 0; n < 10; n++) expect((await user.send('GET', 'tasks', from(address))).status).toBe(200);
      expect((await api.send('GET', '/healthz', from(address))).status).toBe(200);
      expect((await api.send('GET', '/readyz', from(address))).status).toBe(200);
    }
    expect((await api.send('GET', '/console', from('192.0.2.2'))).status).toBe(200);
    await eventually(5000, async () => {
      expect(await metric(api, 'http_requests_refused_total{reason="anonymous_share"}')).toBeGreaterThan(0);
    });
    // Their own address, too, as soon as they have not read for some seconds.
    await eventually(15_000, async () => {
      expect((await api.send('GET', '/console', from('192.0.2.1'))).status).toBe(200);
    });
    await eventually(5000, async () => {
      expect(await metric(api, 'http_connections_cut_total{reason="stalled"}')).toBeGreaterThan(0);
    });
    expect(api.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('that never end a body that no one needs lose their places in the same way', async () => {
    const api = await start({ app: { maxRequests: 20, trustedProxies: 1 } });
    const endless = headOf('GET', '/docs', 'X-Forwarded-For: 192.0.2.1', 'Transfer-Encoding: chunked');
    hold(times(20, () => sendAndIgnore(api.url, endless).resume()));
    await isRefused(api, 'anonymous_share', 16);
    expect((await api.send('GET', '/openapi.yaml', from('192.0.2.2'))).status).toBe(200);
    await eventually(15_000, async () => {
      expect((await api.send('GET', '/openapi.yaml', from('192.0.2.1'))).status).toBe(200);
    });
    await eventually(5000, async () => {
      expect(await metric(api, 'http_connections_cut_total{reason="slow_body"}')).toBeGreaterThan(0);
    });
  });

  test('that wait for their tokens to be verified do not keep out a token that is known', async () => {
    const gate = createGate();
    let known: User | undefined;
    const api = await start({
      app: { maxRequests: 64, trustedProxies: 1 },
      authenticate: authenticateBehind(gate.passed, () => known?.token),
    });
    known = await api.newUser();
    await expectServed(known);
    const stranger = await api.newUser();
    const ask = headOf('GET', '/api/v1/session', bearer(stranger), 'X-Forwarded-For: 192.0.2.1');
    hold(times(80, () => sendAndIgnore(api.url, ask)));
    await eventually(5000, async () => {
      expect(await metric(api, 'http_requests_refused_total{reason="unverified_share"}')).toBeGreaterThan(40);
    });
    expect((await known.send('GET', 'tasks', from('192.0.2.1'))).status).toBe(200);
    const refused = await stranger.send('GET', 'tasks', from('192.0.2.1'));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
    // From elsewhere it waits, and is served.
    const other = stranger.send('GET', 'tasks', from('192.0.2.2'));
    gate.open();
    expect((await other).status).toBe(200);
  });

  test('that ask for liveness all the time keep no health check out, not even one of their address', async () => {
    const api = await start({ app: { trustedProxies: 1 } });
    const check = headOf('GET', '/healthz', 'X-Forwarded-For: 192.0.2.1').repeat(16);
    const received: string[] = [];
    for (const socket of hold(times(40, () => sendAndIgnore(api.url, check)))) {
      let own = 0;
      socket.setEncoding('latin1').on('data', (text: string) => {
        const lines = text.match(/HTTP\/1\.1 \d+/g) ?? [];
        received.push(...lines);
        own += lines.length;
        // Never more than sixteen ahead, and some may have come in part.
        if (own % 16 === 0 && text.endsWith('}')) socket.write(check);
      });
    }
    for (let n = 0; n < 20; n++) {
      for (const path of ['/healthz', '/readyz']) {
        expect((await api.send('GET', path, from('192.0.2.1'))).status).toBe(200);
      }
    }
    expect(received.length).toBeGreaterThan(640);
    expect(new Set(received)).toEqual(new Set(['HTTP/1.1 200']));
  });

  test('that ask for readiness while it is found out get what it was, beyond those who may wait', async () => {
    const { database } = await start({});
    let gate = createGate();
    let asked = 0;
    const probe: typeof database.probe = async (...args) => {
      asked += 1;
      await gate.passed;
      return database.probe(...args);
    };
    const isReady = await createReadiness({ ...database, probe });
    const api = await start({ app: { isReady, trustedProxies: 1 } });
    const check = headOf('GET', '/readyz', 'X-Forwarded-For: 192.0.2.1');
    const ask = async () => {
      const [pipelining, ...others] = hold([
        sendAndIgnore(api.url, check.repeat(16)),
        ...times(99, () => sendAndIgnore(api.url, check)),
      ]);
      await eventually(5000, async () => {
        expect(await metric(api, 'http_requests_in_flight')).toBe(65);
      });
      return { pipelining, others };
    };
    const { pipelining } = await ask();
    // A client that has gone leaves its check behind, which is still counted.
    pipelining?.destroy();
    expect((await api.send('GET', '/readyz', from('192.0.2.2'))).status).toBe(503);
    gate.open();
    await eventually(5000, async () => {
      expect((await api.send('GET', '/readyz', from('192.0.2.1'))).status).toBe(200);
    });
    gate = createGate();
    await pause(1100);
    await ask();
    for (const address of ['192.0.2.1', '192.0.2.2']) {
      expect((await api.send('GET', '/readyz', from(address))).status).toBe(200);
    }
    expect(asked).toBe(2);
    gate.open();
  });

  test('that fill the documentation keep out nothing that is short, such as a preflight', async () => {
    const origin = 'https://app.example.com';
    const api = await start({ app: { maxRequests: 20, trustedProxies: 1, corsOrigins: [origin] } });
    const endless = headOf('GET', '/docs', 'X-Forwarded-For: 192.0.2.1', 'Transfer-Encoding: chunked');
    hold(times(20, () => sendAndIgnore(api.url, endless).resume()));
    await isRefused(api, 'anonymous_share', 16);
    expect((await api.send('GET', '/docs', from('192.0.2.1'))).status).toBe(503);
    const preflight = {
      headers: { ...from('192.0.2.1').headers, Origin: origin, 'Access-Control-Request-Method': 'POST' },
    };
    expect((await api.send('OPTIONS', '/api/v1/users/me/tasks', preflight)).status).toBe(204);
    const statuses = ['/', '/nowhere', '/problems/not-found', '/healthz', '/readyz', '/metrics'].map(
      async (path) => (await api.send('GET', path, from('192.0.2.1'))).status,
    );
    expect(await Promise.all(statuses)).toEqual([307, 404, 200, 200, 200, 200]);
    expect((await api.send('POST', '/docs', from('192.0.2.1'))).status).toBe(405);
  });

  test('that send ahead are served in order, and cut off beyond what may wait', async () => {
    const api = await start({ app: { isReady: () => new Promise(() => {}) } });
    const all = headOf('GET', '/healthz').repeat(15) + headOf('GET', '/healthz', 'Connection: close');
    let received = '';
    for await (const chunk of sendAndIgnore(api.url, all).setEncoding('latin1')) received += chunk;
    expect(received.match(/HTTP\/1\.1 200/g)).toHaveLength(16);
    const tooMany = sendAndIgnore(api.url, headOf('GET', '/healthz').repeat(200));
    await once(tooMany.resume(), 'close');
    // Behind one that takes long.
    const large = headOf('GET', '/healthz', `X-Large: ${'x'.repeat(40_000)}`);
    const [waiting] = hold([sendAndIgnore(api.url, headOf('GET', '/readyz') + large.repeat(2))]);
    await eventually(5000, async () => {
      expect(await metric(api, 'http_connections_cut_total{reason="pipelined"}')).toBe(2);
    });
    waiting?.destroy();
    await eventually(5000, async () => {
      expect(await metric(api, 'http_requests_in_flight')).toBe(1);
    });
  });
});

const slowPost = (user: User, length = 1000): string =>
  `${headOf(
    'POST',
    '/api/v1/users/me/tasks',
    bearer(user),
    'Content-Type: application/json',
    `Content-Length: ${length}`,
  )}{"title":`;

describe('owners whose bodies do not arrive', () => {
  test('keep out no one: not the others, and not their own requests without a body', async () => {
    const api = await start({ app: { maxRequests: 20 } });
    const victim = await api.newUser();
    const owners = await Promise.all(times(4, () => api.newUser()));
    hold(owners.flatMap((owner) => times(10, () => sendAndIgnore(api.url, slowPost(owner)))));
    await eventually(5000, async () => {
      expect(await metric(api, 'http_requests_in_flight')).toBeGreaterThan(10);
    });
    for (let n = 0; n < 5; n++) await expectServed(victim);
    for (const owner of owners) expect((await owner.send('GET', 'tasks')).status).toBe(200);
    await eventually(5000, async () => {
      expect(await metric(api, 'http_requests_refused_total{reason="receiving_share"}')).toBeGreaterThan(20);
    });
  });

  test('get 408 for the one that took longest, when their next one has no place', async () => {
    const api = await start({ app: { maxRequests: 8 } });
    const user = await api.newUser();
    const [first] = hold([sendAndIgnore(api.url, slowPost(user))]);
    await pause(200);
    hold([sendAndIgnore(api.url, slowPost(user))]);
    await eventually(15_000, async () => {
      expect((await user.send('POST', 'tasks', { json: { title: 'next' } })).status).toBe(201);
    });
    const [received] = (await once((first as Socket).setEncoding('latin1'), 'data')) as [string];
    expect(received).toMatch(
      /^HTTP\/1\.1 408 .*\r\nConnection: close\r\n.*"type":"\/problems\/request-timeout"/s,
    );
    expect((await user.send('GET', 'tasks')).json.items).toHaveLength(1);
    await eventually(5000, async () => {
      expect(await metric(api, 'http_connections_cut_total{reason="slow_body"}')).toBeGreaterThan(0);
    });
  });

  test('hold a few large ones at most', async () => {
    const api = await start({});
    const user = await api.newUser();
    const large = headOf(
      'POST',
      '/api/v1/users/me/task-batches',
      bearer(user),
      'Content-Type: application/json',
      'Content-Length: 2000000',
    );
    hold(times(20, () => sendAndIgnore(api.url, `${large}{`)));
    await eventually(5000, async () => {
      expect(await metric(api, 'http_requests_refused_total{reason="bodies_share"}')).toBe(16);
    });
    await expectServed(await api.newUser());
    await expectServed(user);
  });
});

describe('an owner', () => {
  let api: Api;
  let user: User;
  let other: User;
  // No one's rate is limited here: the bounds do not depend on that.
  beforeAll(async () => {
    api = await startApi({ postgres: postgres(), app: { maxRequests: 8, rateLimit: 0 } });
    user = await api.newUser();
    other = await api.newUser();
    // Tasks of 27 MB: more than the sockets take in while no one reads.
    await queryPostgres(
      api.postgres.url,
      `INSERT INTO tasks (owner_id, title, description, completed, created_at, updated_at, change_seq)
       SELECT $1, 't' || n, repeat('d', 2000), false, now(), now(), n FROM generate_series(1, 12000) AS n`,
      [user.id],
    );
  });
  afterAll(() => api.close());

  const startExport = () =>
    sendAndIgnore(api.url, headOf('GET', '/api/v1/users/me/task-export', bearer(user), 'Connection: close'));
  const isInFlight = (count: number) =>
    eventually(20_000, async () => {
      // The reading itself is one more.
      expect(await metric(api, 'http_requests_in_flight')).toBe(count + 1);
    });
  const list = async () => {
    const { status, headers } = await user.send('GET', 'tasks?limit=1');
    return [status, headers.get('retry-after')];
  };

  test('has two exports in progress at most, and a third one when one of them has ended', async () => {
    const [first] = hold([startExport(), startExport()]);
    await isInFlight(2);
    const refused = await user.send('GET', 'task-export');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect(refused.json.type).toBe('/problems/too-many-requests');
    await eventually(5000, async () => {
      expect(await metric(api, 'http_requests_refused_total{reason="operation_share"}')).toBe(1);
    });
    expect((await other.send('GET', 'task-export')).status).toBe(200);
    first?.destroy();
    await isInFlight(1);
    hold([startExport()]);
    await isInFlight(2);
  });

  test('has a quarter of the places, and those that are not read are given to its next requests', async () => {
    await isInFlight(0);
    hold([startExport(), startExport()]);
    await isInFlight(2);
    expect(await list()).toEqual([429, '1']);
    await expectServed(other);
    await eventually(45_000, async () => expect(await list()).toEqual([200, null]));
    expect(await metric(api, 'http_connections_cut_total{reason="stalled"}')).toBe(1);
    await expectServed(other);
  });

  test('is not cut off where it reads slowly, but reads', async () => {
    await isInFlight(0);
    const before = await metric(api, 'http_connections_cut_total{reason="stalled"}');
    const [slow, stalled] = hold([startExport(), startExport()]) as [Socket, Socket];
    // A megabyte a second.
    let received = 0;
    let allowed = 0;
    slow.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > allowed) slow.pause();
    });
    await isInFlight(2);
    const answers: unknown[] = [];
    // The other export fills the buffers first, which takes a busy machine longer.
    for (let n = 0; n < 32 || (n < 120 && answers.at(-1) !== 200); n++) {
      await pause(250);
      allowed += 250_000;
      slow.resume();
      answers.push((await list())[0]);
    }
    expect(new Set(answers)).toEqual(new Set([429, 200]));
    await eventually(5000, async () => {
      expect(await metric(api, 'http_connections_cut_total{reason="stalled"}')).toBe(before + 1);
    });
    stalled.destroy();
    allowed = Number.POSITIVE_INFINITY;
    slow.resume();
    await once(slow, 'end');
    expect(received).toBeGreaterThan(24_000_000);
  });
});

describe('an owner who reads nothing of long pages', () => {
  test('is refused more of them when too many are unread, and keeps out no one', async () => {
    const api = await start({ app: { rateLimit: 10_000 } });
    const user = await api.newUser();
    await queryPostgres(
      api.postgres.url,
      `INSERT INTO tasks (owner_id, title, description, completed, created_at, updated_at, change_seq)
       SELECT $1, 't' || n, repeat(chr(1), 2000), false, now(), now(), n FROM generate_series(1, 600) AS n`,
      [user.id],
    );
    await queryPostgres(api.postgres.url, `INSERT INTO owner_clock (owner_id, seq) VALUES ($1, 600)`, [
      user.id,
    ]);
    // The pages before the last are in the buffers of the system.
    const ask = headOf('GET', '/api/v1/users/me/task-changes?limit=500', bearer(user)).repeat(12);
    const clients = hold(times(20, () => sendAndIgnore(api.url, ask)));
    await eventually(20_000, async () => {
      expect(await metric(api, 'http_requests_refused_total{reason="responses_share"}')).toBeGreaterThan(0);
    });
    await expectServed(await api.newUser());
    for (const client of clients) client.destroy();
    await eventually(10_000, async () => {
      expect(await metric(api, 'http_requests_in_flight')).toBe(1);
    });
    const { status, json } = await user.send('GET', 'task-changes?limit=500');
    expect(status).toBe(200);
    expect(json.has_more).toBe(true);
    expect(json.items.length).toBeLessThan(200);
  });
});
