// What HTTP itself demands, tried with bytes on a socket: targets, Host, pipelines, half-closed
// connections, preflights.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { sendRaw } from '../support/raw.ts';

const origin = 'https://app.example.com';
let api: Api;
let user: User;
beforeAll(async () => {
  api = await startApi({ app: { corsOrigins: [origin] } });
  user = await api.newUser();
});
afterAll(() => api.close());

/**
 * All that the server sends on a connection until it closes it, after `bytes`; `half` ends our side
 * at once.
 */
const exchange = async (bytes: string, half = false): Promise<string> => {
  const { hostname, port } = new URL(api.url);
  const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
  if (half) socket.end(bytes);
  else socket.write(bytes);
  socket.on('end', () => socket.end()).on('error', () => {});
  await once(socket, 'close');
  return received;
};

const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));

describe('the Host of a request', () => {
  const get = (version: string, ...fields: string[]) =>
    sendRaw(
      api.url,
      'GET',
      '/nowhere',
      [`GET /nowhere HTTP/${version}`, ...fields, 'Connection: close', '', ''].join('\r\n'),
    );

  test.each([
    ['none', []],
    ['two', ['Host: a.example.com', 'Host: b.example.com']],
    ['the same twice', ['Host: a.example.com', 'host: a.example.com']],
    ['a user', ['Host: me@a.example.com']],
    ['a path', ['Host: a.example.com/b']],
    ['a space', ['Host: a example.com']],
    ['a port that is no number', ['Host: a.example.com:http']],
    ['half an IPv6 address', ['Host: [::1']],
  ])('%s is a 400', async (_name, fields) => {
    const { status, text } = await get('1.1', ...fields);
    expect(status).toBe(400);
    expect(JSON.parse(text).detail).toContain('Host');
  });

  test.each([
    ['a name', '1.1', ['Host: a.example.com']],
    ['a port', '1.1', ['Host: a.example.com:8080']],
    ['an IPv6 address', '1.1', ['Host: [::1]:3000']],
    ['an empty one', '1.1', ['Host:']],
    ['none in HTTP/1.0', '1.0', []],
  ])('%s is taken', async (_name, version, fields) => {
    expect((await get(version, ...fields)).status).toBe(404);
  });

  test('two are refused in HTTP/1.0, too', async () => {
    expect((await get('1.0', 'Host: a', 'Host: b')).status).toBe(400);
  });
});

