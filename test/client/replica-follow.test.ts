// A replica that follows, against the real service over HTTP: with other writers, a network that
// breaks, servers that are replaced, and requests that are left open.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Task } from '../../src/client/edit.ts';
import { fetchRequest, SyncError, type SyncRequest } from '../../src/client/request.ts';
import { createReplica, type Replica } from '../../src/client/sync.ts';
import { type Api, sharedPostgres, startApi, type User } from '../support/app.ts';
import { sendTo } from '../support/client.ts';
import { isRealPostgres } from '../support/postgres.ts';
import { type Random, randomOf } from '../support/random-keys.ts';
import { startUnreliableProxy, type UnreliableProxy } from '../support/unreliable-proxy.ts';

const postgres = sharedPostgres();
const open: Server[] = [];
let proxy: UnreliableProxy | undefined;
let controller: AbortController;
const closing = new Error('the page is closing');

interface Server extends Api {
  /** Ends waiting, and then the server. */
  drain(): Promise<void>;
}
const startServer = async (): Promise<Server> => {
  const draining = new AbortController();
  const api = await startApi({ postgres: postgres(), app: { draining: draining.signal, pollInterval: 50 } });
  const drain = async () => {
    open.splice(open.indexOf(server), 1);
    draining.abort();
    await api.close();
  };
  const server = { ...api, drain };
  open.push(server);
  return server;
};
const portOf = ({ url }: Api): number => Number(new URL(url).port);

beforeEach(() => {
  controller = new AbortController();
  // Short pauses between attempts.
  vi.spyOn(Math, 'random').mockReturnValue(0.01);
});
afterEach(async () => {
  vi.restoreAllMocks();
  controller.abort(closing);
  await proxy?.close();
  proxy = undefined;
  for (const server of [...open]) await server.drain();
});

type Sent = Parameters<SyncRequest>;
const isWait = ([, path]: Sent | readonly [string, string]): boolean => path.includes('&wait=');

/** A request function that notes what was asked for, and the pages of the feed that a pull has read. */
const recorded = (request: SyncRequest) => {
  const paths: string[] = [];
  const pages: string[] = [];
  const send: SyncRequest = async (...sent) => {
    paths.push(sent[1]);
    const response = await request(...sent);
    const page = response.body as { items?: readonly unknown[]; next_since?: string } | undefined;
    if (sent[1].includes('task-changes?limit=500') && page?.items?.length) pages.push(page.next_since ?? '');
    return response;
  };
  return { send, pages, waits: () => paths.filter((path) => isWait(['GET', path])).length };
};

/** Everything, read without the client. */
const onServer = async ({ url }: Api, { token }: User): Promise<Map<string, Task>> => {
  const { text } = await sendTo(url)('GET', '/api/v1/users/me/task-export', { token });
  const lines = text.trimEnd().split('\n').slice(0, -1);
  return new Map(lines.map((line) => JSON.parse(line).task).map((task: Task) => [task.id, task]));
};
const titles = (replica: Replica) => [...replica.tasks().values()].map(({ title }) => title).sort();

/** Follows until the test ends; a failure that is final is the test's. */
const follow = (replica: Replica, onError?: (error: SyncError) => void): void => {
  replica.follow({ signal: controller.signal, onError }).catch((thrown: unknown) => {
    if (thrown !== closing) throw thrown;
  });
};
const soon = { timeout: 4000, interval: 20 };

