// Followers behind a network that breaks at any byte, while several writers write and the servers are
// replaced: each version of a task comes at most once and in order, and the copy is complete.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Api, sharedPostgres, startApi, type User } from '../support/app.ts';
import { sendTo } from '../support/client.ts';
import { isRealPostgres } from '../support/postgres.ts';
import { type Random, randomOf } from '../support/random-keys.ts';
import { startUnreliableProxy, type UnreliableProxy } from '../support/unreliable-proxy.ts';

// Not by its types: they need a browser's, which the server's tests must not see.
const client = '../../src/client/index.ts';
const { connect } = await import(client);

interface Change {
  readonly type: string;
  readonly id?: string;
  readonly task?: { readonly id: string; readonly version: number; readonly title: string };
}
interface Page {
  readonly items: readonly Change[];
  readonly next_since: string;
  readonly has_more: boolean;
}

const postgres = sharedPostgres();
let proxy: UnreliableProxy;
const open: Api[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  await proxy.close();
  for (const api of open.splice(0)) await api.close();
});

interface Server extends Api {
  /** Ends waiting, and then the server. */
  drain(): Promise<void>;
}

const startServer = async (): Promise<Server> => {
  const draining = new AbortController();
  const api = await startApi({ postgres: postgres(), app: { draining: draining.signal, pollInterval: 50 } });
  open.push(api);
  return {
    ...api,
    drain: async () => {
      open.splice(open.indexOf(api), 1);
      draining.abort();
      await api.close();
    },
  };
};
const portOf = ({ url }: Api): number => Number(new URL(url).port);

/** What a follower has read, and what was wrong with the order. */
const createCopy = () => {
  const tasks = new Map<string, unknown>();
  const latest = new Map<string, number>();
  const deleted = new Set<string>();
  const tokens = new Set<string>();
  const faults: string[] = [];
  return {
    tasks,
    faults,
    pages: () => tokens.size,
    take: ({ items, next_since }: Page) => {
      if (tokens.has(next_since)) faults.push(`page ${next_since} came twice`);
      tokens.add(next_since);
      for (const { type, task, id = '' } of items) {
        if (type === 'deleted') {
          // It may never have been there: created and deleted since the last page.
          if (deleted.has(id)) faults.push(`${id} was deleted twice`);
          deleted.add(id);
          tasks.delete(id);
        }
        if (task === undefined) continue;
        if (deleted.has(task.id)) faults.push(`${task.id} came after its deletion`);
        const before = latest.get(task.id) ?? 0;
        if (task.version <= before) faults.push(`${task.id}: ${task.version} came after ${before}`);
        latest.set(task.id, task.version);
        tasks.set(task.id, task);
      }
    },
  };
};

/** Everything, read from nothing without the client. */
const everythingOf = async (server: Api, { token }: User): Promise<Map<string, unknown>> => {
  const copy = createCopy();
  for (let query = ''; ; ) {
    const { json } = await sendTo(server.url)('GET', `/api/v1/users/me/task-changes?limit=7${query}`, {
      token,
    });
    copy.take(json);
    if (!json.has_more) return copy.tasks;
    query = `&since=${json.next_since}`;
  }
};

/** Writes at random, and does not mind a server that is just being replaced. */
const write = async (server: () => Api, { token }: User, random: Random, times: number): Promise<void> => {
  const mine: string[] = [];
  for (let n = 0; n < times; n += 1) {
    const send = sendTo(server().url);
    const path = '/api/v1/users/me/tasks';
    const id = mine[random(mine.length || 1)];
    const title = `${'x'.repeat(random(3) === 0 ? 200 : 1)} ${n}`;
    const create = () => send('POST', path, { token, json: { title } });
    const actions = [
      create,
      create,
      () => send('PATCH', `${path}/${id}`, { token, json: { title, completed: random(2) === 0 } }),
      () => send('PATCH', `${path}/${id}`, { token, json: { title, place: { first: true } } }),
      () => send('DELETE', `${path}/${id}`, { token }),
    ];
    const response = await actions[id === undefined ? 0 : random(actions.length)]?.().catch(() => undefined);
    if (response?.status === 201) mine.push(response.json.id);
    if (response?.status === 204) mine.splice(mine.indexOf(id ?? ''), 1);
  }
};

describe('followers behind an unreliable network', () => {
  test.each(isRealPostgres ? [1, 2] : [1])(
    'miss nothing and read nothing twice while servers are replaced (seed %i)',
    async (seed) => {
      // Short pauses between connections.
      vi.spyOn(Math, 'random').mockReturnValue(0.01);
      const random = randomOf(seed);
      let server = await startServer();
      const users = [await server.newUser(), await server.newUser()] as const;
      proxy = await startUnreliableProxy(portOf(server), random);
      const controller = new AbortController();
      const failures: string[] = [];
      const withoutStreams: typeof fetch = (url, init) => {
        const headers = new Headers(init?.headers as Record<string, string>);
        headers.delete('Accept');
        return fetch(url, { ...init, headers });
      };

      const followOne = async ({ token }: User, options: object): Promise<ReturnType<typeof createCopy>> => {
        const copy = createCopy();
        const tasks = connect({ serverUrl: proxy.url, token, timeout: 1000, ...options });
        const pages: AsyncIterable<Page> = tasks
          .listTaskChanges({ limit: 5 }, { signal: controller.signal })
          .follow({ silence: 400, onError: ({ name }: Error) => failures.push(name) });
        for await (const page of pages) {
          copy.take(page);
          if (page.items.some(({ task }) => task?.title === 'the last one')) return copy;
          if (random(4) === 0) await new Promise((resolve) => setTimeout(resolve, random(30)));
        }
        return copy;
      };
      const followers = users.flatMap((user) => [
        { user, copy: followOne(user, {}) },
        { user, copy: followOne(user, { fetch: withoutStreams }) },
      ]);
      const writeForAWhile = () =>
        Promise.all(users.flatMap((user) => [0, 1, 2].map(() => write(() => server, user, random, 10))));

      await writeForAWhile();
      // A rolling deployment: the next process takes over, and then the first one drains.
      const first = server;
      server = await startServer();
      proxy.target = portOf(server);
      await Promise.all([writeForAWhile(), first.drain()]);
      // A restart: for a moment there is no server.
      await server.drain();
      server = await startServer();
      proxy.target = portOf(server);
      await writeForAWhile();
      // Until each kind of failure has happened: how many connections there are depends on the machine.
      const { done } = proxy;
      const hasSeenAll = () => failures.length > 3 && Math.min(done.cut, done.stalled, done.late) > 0;
      for (let round = 0; round < 20 && !hasSeenAll(); round += 1) await writeForAWhile();
      // At least six pages, however late they are read.
      const titles = [...Array.from({ length: 30 }, () => 'x'), 'the last one'];
      for (const title of titles) {
        if (title === 'the last one') proxy.isCalm = true;
        for (const { token } of users) {
          await sendTo(server.url)('POST', '/api/v1/users/me/tasks', { token, json: { title } });
        }
      }

      for (const { user, copy } of followers) {
        const { tasks, faults, pages } = await copy;
        expect(faults).toEqual([]);
        expect(tasks).toEqual(await everythingOf(server, user));
        expect(pages()).toBeGreaterThan(5);
      }
      controller.abort();
      expect(failures.length).toBeGreaterThan(3);
      expect(Math.min(done.cut, done.stalled, done.late)).toBeGreaterThan(0);
    },
  );
});
