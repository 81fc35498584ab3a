// Connections are bounded, in all and by address, and those that are idle make room for new ones.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Api, type ApiOptions, sharedPostgres, startApi } from '../support/app.ts';
import { headOf, sendAndIgnore } from '../support/hostile.ts';
import { eventually } from '../support/testbed/programs.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const postgres = sharedPostgres();

const start = async (server: ApiOptions['server']): Promise<Api> => {
  const api = await startApi({ postgres: postgres(), ...(server && { server }) });
  closing.push(api.close);
  return api;
};

const hold = (sockets: readonly Socket[]): readonly Socket[] => {
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  return sockets;
};

const pause = (milliseconds: number) => new Promise((later) => setTimeout(later, milliseconds));

/**
 * The status of a request over a connection of its own, or 0 when it is ended without a response.
 */
const statusFrom = async (api: Api, localAddress: string): Promise<number> => {
  const bytes = headOf('GET', '/healthz', 'Connection: close');
  let received = '';
  const socket = sendAndIgnore(api.url, bytes, localAddress).setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
  });
  await once(socket, 'close').catch(() => {});
  return Number(/^HTTP\/1\.1 (\d+)/.exec(received)?.[1] ?? 0);
};

/** Opens connections that send `bytes`, and waits until the server has taken or ended each. */
const open = async (api: Api, count: number, localAddress: string, bytes: string) => {
  const sockets = hold(Array.from({ length: count }, () => sendAndIgnore(api.url, bytes, localAddress)));
  for (const socket of sockets) {
    if (socket.connecting) await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
    socket.resume();
  }
  return sockets;
};

const isOpen = (socket: Socket) => !socket.destroyed && socket.readable;

/** Waits until that many are open, and holds that no more are ended. */
const expectOpen = async (sockets: readonly Socket[], count: number): Promise<void> => {
  await eventually(5000, async () => expect(sockets.filter(isOpen)).toHaveLength(count));
  await pause(50);
  expect(sockets.filter(isOpen)).toHaveLength(count);
};

test.each([
  ['that send nothing', ''],
  ['that never send all of their header fields', 'GET /healthz HTTP/1.1\r\nHost: '],
  ['that are kept alive', headOf('GET', '/healthz')],
])('one address cannot hold all of them with connections %s', async (_name, bytes) => {
  const api = await start({ maxConnections: 20 });
  const sockets = await open(api, 30, '127.0.0.2', bytes);
  await expectOpen(sockets, 10);
  for (let n = 0; n < 5; n++) expect(await statusFrom(api, '127.0.0.3')).toBe(200);
  await expectOpen(sockets, 10);
  // The same address is served in place of its own that has been idle longest.
  await pause(1000);
  expect(await statusFrom(api, '127.0.0.2')).toBe(200);
  await expectOpen(sockets, 9);
  const [line, ...more] = api.logs.filter(({ msg }) => msg === 'no room for more connections');
  expect(line).toMatchObject({ level: 'warn', limit: 20 });
  expect(more).toEqual([]);
  const { text } = await api.send('GET', '/metrics');
  const cut = [
    ...text.matchAll(/^http_connections_cut_total\{reason="(?:connections_share|idle)"\} (\d+)$/gm),
  ];
  expect(cut.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(21);
});

test('where many addresses hold all, the idle one of the address that holds most makes room', async () => {
  const api = await start({ maxConnections: 6 });
  const many = await open(api, 3, '127.0.0.2', headOf('GET', '/healthz'));
  const others = [
    ...(await open(api, 1, '127.0.0.3', '')),
    ...(await open(api, 1, '127.0.0.4', '')),
    ...(await open(api, 1, '127.0.0.5', '')),
  ];
  await expectOpen([...many, ...others], 6);
  await pause(1000);
  expect(await statusFrom(api, '127.0.0.6')).toBe(200);
  await expectOpen(many, 2);
  await expectOpen(others, 3);
});

test('a connection with a request in progress is not ended for another one', async () => {
  let release = () => {};
  const waiting = new Promise<void>((resolve) => {
    release = resolve;
  });
  const api = await startApi({
    postgres: postgres(),
    server: { maxConnections: 4 },
    app: { isReady: () => waiting.then(() => true) },
  });
  closing.push(api.close);
  const [busy] = await open(api, 1, '127.0.0.2', headOf('GET', '/readyz', 'Connection: close'));
  const [idle] = await open(api, 1, '127.0.0.2', '');
  await pause(1100);
  // Ended in place of the busy one, which is older.
  expect(await statusFrom(api, '127.0.0.2')).toBe(200);
  // The response can arrive before the end of the other connection does.
  await eventually(5000, async () => {
    expect([busy, idle].map((socket) => socket && isOpen(socket))).toEqual([true, false]);
  });
  let received = '';
  busy?.setEncoding('latin1').on('data', (chunk) => {
    received += chunk;
  });
  release();
  await eventually(5000, async () => expect(received).toMatch(/^HTTP\/1\.1 200/));
});

test('behind a proxy no address is limited, but all of them together are', async () => {
  const api = await start({ maxConnections: 10, isBehindProxy: true });
  const sockets = await open(api, 12, '127.0.0.2', headOf('GET', '/healthz'));
  await expectOpen(sockets, 10);
  await pause(1000);
  expect(await statusFrom(api, '127.0.0.2')).toBe(200);
});

test('a client that is gone when it is accepted leaves nothing behind', async () => {
  const api = await start({ maxConnections: 4 });
  const { hostname, port } = new URL(api.url);
  for (let n = 0; n < 50; n++) {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.resetAndDestroy();
  }
  await eventually(5000, async () => {
    expect((await api.send('GET', '/metrics')).text).toMatch(/^http_connections 1$/m);
  });
});
