// Shutdown on a signal: requests in progress get their responses, new ones are refused, and the
// process ends.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { type Environment, newDataDirectory, run, silentDatabase, startService } from '../support/process.ts';
import { testSecret, tokenFor } from '../support/tokens.ts';

const tasksPath = '/api/v1/users/me/tasks';

const open = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
};

/** The response to a new connection; nothing if it is refused. */
const answerTo = async (port: number, request: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  return text(socket).catch(() => '');
};

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

/**
 * The service on a database that keeps each request waiting for `timeout` milliseconds and never
 * responds.
 */
const startInVain = async (timeout: string, env: Environment = {}) =>
  startService({
    DATABASE_URL: await silentDatabase(),
    DATABASE_CONNECT_TIMEOUT_MS: timeout,
    DATABASE_TIMEOUT_MS: timeout,
    JWT_SECRET: testSecret,
    ...env,
  });

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', { timeout: 300_000 }, (signal) => {
  test('lets requests in progress finish, accepts no new ones, and exits with 0', async () => {
    const env = { DATA_DIR: await newDataDirectory() };
    const service = await startService(env);
    const { json: task } = await service.send('POST', tasksPath, { json: { title: 'before' } });

    // Two requests have begun to arrive when the signal comes: one lacks half its body, one the end of its head.
    const body = '{"title":"in flight"}';
    const patch = await open(service.port);
    patch.write(
      `PATCH ${tasksPath}/${task.id} HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer ${service.token}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    const readiness = await open(service.port);
    readiness.write('GET /readyz HTTP/1.1\r\nHost: api\r\n');
    const idle = await open(service.port);
    idle.write('GET /healthz HTTP/1.1\r\nHost: api\r\n\r\n');
    await once(idle, 'data');

    service.child.kill(signal);
    await service.until(() => service.stdout().includes('"msg":"draining"'));
    // A kept-alive connection without a request in progress is closed, not kept waiting.
    await text(idle);
    expect(await answerTo(service.port, 'GET /healthz HTTP/1.1\r\nHost: api\r\n\r\n')).toBe('');

    // Only a request that had begun can still check: the service is no longer ready.
    readiness.write('\r\n');
    const notReady = await text(readiness);
    expect(statusOf(notReady)).toBe(503);
    expect(notReady).toMatch(/^Retry-After: \d+\r$/im);
    expect(notReady).toMatch(/^Connection: close\r$/im);

    patch.write(body.slice(5));
    // Read to its end: the service closes the connection as soon as it has responded.
    const answer = await text(patch);
    expect(statusOf(answer)).toBe(200);
    expect(answer).toMatch(/^Connection: close\r$/im);
    expect(answer).toContain('"title":"in flight"');

    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(service.stdout()).toContain('"msg":"stopped"');
    const next = await startService(env);
    expect((await next.send('GET', `${tasksPath}/${task.id}`)).json.title).toBe('in flight');
  });

  test('responds to all requests of one connection, and ends when the last byte has been read', async () => {
    // The grace period is longer than the test may take.
    const service = await startInVain('1500', { SHUTDOWN_TIMEOUT_MS: '600000' });
    const request = `GET ${tasksPath} HTTP/1.1\r\nHost: api\r\nAuthorization: Bearer ${await tokenFor('alice')}\r\n\r\n`;
    const pipelined = await open(service.port);
    pipelined.write(request.repeat(3));
    // Its head has been sent before the signal comes, and more is to follow than the sockets can
    // buffer.
    const page = await open(service.port);
    page.write('GET /console HTTP/1.1\r\nHost: api\r\n\r\n');
    await once(page, 'readable');
    service.child.kill(signal);
    await service.until(() => service.stdout().includes('"msg":"draining"'));

    const answers = await text(pipelined);
    expect([...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '503',
      '503',
      '503',
    ]);
    expect(answers.match(/^Connection: close\r$/gm)).toHaveLength(1);
    const [head = '', ...body] = (await text(page)).split('\r\n\r\n');
    expect(statusOf(head)).toBe(200);
    expect(Buffer.byteLength(body.join('\r\n\r\n'))).toBe(Number(/^Content-Length: (\d+)/im.exec(head)?.[1]));
    expect(await service.exited).toEqual({ code: 0, signal: null });
  });

  test('sent twice ends once', async () => {
    const service = await startService({ DATA_DIR: await newDataDirectory() });
    service.child.kill(signal);
    service.child.kill(signal);
    expect(await service.exited).toEqual({ code: 0, signal: null });
    expect(service.stdout().match(/"draining"/g)).toHaveLength(1);
  });

  test('ends the process although the database never responds', async () => {
    const service = await startInVain('1000');
    const token = await tokenFor('alice');
    expect((await service.send('GET', tasksPath, { token })).status).toBe(503);
    expect(await service.end(signal)).toEqual({ code: 0, signal: null });
  });

  test('while a connection is opening ends the process with 0', async () => {
    // The connection may take longer to open than the process takes to end.
    const env = { DATABASE_TIMEOUT_MS: '500', DATABASE_POOL_MAX: '3' };
    const service = await startInVain('600000', env);
    const token = await tokenFor('alice');
    const asked = [1, 2, 3, 4].map(() => service.send('GET', tasksPath, { token }));
    expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([503, 503, 503, 503]);
    expect(await service.end(signal)).toEqual({ code: 0, signal: null });
    expect(service.stdout()).not.toContain('did not close in time');
  });

  test('during the start ends it, and the next start works', async () => {
    const env = { DATA_DIR: await newDataDirectory(), PORT: '0' };
    const program = run('src/start.js', [], env);
    program.child.kill(signal);
    expect((await program.exited).code).not.toBe(0);
    expect(program.stdout()).toBe('');
    const next = await startService(env);
    expect((await next.send('GET', '/readyz')).status).toBe(200);
  });
});
