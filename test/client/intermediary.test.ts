// The sync helper behind something that responds in place of the service: a firewall that refuses
// one edit, a login page that refuses everything, a filter that lets a request through and hides
// the response. Also edits that fail for ever.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Task } from '../../src/client/edit.ts';
import type { ReplicaState } from '../../src/client/local-copy.ts';
import { fetchRequest, type SyncRequest } from '../../src/client/request.ts';
import { createReplica, type Replica } from '../../src/client/sync.ts';
import { type Api, startApi, type User } from '../support/app.ts';

interface Reply {
  readonly status: number;
  readonly body: unknown;
}
type Sent = Parameters<SyncRequest>;

const page = '<html>blocked</html>';

/** Replies that are not the service's, by what sends them. */
const foreign: readonly (readonly [string, Reply])[] = [
  ['a firewall', { status: 403, body: page }],
  ['a gateway', { status: 403, body: { message: 'Forbidden' } }],
  [
    'a network with problem documents of its own',
    { status: 403, body: { type: 'https://net.example/1010', status: 403 } },
  ],
  [
    'a problem document of the service for another status',
    { status: 403, body: { type: '/problems/not-found', status: 404 } },
  ],
  ['a proxy without the path', { status: 404, body: page }],
  ['a proxy without the method', { status: 405, body: page }],
  ['a proxy that knows fewer methods', { status: 501, body: page }],
  ['a proxy with a smaller limit', { status: 413, body: page }],
  ['a proxy that looks into bodies', { status: 415, body: page }],
  ['a filter', { status: 422, body: page }],
  ['a law', { status: 451, body: page }],
  ['a conflict of something else', { status: 409, body: { message: 'conflict' } }],
  ['a redirect', { status: 302, body: '' }],
  ['an opaque redirect', { status: 0, body: undefined }],
  ['a login page', { status: 200, body: page }],
  ['a login page as JSON', { status: 201, body: { id: 7, ok: false } }],
  ['another user', { status: 200, body: { id: 'x', version: 1 } }],
];

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const requestOf = (user: User): SyncRequest => fetchRequest(api.url, () => user.token);

/**
 * Sends as `user`, but what `intercept` has a reply for goes no further. It counts what it is
 * asked.
 */
const behind = (user: User, intercept: (...sent: Sent) => Reply | undefined) => {
  const send = requestOf(user);
  const seen: Sent[] = [];
  const request: SyncRequest = async (...sent) => {
    seen.push(sent);
    return intercept(...sent) ?? send(...sent);
  };
  return { request, seen };
};

const mentions = (text: string, [, path, options]: Sent) =>
  path.includes(text) || JSON.stringify(options?.body ?? '').includes(text);

const stored = (replica: Replica): ReplicaState => JSON.parse(JSON.stringify(replica.state()));

const onServer = async (user: User): Promise<Map<string, Task>> => {
  const { json } = await user.send('GET', 'tasks?limit=100');
  return new Map(json.items.map((task: Task) => [task.id, task]));
};
const titles = (tasks: ReadonlyMap<string, { title: string }>) =>
  [...tasks.values()].map(({ title }) => title).sort();