describe('the target of a request', () => {
  const ask = (method: string, target: string, path = '/nowhere') =>
    sendRaw(api.url, method, path, `${method} ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);

  test.each(['http://a.example.com/healthz', 'HTTP://a.example.com:80/healthz', 'https://[::1]/healthz'])(
    'in absolute form is that path: %s',
    async (target) => {
      expect((await ask('GET', target, '/healthz')).status).toBe(200);
    },
  );

  test('in absolute form without a path is the root', async () => {
    expect((await ask('GET', 'http://a.example.com', '/')).status).toBe(307);
  });

  test.each([
    'http://',
    'http:///healthz',
    'http://[::1/healthz',
    'http://me@x/healthz',
    'ftp://x/healthz',
    '*',
  ])('that leads nowhere is a 400: %s', async (target) => {
    expect((await ask('GET', target)).status).toBe(400);
  });

  test('OPTIONS * is about the server', async () => {
    const text = await exchange('OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(statuses(text)).toEqual([204]);
    expect(text).toContain('Allow: DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT');
  });

  test('CONNECT is a method that nothing takes, and the request before it gets its response', async () => {
    const text = await exchange(
      'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nCONNECT a.example.com:443 HTTP/1.1\r\nHost: a.example.com:443\r\n\r\n',
    );
    expect(statuses(text)).toEqual([200, 405]);
    expect(text).toContain('"type":"/problems/method-not-allowed"');
  });
});

describe('a pipeline', () => {
  test('longer than the server takes has a response for each request it takes and one that ends it', async () => {
    const text = await exchange('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(40));
    const all = statuses(text);
    expect(all.slice(0, 16)).toEqual(Array(16).fill(200));
    expect(all.slice(16)).toEqual([503]);
    expect(text.slice(text.lastIndexOf('HTTP/1.1'))).toMatch(/^connection: close\r$/im);
  });
});

describe('a request that cannot be read to its end', () => {
  test('ends its connection, whatever the client still sends', async () => {
    const { hostname, port } = new URL(api.url);
    const socket = connect({ port: Number(port), host: hostname, allowHalfOpen: true });
    socket.on('error', () => {}).resume();
    socket.write('POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n');
    const trickle = setInterval(() => socket.write('x'), 100);
    await new Promise((closed) => socket.on('close', closed));
    clearInterval(trickle);
    expect((await api.send('GET', '/metrics')).text).toMatch(/^http_requests_in_flight 1$/m);
  });
});

describe('a client that closes its side after the request', () => {
  test('gets the response to its write, which happens once', async () => {
    const body = JSON.stringify({ title: 'half closed' });
    const text = await exchange(
      [
        'POST /api/v1/users/me/tasks HTTP/1.1',
        'Host: x',
        `Authorization: Bearer ${user.token}`,
        'Content-Type: application/json',
        `Content-Length: ${body.length}`,
        '',
        body,
      ].join('\r\n'),
      true,
    );
    expect(statuses(text)).toEqual([201]);
    expect(text).toContain('"title":"half closed"');
    const { json } = await user.send('GET', 'tasks');
    expect(json.items).toHaveLength(1);
  });

  test('in the middle of its request gets a 400, and nothing is written', async () => {
    const other = await api.newUser();
    const text = await exchange(
      [
        'POST /api/v1/users/me/tasks HTTP/1.1',
        'Host: x',
        `Authorization: Bearer ${other.token}`,
        'Content-Type: application/json',
        'Content-Length: 1000',
        '',
        '{"title":"torn"}',
      ].join('\r\n'),
      true,
    );
    expect(statuses(text)).toEqual([400]);
    expect((await other.send('GET', 'tasks')).json.items).toEqual([]);
  });
});

describe('a preflight', () => {
  const preflight = (path: string) =>
    api.send('OPTIONS', path, {
      headers: { Origin: origin, 'Access-Control-Request-Method': 'GET' },
    });

  test.each([
    ['/api/v1/nosuch', 404],
    ['/api/v1/users/me/tasks/', 404],
    ['/%zz', 404],
  ])('of %s is a problem that the page may read', async (path, status) => {
    const response = await preflight(path);
    expect(response.status).toBe(status);
    expect(response.json.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
  });

  test('allows the header fields that browsers’ tracing adds', async () => {
    const { status, headers } = await preflight('/api/v1/users/me/tasks');
    expect(status).toBe(204);
    const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(', ');
    expect(allowed).toEqual(expect.arrayContaining(['baggage', 'tracestate', 'traceparent', 'sentry-trace']));
  });
});

describe('what the server refuses by itself', () => {
  const id = '0d7ad4fe-2bd1-4e4c-8f3e-5b8f3f1f7a11';
  const named = (method: string, target: string, ...fields: string[]) =>
    [`${method} ${target} HTTP/1.1`, 'Host: x', `X-Request-Id: ${id}`, ...fields, '', ''].join('\r\n');

  test.each([
    [
      'a body that cannot be read',
      400,
      () => `${named('POST', '/healthz', 'Transfer-Encoding: chunked')}ZZZ\r\n`,
    ],
    ['a tunnel', 405, () => named('CONNECT', 'a.example.com:443')],
  ])('has the id that the client gave: %s', async (_what, status, bytes) => {
    const received = await exchange(bytes());
    expect(statuses(received)).toEqual([status]);
    expect(received).toMatch(new RegExp(`^X-Request-Id: ${id}\r$`, 'm'));
    expect(received).toContain(`"instance":"urn:uuid:${id}"`);
    const line = api.logs.find(({ msg, request_id }) => msg === 'request refused' && request_id === id);
    expect(line).toMatchObject({ status });
    api.logs.length = 0;
  });

  test('has the id of the request that was one too many', async () => {
    const first = '0d7ad4fe-2bd1-4e4c-8f3e-5b8f3f1f7a12';
    const ahead = named('GET', '/docs').replace(id, first).repeat(16);
    const received = await exchange(ahead + named('GET', '/healthz'));
    const ids = [...received.matchAll(/^X-Request-Id: (.*)\r$/gm)].map(([, value]) => value);
    expect(ids.at(-1)).toBe(id);
    expect(new Set(ids.slice(0, -1))).toEqual(new Set([first]));
  });

  test('has an id of its own where the head could not be read', async () => {
    const received = await exchange(`GET /healthz HTTP/1.1\r\nX-Request-Id: ${id}\r\nHo st: x\r\n\r\n`);
    expect(statuses(received)).toEqual([400]);
    expect(received).toMatch(/^X-Request-Id: [0-9a-f-]{36}\r$/m);
    expect(received).not.toContain(id);
  });
});