describe('a replica that follows', () => {
  test('shows what others do, each page once', async () => {
    const api = await startServer();
    const user = await api.newUser();
    const { id } = await user.create({ title: 'before' });
    const { send, pages, waits } = recorded(fetchRequest(api.url, user.token));
    const replica = createReplica(send);
    follow(replica);
    await expect.poll(() => titles(replica), soon).toEqual(['before']);
    await user.create({ title: 'created' });
    await expect.poll(() => titles(replica), soon).toEqual(['before', 'created']);
    await user.send('PATCH', `tasks/${id}`, { json: { title: 'changed' } });
    await expect.poll(() => titles(replica), soon).toEqual(['changed', 'created']);
    await user.send('DELETE', `tasks/${id}`);
    await expect.poll(() => titles(replica), soon).toEqual(['created']);
    expect(replica.tasks()).toEqual(await onServer(api, user));
    expect(pages).toHaveLength(4);
    expect(new Set(pages).size).toBe(pages.length);
    // One after each change: it does not ask again and again.
    await expect.poll(waits, soon).toBe(4);
  });

  test('sends what was noted before it had a connection, and reads what the server made of it', async () => {
    const api = await startServer();
    const user = await api.newUser();
    let isOffline = true;
    const request = fetchRequest(api.url, user.token);
    const { send, pages } = recorded((...sent) => {
      if (isOffline) throw new TypeError('no network');
      return request(...sent);
    });
    const errors: SyncError[] = [];
    const replica = createReplica(send);
    replica.create({ title: 'offline' });
    follow(replica, (error) => errors.push(error));
    await expect.poll(() => errors.length, soon).toBeGreaterThan(2);
    expect(errors[0]).toMatchObject({ name: 'SyncError', status: null });
    isOffline = false;
    await expect.poll(() => replica.pending(), soon).toBe(0);
    await expect.poll(() => pages.length, soon).toBe(1);
    expect([...(await onServer(api, user)).values()]).toMatchObject([{ title: 'offline', version: 1 }]);
    await expect.poll(() => replica.state().confirmed, soon).toEqual({});
    // With its own pushes in between.
    replica.create({ title: 'online' });
    await replica.push();
    await expect.poll(() => replica.state().confirmed, soon).toEqual({});
    expect(replica.tasks()).toEqual(await onServer(api, user));
  });

  test('reads what others do also while an edit always fails', async () => {
    const api = await startServer();
    const user = await api.newUser();
    const request = fetchRequest(api.url, user.token);
    const { send, waits } = recorded(async (...sent) =>
      sent[0] === 'POST' ? { status: 500, body: undefined } : request(...sent),
    );
    const replica = createReplica(send);
    replica.create({ title: 'of mine' });
    const errors: SyncError[] = [];
    follow(replica, (error) => errors.push(error));
    await expect.poll(() => errors.length, soon).toBeGreaterThan(0);
    for (const title of ['a', 'b', 'c']) {
      await user.create({ title });
      await expect.poll(() => titles(replica), soon).toContain(title);
    }
    expect(errors.every(({ id, status }) => id !== null && status === 500)).toBe(true);
    // It waits for them, rather than for the time to try again.
    expect(waits()).toBeGreaterThan(2);
    expect(replica.pending()).toBe(1);
  });

  test('continues when the server is replaced', async () => {
    const first = await startServer();
    const user = await first.newUser();
    proxy = await startUnreliableProxy(portOf(first), randomOf(1));
    proxy.isCalm = true;
    const { send, pages, waits } = recorded(fetchRequest(proxy.url, user.token));
    const replica = createReplica(send);
    follow(replica);
    await user.create({ title: 'first' });
    await expect.poll(() => titles(replica), soon).toEqual(['first']);
    await expect.poll(waits, soon).toBeGreaterThan(0);
    await first.drain();
    const second = await startServer();
    proxy.target = portOf(second);
    const json = { title: 'second' };
    await sendTo(second.url)('POST', '/api/v1/users/me/tasks', { token: user.token, json });
    await expect.poll(() => titles(replica), soon).toEqual(['first', 'second']);
    expect(new Set(pages).size).toBe(pages.length);
  });

  test('starts over after everything was erased', async () => {
    const api = await startServer();
    const user = await api.newUser();
    await user.create({ title: 'erased' });
    const statuses: number[] = [];
    const request = fetchRequest(api.url, user.token);
    const replica = createReplica(async (...sent) => {
      const response = await request(...sent);
      statuses.push(response.status);
      return response;
    });
    follow(replica);
    await expect.poll(() => titles(replica), soon).toEqual(['erased']);
    expect((await user.send('DELETE', '/api/v1/users/me')).status).toBe(200);
    await user.create({ title: 'anew' });
    await expect.poll(() => titles(replica), soon).toEqual(['anew']);
    expect(statuses).toContain(410);
    expect(replica.tasks()).toEqual(await onServer(api, user));
  });

  test.each([
    ['that ends with the signal', false],
    ['that ignores the signal', true],
  ])('ends at once while it waits by a request %s', async (_, isDeaf) => {
    const api = await startServer();
    const user = await api.newUser();
    const request = fetchRequest(api.url, user.token);
    let waiting: Promise<unknown> | undefined;
    const { send, waits } = recorded((...sent) => {
      const response = isWait(sent) && isDeaf ? new Promise<never>(() => {}) : request(...sent);
      if (isWait(sent)) waiting = response;
      return response;
    });
    const errors: SyncError[] = [];
    const following = createReplica(send).follow({
      signal: controller.signal,
      onError: (error) => errors.push(error),
    });
    await expect.poll(waits, soon).toBe(1);
    controller.abort(closing);
    await expect(following).rejects.toBe(closing);
    if (!isDeaf) await expect(waiting).rejects.toThrow();
    expect([errors, waits()]).toEqual([[], 1]);
  });

  test('sends nothing when the signal has aborted before', async () => {
    const request = vi.fn<SyncRequest>();
    controller.abort(closing);
    await expect(createReplica(request).follow({ signal: controller.signal })).rejects.toBe(closing);
    expect(request).not.toHaveBeenCalled();
  });

  test('rejects with what trying again cannot change', async () => {
    const api = await startServer();
    const [user, other] = [await api.newUser(), await api.newUser()];
    let { token } = user;
    const onError = vi.fn();
    const replica = createReplica(fetchRequest(api.url, () => token));
    const { signal } = controller;
    await replica.pull();
    token = 'x';
    await expect(replica.follow({ signal, onError })).rejects.toMatchObject({
      name: 'SyncError',
      status: 401,
    });
    token = other.token;
    await expect(replica.follow({ signal, onError })).rejects.toMatchObject({
      name: 'SyncError',
      status: 404,
    });
    expect(onError).not.toHaveBeenCalled();
  });

  test('rejects with what save throws', async () => {
    const api = await startServer();
    const user = await api.newUser();
    const full = new Error('no space');
    const save = () => Promise.reject(full);
    const replica = createReplica(fetchRequest(api.url, user.token), undefined, { save });
    await expect(replica.follow({ signal: controller.signal })).rejects.toBe(full);
  });

  test.each(['pull', 'push', 'wait'])('waits as long as Retry-After asks for (at a %s)', async (where) => {
    const api = await startServer();
    const user = await api.newUser();
    const request = fetchRequest(api.url, user.token);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const isThere = ([method, path]: Sent): boolean => {
      if (where === 'push') return method === 'POST';
      return path.includes(where === 'wait' ? '&wait=' : 'limit=500');
    };
    const replica = createReplica(async (...sent) =>
      isThere(sent)
        ? { status: 429, body: undefined, headers: new Headers({ 'Retry-After': '1234' }) }
        : request(...sent),
    );
    if (where === 'push') replica.create({ title: 'a' });
    const errors: SyncError[] = [];
    follow(replica, (error) => errors.push(error));
    await expect.poll(() => errors.length, soon).toBe(1);
    expect(errors[0]).toBeInstanceOf(SyncError);
    // A hundredth of the first pause in addition: all random numbers are 0.01.
    await expect.poll(() => timers.mock.calls.map(([, delay]) => delay), soon).toContain(1_234_010);
  });

  test('does not ask again at once where something in between does not wait', async () => {
    const api = await startServer();
    const user = await api.newUser();
    const request = fetchRequest(api.url, user.token);
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const replica = createReplica((method, path, options) =>
      request(method, path.replace('&wait=20', ''), options),
    );
    follow(replica);
    const pauses = [10, 20, 40, 80];
    await expect
      .poll(() => timers.mock.calls.map(([, delay]) => delay), soon)
      .toEqual(expect.arrayContaining(pauses));
  });
});