describe('an edit that something in between refuses', () => {
  test.each(foreign)('stops no other, is reported, and can be rewritten: %s', async (_, reply) => {
    const user = await api.newUser();
    const { request, seen } = behind(user, (...sent) => (mentions('<bad>', sent) ? reply : undefined));
    const replica = createReplica(request);
    await replica.pull();
    const id = replica.create({ title: '<bad>' });
    for (const title of ['b', 'c']) replica.create({ title });
    expect(await replica.push()).toEqual([{ id, status: reply.status }]);
    expect(titles(await onServer(user))).toEqual(['b', 'c']);
    expect(titles(replica.tasks())).toEqual(['<bad>', 'b', 'c']);
    const refusal = { id, status: reply.status, problem: null, mine: { kind: 'create' } };
    expect(replica.refusals()).toMatchObject([refusal]);
    expect(replica.conflicts()).toEqual([]);

    // It is in the state, and another push sends others all the same.
    const again = createReplica(request, stored(replica), { save: () => {} });
    expect(again.refusals()).toMatchObject([refusal]);
    again.create({ title: 'd' });
    expect(await again.push()).toEqual([{ id, status: reply.status }]);
    await again.pull();
    again.update(id, { title: 'good' });
    expect(await again.push()).toEqual([]);
    expect(again.refusals()).toEqual([]);
    expect(titles(await onServer(user))).toEqual(['b', 'c', 'd', 'good']);
    expect(again.tasks()).toEqual(await onServer(user));
    // What was refused and what went through had one key, so it could not happen twice.
    const keys = seen
      .filter((sent) => mentions('<bad>', sent) || mentions('"good"', sent))
      .map(([, , options]) => options?.headers?.['Idempotency-Key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  test('is sent again by each push, and goes through once it may', async () => {
    const user = await api.newUser();
    let isOpen = false;
    const { request } = behind(user, (method) =>
      method === 'POST' && !isOpen ? { status: 403, body: page } : undefined,
    );
    const replica = createReplica(request);
    const id = replica.create({ title: 'a' });
    for (let n = 0; n < 2; n += 1) expect(await replica.push()).toEqual([{ id, status: 403 }]);
    replica.resolve(id, 'mine');
    isOpen = true;
    expect(await replica.push()).toEqual([]);
    expect(replica.tasks()).toEqual(await onServer(user));
    expect(replica.refusals()).toEqual([]);
  });

  test.each(['drop', 'theirs', 'delete'] as const)('can be given up: %s', async (how) => {
    const user = await api.newUser();
    const { request } = behind(user, (method) =>
      method === 'POST' ? { status: 403, body: page } : undefined,
    );
    const replica = createReplica(request);
    const id = replica.create({ title: 'a' });
    await replica.push();
    if (how === 'drop') replica.drop(id);
    else if (how === 'theirs') replica.resolve(id, 'theirs');
    else replica.delete(id);
    expect(replica.state().edits).toEqual({});
    expect(await replica.push()).toEqual([]);
    expect(replica.tasks().size).toBe(0);
  });

  test('keeps the order of what follows it on the same task', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const other = await user.create({ title: 'b' });
    let isOpen = false;
    const { request } = behind(user, (method, path) =>
      method === 'PATCH' && path.endsWith(id) && !isOpen ? { status: 403, body: page } : undefined,
    );
    const replica = createReplica(request);
    await replica.pull();
    replica.update(id, { title: 'first', description: 'kept' });
    replica.update(other.id, { title: 'B' });
    expect(await replica.push()).toEqual([{ id, status: 403 }]);
    replica.update(id, { title: 'second' });
    expect(await replica.push()).toEqual([{ id, status: 403 }]);
    expect(titles(await onServer(user))).toEqual(['B', 'a']);
    isOpen = true;
    expect(await replica.push()).toEqual([]);
    expect((await onServer(user)).get(id)).toMatchObject({
      title: 'second',
      description: 'kept',
      version: 2,
    });
    isOpen = false;
    replica.update(id, { title: 'third' });
    await replica.push();
    // A deletion takes the place of the change, and passes.
    replica.delete(id);
    expect(await replica.push()).toEqual([]);
    expect(titles(await onServer(user))).toEqual(['B']);
  });

  test('stays whole when the user continues to write while it is on its way', async () => {
    const user = await api.newUser();
    let meanwhile = () => {};
    const { request } = behind(user, (...sent) => {
      if (!mentions('<bad>', sent)) return undefined;
      meanwhile();
      return { status: 403, body: page };
    });
    const replica = createReplica(request);
    const id = replica.create({ title: '<bad>' });
    meanwhile = () => replica.update(id, { title: 'good', completed: true });
    expect(await replica.push()).toEqual([{ id, status: 403 }]);
    expect(await replica.push()).toEqual([]);
    expect([...(await onServer(user)).values()]).toMatchObject([
      { title: 'good', completed: true, version: 1 },
    ]);
    // Given up on its way, it does not come back.
    const gone = replica.create({ title: '<bad>' });
    meanwhile = () => replica.drop(gone);
    expect(await replica.push()).toEqual([]);
    expect(replica.state().edits).toEqual({});
  });

  test('may become a conflict like any other', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    let isOpen = false;
    const { request } = behind(user, (method) =>
      method === 'PATCH' && !isOpen ? { status: 403, body: page } : undefined,
    );
    const replica = createReplica(request);
    await replica.pull();
    replica.update(id, { title: 'mine' });
    await replica.push();
    await user.send('PATCH', `tasks/${id}`, { json: { title: 'theirs' } });
    await replica.pull();
    expect(titles(replica.tasks())).toEqual(['mine']);
    isOpen = true;
    await replica.push();
    expect(replica.refusals()).toEqual([]);
    expect(replica.conflicts()).toMatchObject([{ id, theirs: { title: 'theirs' } }]);
    replica.resolve(id, 'mine');
    expect(await replica.push()).toEqual([]);
    expect(titles(await onServer(user))).toEqual(['mine']);
  });

  test('is tried again in bounded number, after everything that was not tried', async () => {
    const user = await api.newUser();
    const { request, seen } = behind(user, (...sent) =>
      mentions('<bad', sent) ? { status: 403, body: page } : undefined,
    );
    const replica = createReplica(request);
    for (let n = 0; n < 25; n += 1) replica.create({ title: `<bad ${n}>` });
    expect(await replica.push()).toHaveLength(25);
    replica.create({ title: 'good' });
    const creations = () => seen.splice(0).flatMap(([, , options]) => (options?.body as Task)?.title ?? []);
    creations();
    const tried: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      await replica.push();
      tried.push(...creations());
    }
    expect(tried[0]).toBe('good');
    expect(tried).toHaveLength(31);
    // In turn: each of them once before any of them twice.
    expect(new Set(tried.slice(1, 26)).size).toBe(25);
    // A pull does not wait for them.
    await replica.pull();
    expect(creations()).toEqual([]);
  });
});

