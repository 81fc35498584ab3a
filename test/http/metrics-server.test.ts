// The metrics on a port of their own: what is served there, and how little a client can make of it.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { listenMetrics } from '../../src/http/metrics-server.ts';

const start = async (read: () => Promise<string> = async () => 'up 1\n', timeout = 500) => {
  const server = await listenMetrics(read, { host: '127.0.0.1', port: 0, timeout });
  onTestFinished(() => server.close());
  const url = `http://127.0.0.1:${server.port}`;
  return { url, port: server.port, scrape: async () => (await fetch(`${url}/metrics`)).text() };
};

const open = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  return socket;
};

describe('the metrics on a port of their own', () => {
  test('are at /metrics, to be read and nothing else', async () => {
    const { url, scrape } = await start();
    expect(await scrape()).toBe('up 1\n');
    const head = await fetch(`${url}/metrics`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    expect((await fetch(`${url}/`)).status).toBe(404);
    const post = await fetch(`${url}/metrics`, { method: 'POST', body: 'x' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('are there for a new connection, however many others are open', async () => {
    const { port, scrape } = await start();
    const idle: Socket[] = [];
    for (let n = 0; n < 100; n++) idle.push(await open(port));
    expect(await scrape()).toBe('up 1\n');
    await expect
      .poll(() => idle.filter(({ closed }) => closed).length, { timeout: 10_000 })
      .toBeGreaterThanOrEqual(80);
  });

  test('are not read again and again for a client that does not wait', async () => {
    let readings = 0;
    const { port } = await start(async () => {
      readings += 1;
      return 'up 1\n';
    });
    const socket = await open(port);
    socket.write('GET /metrics HTTP/1.1\r\nHost: metrics\r\n\r\n'.repeat(1000));
    await text(socket).catch(() => '');
    expect(readings).toBe(1);
  });

  test('build no requests that they do not answer, although they come in one piece', async () => {
    const { port } = await start();
    let requests = 0;
    const count = (): void => {
      requests += 1;
    };
    subscribe('http.server.request.start', count);
    onTestFinished(() => void unsubscribe('http.server.request.start', count));
    const socket = await open(port);
    socket.write('GET /metrics HTTP/1.1\r\nHost: metrics\r\n\r\n'.repeat(1000));
    await text(socket).catch(() => '');
    expect(requests).toBeLessThanOrEqual(3);
  });

  // The time-out of a request is far longer than that of the test.
  test('end a connection whose body comes in very many chunks', { timeout: 15_000 }, async () => {
    const { port } = await start(undefined, 120_000);
    const socket = (await open(port)).resume();
    socket.write('GET /metrics HTTP/1.1\r\nHost: metrics\r\nTransfer-Encoding: chunked\r\n\r\n');
    socket.write('1\r\nx\r\n'.repeat(10_000));
    await once(socket, 'close');
    expect((await fetch(`http://127.0.0.1:${port}/metrics`)).status).toBe(200);
  });

  test.each([
    ['sends nothing', ''],
    ['stops in the middle of its request', 'GET /metrics HTTP/1.1\r\nHost: m'],
    ['does not read', 'GET /metrics HTTP/1.1\r\nHost: metrics\r\n\r\n'],
  ])('are cut off from a client that %s', async (_kind, bytes) => {
    // More than the sockets take in.
    const { port } = await start(async () => 'x'.repeat(32_000_000));
    const socket = await open(port);
    socket.write(bytes);
    const server = once(socket.pause(), 'close');
    // Paused, it would not notice: it reads on when the server has long had enough.
    setTimeout(() => socket.resume(), 3000);
    await server;
    expect(socket.bytesRead).toBeLessThan(32_000_000);
  });
});