/** Edits at random for a while, as the user of the replica. */
const edit = async (replica: Replica, random: Random, times: number): Promise<void> => {
  for (let n = 0; n < times; n += 1) {
    const ids = [...replica.tasks().keys()];
    const id = ids[random(ids.length || 1)];
    const kind = random(5);
    if (id === undefined || kind < 2) replica.create({ title: `mine ${n}` });
    else if (kind < 4) replica.update(id, { title: `changed ${n}`, completed: random(2) === 0 });
    else replica.delete(id, { children: 'delete' });
    // Some leave the sending to what follows.
    if (random(2) === 0) await replica.push().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, random(20)));
  }
};

/** Writes at random without a replica, and does not mind a server that is being replaced. */
const write = async (server: () => Api, { token }: User, random: Random, times: number): Promise<void> => {
  const mine: string[] = [];
  for (let n = 0; n < times; n += 1) {
    const path = '/api/v1/users/me/tasks';
    const send = sendTo(server().url);
    const id = mine[random(mine.length || 1)];
    const json = { title: `theirs ${n}` };
    const kind = id === undefined ? 0 : random(4);
    const request = () => {
      if (kind < 2) return send('POST', path, { token, json });
      return kind === 2
        ? send('PATCH', `${path}/${id}`, { token, json })
        : send('DELETE', `${path}/${id}`, { token });
    };
    const response = await request().catch(() => undefined);
    if (response?.status === 201) mine.push(response.json.id);
  }
};