describe('an edit that was carried out although its response was replaced', () => {
  /** Lets what mentions `text` through, and hides the response. */
  const hiding = (user: User, text: string) => {
    const send = requestOf(user);
    let isOpen = false;
    const request: SyncRequest = async (...sent) => {
      const reply = await send(...sent);
      return !isOpen && mentions(text, sent) ? { status: 403, body: page } : reply;
    };
    const open = () => {
      isOpen = true;
    };
    return { request, open };
  };

  test('happens once, when it is sent again', async () => {
    const user = await api.newUser();
    const { request, open } = hiding(user, 'secret');
    const replica = createReplica(request);
    const id = replica.create({ title: 'secret' });
    for (let n = 0; n < 3; n += 1) expect(await replica.push()).toEqual([{ id, status: 403 }]);
    open();
    expect(await replica.push()).toEqual([]);
    expect(titles(await onServer(user))).toEqual(['secret']);
    expect(replica.tasks()).toEqual(await onServer(user));
  });

  test('asks, when it was rewritten meanwhile', async () => {
    const user = await api.newUser();
    const { id } = await user.create({ title: 'a' });
    const { request } = hiding(user, 'secret');
    const replica = createReplica(request);
    await replica.pull();
    const local = replica.create({ title: 'secret' });
    replica.update(id, { title: 'secret too' });
    expect(await replica.push()).toHaveLength(2);
    replica.update(local, { title: 'public' });
    replica.update(id, { title: 'public too' });
    expect(await replica.push()).toEqual([]);
    expect(titles(await onServer(user))).toEqual(['secret', 'secret too']);
    expect(replica.conflicts()).toMatchObject([
      { id: local, mine: { content: { title: 'public' } }, theirs: null },
      { id, mine: { changes: { title: 'public too' } }, theirs: { title: 'secret too' } },
    ]);
    replica.resolve(local, 'theirs');
    replica.resolve(id, 'mine');
    expect(await replica.push()).toEqual([]);
    expect(titles(await onServer(user))).toEqual(['public too', 'secret']);
    expect(replica.tasks()).toEqual(await onServer(user));
  });
});

describe('when everything is refused', () => {
  const total: readonly (readonly [string, Reply])[] = [
    ...foreign,
    ['a proxy that wants a login', { status: 407, body: page }],
    ['a network that wants a login', { status: 511, body: page }],
    ['a gateway without a server', { status: 502, body: page }],
  ];

  test.each(total)('it stops at once, blames no edit, and loses none: %s', async (_, reply) => {
    const user = await api.newUser();
    let isClosed = false;
    const { request, seen } = behind(user, () => (isClosed ? reply : undefined));
    const replica = createReplica(request);
    await replica.pull();
    const made = Array.from({ length: 8 }, (_, n) => `t${n}`);
    for (const title of made) replica.create({ title });
    seen.splice(0);
    isClosed = true;
    await expect(replica.push()).rejects.toMatchObject({ name: 'SyncError', status: reply.status });
    await expect(replica.pull()).rejects.toMatchObject({ name: 'SyncError', status: reply.status });
    expect(seen.length).toBeLessThanOrEqual(5);
    expect(replica.refusals()).toEqual([]);
    expect(titles(replica.tasks())).toEqual(made);
    isClosed = false;
    expect(await replica.push()).toEqual([]);
    expect(titles(await onServer(user))).toEqual(made);
    expect(replica.tasks()).toEqual(await onServer(user));
  });
});

