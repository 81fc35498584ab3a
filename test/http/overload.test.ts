// More than the server takes, slower than it waits, and gone before the answer.
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';
import { sendRaw } from '../support/raw.ts';
import { eventually } from '../support/testbed/programs.ts';

const half = (user: User) =>
  [
    'POST /api/v1/users/me/tasks HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${user.token}`,
    'Content-Type: application/json',
    'Content-Length: 1000',
    '',
    '{"title":',
  ].join('\r\n');

const open = (url: string, bytes: string): Socket => {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(bytes));
  return socket.on('error', () => {});
};

const manyTasks = (count: number): string =>
  `INSERT INTO tasks (owner_id, title, description, completed, created_at, updated_at, change_seq)
   SELECT $1, 't' || n, repeat('d', 2000), false, now(), now(), n FROM generate_series(1, ${count}) AS n`;

describe('a server', () => {
  test('is not harmed by clients that hang up in the middle, and keeps nothing of them', async () => {
    const api = await startApi({ app: { maxRequests: 2 } });
    const user = await api.newUser();
    for (let n = 0; n < 20; n++) {
      const socket = open(api.url, half(user));
      await new Promise((later) => setTimeout(later, 5));
      socket.destroy();
    }
    const whole = `${half(user).split('\r\n\r\n')[0]?.replace('1000', '16')}\r\n\r\n{"title":"gone"`;
    for (let n = 0; n < 20; n++) {
      const socket = open(api.url, `${whole}}`);
      await new Promise((later) => setTimeout(later, 5));
      socket.destroy();
    }
    await eventually(10_000, async () => {
      expect(api.database.stats()).toMatchObject({ running: 0, waiting: 0 });
      expect((await user.send('GET', 'tasks')).status).toBe(200);
    });
    expect(api.logs.filter(({ level }) => level === 'error')).toEqual([]);
    expect(api.logs.filter(({ status }) => Number(status) >= 500 && Number(status) !== 503)).toEqual([]);
    expect(api.logs.some(({ status }) => status === 499)).toBe(true);
    await api.close();
  });
});

describe('a client that does not read', () => {
  test('is not waited for: its connection is cut, and its place is free again', async () => {
    const api = await startApi({ server: { stallTimeout: 1000 } });
    const user = await api.newUser();
    await queryPostgres(api.postgres.url, manyTasks(12_000), [user.id]);
    const { hostname, port } = new URL(api.url);
    const asked = request({
      hostname,
      port,
      path: '/api/v1/users/me/task-export',
      headers: { Authorization: `Bearer ${user.token}` },
    });
    asked.on('error', () => {}).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await eventually(20_000, async () => {
      expect(
        api.logs.filter(({ operation, status }) => operation === 'exportTasks' && status === 499),
      ).toHaveLength(1);
    });
    response.on('error', () => {}).destroy();
    expect((await user.send('GET', 'tasks')).status).toBe(200);
    await api.close();
  });
});

describe('a client that is too slow', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi({ server: { headersTimeout: 1000, requestTimeout: 1500 } });
    user = await api.newUser();
  });
  afterAll(() => api.close());

  test('with its header fields gets 408', async () => {
    const answer = await sendRaw(
      api.url,
      'GET',
      '/api/v1/session',
      'GET /api/v1/session HTTP/1.1\r\nHost: loc',
    );
    expect(answer.status).toBe(408);
  });

  test('with its body gets 408, and nothing is stored', async () => {
    const answer = await sendRaw(api.url, 'POST', '/api/v1/users/me/tasks', half(user));
    expect(answer.status).toBe(408);
    expect((await user.send('GET', 'tasks')).json.items).toEqual([]);
    expect(api.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });

  test('with the next request gets 408 behind the previous response, not in the middle of it', async () => {
    await queryPostgres(api.postgres.url, manyTasks(6000), [user.id]);
    const { hostname, port } = new URL(api.url);
    // More than the sockets take in while no one reads: the answer is under way when the time is
    // up.
    const socket = connect(Number(port), hostname, () =>
      socket.write(
        `GET /api/v1/users/me/task-export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${user.token}\r\n\r\nGET /healthz HTT`,
      ),
    );
    socket.setEncoding('latin1');
    await once(socket, 'readable');
    await new Promise((later) => setTimeout(later, 3000));
    let received = '';
    for await (const chunk of socket) received += chunk;
    const [exported = '', late, ...more] = received.split(/(?=HTTP\/1\.1 )/);
    expect(exported.match(/"title":/g)).toHaveLength(6000);
    expect(exported).toMatch(/\r\n0\r\n\r\n$/);
    expect(late).toMatch(/^HTTP\/1\.1 408 .*"type":"\/problems\/request-timeout"/s);
    expect(more).toEqual([]);
  });
});