/** Ends conflicts one way or the other. */
const decide = (replica: Replica, random: Random): void => {
  for (const { id, mine } of replica.conflicts()) {
    replica.resolve(id, mine.kind !== 'create' && random(2) === 0 ? 'mine' : 'theirs');
  }
};

test.each(isRealPostgres ? [1, 2, 3] : [1])(
  'two replicas behind an unreliable network end equal to what the server has (seed %i)',
  async (seed) => {
    const random = randomOf(seed);
    let server = await startServer();
    const user = await server.newUser();
    const network = await startUnreliableProxy(portOf(server), random);
    proxy = network;
    const failures: SyncError[] = [];
    const parts = [0, 1].map(() => {
      const record = recorded(fetchRequest(network.url, user.token));
      const replica = createReplica(record.send);
      follow(replica, (error) => failures.push(error));
      return { replica, record };
    });
    const writeForAWhile = () =>
      Promise.all([
        ...parts.map(({ replica }) => edit(replica, random, 12)),
        write(() => server, user, random, 12),
        write(() => server, user, random, 12),
      ]);
    await writeForAWhile();
    const first = server;
    server = await startServer();
    network.target = portOf(server);
    await Promise.all([writeForAWhile(), first.drain()]);
    network.isCalm = true;
    const json = { title: 'the last one' };
    await sendTo(server.url)('POST', '/api/v1/users/me/tasks', { token: user.token, json });
    for (const { replica } of parts) {
      await expect
        .poll(
          async () => {
            decide(replica, random);
            await replica.push().catch(() => {});
            return replica.pending();
          },
          { ...soon, timeout: 10_000 },
        )
        .toBe(0);
    }
    const everything = await onServer(server, user);
    for (const { replica, record } of parts) {
      await expect.poll(() => replica.tasks(), soon).toEqual(everything);
      expect(new Set(record.pages).size).toBe(record.pages.length);
      expect(record.pages.length).toBeGreaterThan(3);
    }
    expect(failures.length).toBeGreaterThan(0);
  },
  20_000,
);