describe('an edit that fails for ever', () => {
  // How many pushes each of them may end: what can be chance ends a few.
  const failures: readonly (readonly [string, number, () => Reply])[] = [
    [
      'a fault of the server',
      1,
      () => ({ status: 500, body: { type: '/problems/internal-error', status: 500 } }),
    ],
    ['a gateway that gives up', 3, () => ({ status: 504, body: page })],
    ['a limit', 3, () => ({ status: 429, body: { type: '/problems/too-many-requests', status: 429 } })],
    ['a token that is refused', 3, () => ({ status: 401, body: page })],
    [
      'a connection that is cut',
      3,
      () => {
        throw new TypeError('fetch failed');
      },
    ],
  ];

  test.each(failures)(
    'stops a push, but not for ever, and no pull, and can be dropped: %s',
    async (_, times, fail) => {
      const user = await api.newUser();
      await user.create({ title: 'read' });
      const { request } = behind(user, (...sent) => (mentions('<poison', sent) ? fail() : undefined));
      const replica = createReplica(request);
      const poison = [1, 2].map((n) => replica.create({ title: `<poison ${n}>` }));
      for (const title of ['b', 'c']) replica.create({ title });
      const failed = new Set<string | null>();
      for (let n = 0; n < 2 * times + 1; n += 1) {
        const error = await replica.push().then(
          () => null,
          (thrown: unknown) => thrown as { name: string; id: string | null },
        );
        expect(error?.name).toBe('SyncError');
        failed.add(error?.id ?? null);
      }
      expect(failed).toEqual(new Set(poison));
      expect(titles(await onServer(user))).toEqual(['b', 'c', 'read']);
      await replica.pull();
      expect(titles(replica.tasks())).toEqual(['<poison 1>', '<poison 2>', 'b', 'c', 'read']);
      for (const id of poison) replica.drop(id);
      expect(await replica.push()).toEqual([]);
      expect(replica.tasks()).toEqual(await onServer(user));
    },
  );
});

test('what the service itself refuses is reported with its problem', async () => {
  const user = await api.newUser();
  const replica = createReplica(requestOf(user));
  const id = replica.create({ title: ' ' });
  replica.create({ title: 'b' });
  expect(await replica.push()).toEqual([{ id, status: 422 }]);
  expect(replica.refusals()).toMatchObject([
    {
      id,
      status: 422,
      problem: { type: '/problems/validation-error', errors: [{ loc: ['body', 'title'] }] },
    },
  ]);
  const again = createReplica(requestOf(user), stored(replica), { save: () => {} });
  expect(again.refusals()).toEqual(replica.refusals());
  again.update(id, { title: 'a' });
  expect(await again.push()).toEqual([]);
  expect(titles(await onServer(user))).toEqual(['a', 'b']);
});

test('a redirect is not followed', async () => {
  const user = await api.newUser();
  const asked: (string | undefined)[] = [];
  const portal = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(302, { Location: '/login' }).end();
  });
  await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
  const { port } = portal.address() as AddressInfo;
  const replica = createReplica(fetchRequest(`http://127.0.0.1:${port}`, () => user.token));
  replica.create({ title: 'a' });
  await expect(replica.push()).rejects.toMatchObject({ name: 'SyncError', status: 302 });
  expect(asked).not.toContain('/login');
  await new Promise((resolve) => portal.close(resolve));
});

test('a kind of change that this version does not know is passed over', async () => {
  const user = await api.newUser();
  await user.create({ title: 'a' });
  const send = requestOf(user);
  const replica = createReplica(async (...sent) => {
    const { status, body } = await send(...sent);
    if (!sent[1].includes('task-changes')) return { status, body };
    const changes = body as { items: object[] };
    return { status, body: { ...changes, items: [{ type: 'list', list: { id: 'x' } }, ...changes.items] } };
  });
  await replica.pull();
  expect(replica.tasks()).toEqual(await onServer(user));
});
