// The database is down: at the start, later, and without a response. The service stays up and
// returns 503.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isRealPostgres, startPostgres } from '../support/postgres.ts';
import { linesOf, type Service, startService } from '../support/process.ts';
import { eventually } from '../support/testbed/programs.ts';
import { newOwner, testSecret, tokenFor } from '../support/tokens.ts';

const tasksPath = '/api/v1/users/me/tasks';
const taskPath = `${tasksPath}/3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7`;

const task = { title: 'x', description: null, completed: false };

/** Listens on a port of 127.0.0.1, any free one for 0; `cut` ends it and its connections. */
const listenOn = async (port: number, onConnection: (socket: Socket) => void) => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    onConnection(socket);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const cut = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  };
  onTestFinished(cut);
  return { port: (server.address() as AddressInfo).port, cut };
};

const closedPort = async (): Promise<number> => {
  const { port, cut } = await listenOn(0, () => {});
  await cut();
  return port;
};

const settings = (port: number) => ({
  DATABASE_URL: `postgresql://postgres@127.0.0.1:${port}/none`,
  DATABASE_CONNECT_TIMEOUT_MS: '1000',
  DATABASE_TIMEOUT_MS: '1000',
  DATABASE_POOL_MAX: '1',
  // The embedded Postgres is one session behind all connections: on a new one, the names of its
  // statements would be in use.
  DATABASE_PREPARED_STATEMENTS: String(isRealPostgres),
  JWT_SECRET: testSecret,
  LOG_LEVEL: 'debug',
});

const expectUnavailable = async (
  service: Service,
  method: string,
  path: string,
  token: string | null,
  json?: Record<string, unknown>,
) => {
  const answer = await service.send(method, path, { token, ...(json && { json }) });
  expect(answer.status).toBe(503);
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  // The whole body: nothing about the driver, no address, no SQL.
  expect(answer.json).toEqual({
    type: '/problems/service-unavailable',
    title: 'Service unavailable',
    status: 503,
    detail: 'Service temporarily unavailable',
    instance: `urn:uuid:${answer.headers.get('x-request-id')}`,
  });
};

const expectServesWithoutDatabase = async (service: Service) => {
  const token = await tokenFor(newOwner());
  expect((await service.send('GET', '/healthz')).status).toBe(200);
  await Promise.all([
    expectUnavailable(service, 'GET', '/readyz', null),
    expectUnavailable(service, 'GET', tasksPath, token),
    expectUnavailable(service, 'POST', tasksPath, token, task),
    expectUnavailable(service, 'DELETE', `${tasksPath}?completed=true`, token),
    expectUnavailable(service, 'GET', taskPath, token),
    expectUnavailable(service, 'PUT', taskPath, token, task),
    expectUnavailable(service, 'PATCH', taskPath, token, task),
    expectUnavailable(service, 'PATCH', `${taskPath}/complete`, token),
    expectUnavailable(service, 'DELETE', taskPath, token),
  ]);
  // Requests that need no database are served as usual.
  expect((await service.send('GET', '/api/v1/session', { token })).status).toBe(200);
  expect((await service.send('GET', tasksPath, { token: null })).status).toBe(401);
  expect((await service.send('POST', tasksPath, { token, json: {} })).status).toBe(422);
  expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(service.stderr()).toBe('');
  expect(linesOf(service.stdout()).filter(({ status }) => status === 503)).toHaveLength(9);
};

describe('a database', { timeout: 120_000 }, () => {
  test('that refuses connections does not keep the service from starting', async () => {
    await expectServesWithoutDatabase(await startService(settings(await closedPort())));
  });

  test('that accepts connections and never responds is abandoned', async () => {
    const silent = await listenOn(0, () => {});
    await expectServesWithoutDatabase(await startService(settings(silent.port)));
  });

  test('that disconnects at once is unavailable', async () => {
    const rude = await listenOn(0, (socket) => socket.destroy());
    await expectServesWithoutDatabase(await startService(settings(rude.port)));
  });

  test('that goes away and comes back is used again', async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.close());
    const real = new URL(postgres.url);
    const forward = (socket: Socket) => {
      const upstream = connect(Number(real.port), real.hostname);
      socket.pipe(upstream).on('error', () => socket.destroy());
      upstream.pipe(socket);
      socket.on('close', () => upstream.destroy());
    };
    const proxy = await listenOn(0, forward);
    const through = new URL(real);
    through.port = String(proxy.port);
    const service = await startService({
      ...settings(proxy.port),
      DATABASE_URL: through.href,
      // It must respond within this, however busy the machine is.
      DATABASE_CONNECT_TIMEOUT_MS: '5000',
      DATABASE_TIMEOUT_MS: '5000',
    });
    const token = await tokenFor(newOwner());
    expect((await service.send('GET', '/readyz')).status).toBe(200);
    const before = await service.send('POST', tasksPath, { token, json: { title: 'before' } });
    expect(before.status).toBe(201);

    await proxy.cut();
    await expectUnavailable(service, 'POST', tasksPath, token, task);
    // The result of readiness is valid for a second.
    await expect
      .poll(async () => (await service.send('GET', '/readyz')).status, { timeout: 10_000 })
      .toBe(503);
    await expectUnavailable(service, 'GET', '/readyz', null);

    await listenOn(proxy.port, forward);
    // It tries again by itself, after a pause.
    await eventually(20_000, async () => {
      expect((await service.send('GET', '/readyz')).status).toBe(200);
    });
    expect((await service.send('GET', tasksPath, { token })).json.items).toEqual([before.json]);
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(service.stderr()).toBe('');
  });
});
