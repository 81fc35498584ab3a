// Node's parser takes what has arrived in one piece, up to 64 kB of it: what is in there beyond the
// bounds costs nothing.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { headOf } from '../support/hostile.ts';

let api: Api;
let user: User;
beforeAll(async () => {
  api = await startApi({ logLevel: 'silent' });
  user = await api.newUser();
});
afterAll(() => api.close());

const open = (): Socket => {
  const { hostname, port } = new URL(api.url);
  return connect(Number(port), hostname).on('error', () => {});
};

/**
 * Writes `piece` again and again until the connection has closed, 100 MB at most; returns how many
 * bytes were taken.
 */
const flood = async (socket: Socket, piece: string): Promise<number> => {
  const closed = once(socket, 'close');
  let taken = 0;
  while (socket.writable && taken < 100_000_000) {
    if (!socket.write(piece)) await Promise.race([once(socket, 'drain'), closed]).catch(() => {});
    taken += piece.length;
  }
  socket.destroy();
  return taken;
};

const firstLine = async (socket: Socket): Promise<string> => {
  const [head] = (await once(socket, 'data')) as [Buffer];
  socket.resume();
  return head.toString('latin1').split('\r\n')[0] ?? '';
};

test('of two thousand requests in one piece, those beyond the bound are not parsed', async () => {
  let requests = 0;
  const count = (): void => {
    requests += 1;
  };
  subscribe('http.server.request.start', count);
  try {
    const socket = open().resume();
    socket.write(headOf('GET', '/x').repeat(2000));
    await once(socket, 'close');
  } finally {
    unsubscribe('http.server.request.start', count);
  }
  expect(requests).toBeGreaterThan(1);
  expect(requests).toBeLessThanOrEqual(17);
});

describe('what follows the response to a request', () => {
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

  test.each([
    ['a path that is not there', headOf('POST', '/nowhere', 'Transfer-Encoding: chunked'), 404],
    ['an operation without a body', headOf('GET', '/healthz', 'Transfer-Encoding: chunked'), 400],
    ['a caller without a token', headOf('POST', '/api/v1/users/me/tasks', 'Transfer-Encoding: chunked'), 401],
  ])('is read up to a bound: %s', async (_name, head, status) => {
    for (const piece of [chunk(' ').repeat(10_000), chunk('a'.repeat(60_000))]) {
      const socket = open();
      socket.write(head + piece);
      expect(await firstLine(socket)).toContain(` ${status} `);
      // Both kernels hold some megabytes that nothing has read.
      expect(await flood(socket, piece)).toBeLessThan(30_000_000);
    }
  });

  test('is read to its end where it is not much, and the connection stays open', async () => {
    const socket = open();
    const body = 'a'.repeat(1_000_000);
    socket.write(headOf('POST', '/nowhere', `Content-Length: ${body.length}`) + body);
    expect(await firstLine(socket)).toContain(' 404 ');
    socket.write(headOf('GET', '/healthz'));
    expect(await firstLine(socket)).toContain(' 200 ');
    socket.destroy();
  });
});

describe('a body in chunks', () => {
  const path = '/api/v1/users/me/tasks';
  const fields = () => ['Content-Type: application/json', `Authorization: Bearer ${user.token}`];
  const bytewise = (text: string) => [...text].map((byte) => `1\r\n${byte}\r\n`).join('');

  const send = async (chunks: number): Promise<string> => {
    const socket = open();
    const head = headOf('POST', path, 'Transfer-Encoding: chunked', ...fields());
    socket.write(`${head}${bytewise(`{"title":"a"${' '.repeat(chunks - 13)}}`)}0\r\n\r\n`);
    const line = await firstLine(socket);
    socket.destroy();
    return line;
  };

  test('may have a few small ones, and not hundreds', async () => {
    expect(await send(32)).toContain(' 201 ');
    expect(await send(100)).toContain(' 400 ');
  });

  test('that is refused costs no other connection its body', async () => {
    // Node uses the parser of a connection that has closed for another one.
    for (let n = 0; n < 5; n++) {
      const flooding = Array.from({ length: 20 }, open);
      const closed = flooding.map((socket) => once(socket.resume(), 'close'));
      for (const socket of flooding) {
        socket.write(headOf('POST', path, 'Transfer-Encoding: chunked') + bytewise(' '.repeat(5000)));
      }
      await Promise.all(closed);
      const created = await Promise.all(
        Array.from({ length: 20 }, () => user.send('POST', 'tasks', { json: { title: 'whole' } })),
      );
      expect(created.map(({ status }) => status)).toEqual(Array(20).fill(201));
    }
  });
});
