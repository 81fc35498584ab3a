// Whatever is wrong with a request, the answer is a problem of the catalogue, tells nothing of the
// inside, and nothing has changed.
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { sendRaw } from '../support/raw.ts';

let api: Api;
let user: User;

beforeAll(async () => {
  api = await startApi();
  user = await api.newUser();
  await user.create({ title: 'the only one' });
});
afterAll(() => api.close());

// Whatever a test sent: the service is there, and the user's list is what it was.
afterEach(async () => {
  const { items } = (await user.send('GET', 'tasks')).json;
  expect(items).toMatchObject([{ title: 'the only one', version: 1 }]);
});

const json = { 'Content-Type': 'application/json' };
const tasks = '/api/v1/users/me/tasks';

const post = (body: string | Uint8Array, headers: Record<string, string> = json) =>
  user.send('POST', 'tasks', { body, headers });

const head = (method: string, path: string, ...lines: string[]) =>
  [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${user.token}`,
    'Connection: close',
    ...lines,
    '',
    '',
  ].join('\r\n');

describe('paths and methods', () => {
  test.each([
    '/api',
    '/api/v1/users/me/tasks/',
    '/API/v1/users/me/tasks',
    '//api/v1/users/me/tasks',
    '/api/v1/users',
    '/favicon.ico',
    '/openapi.yaml/x',
    '/openapiXyaml',
    '/api/v1/users//tasks',
  ])('%s is not there', async (path) => {
    const missing = await user.send('GET', path);
    expect(missing.status).toBe(404);
    expect(missing.json).toMatchObject({
      type: '/problems/not-found',
      title: 'Not found',
      detail: 'Not found',
    });
  });

  test.each([
    ['PUT', tasks, 'DELETE, GET, HEAD, OPTIONS, POST'],
    ['POST', `${tasks}/3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7`, 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'],
    ['GET', `${tasks}/3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7/complete`, 'OPTIONS, PATCH'],
    ['HEAD', `${tasks}/3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7/complete`, 'OPTIONS, PATCH'],
    ['DELETE', '/healthz', 'GET, HEAD, OPTIONS'],
    ['QUERY', '/healthz', 'GET, HEAD, OPTIONS'],
  ])('%s %s is refused with what is allowed', async (method, path, allow) => {
    const refused = await sendRaw(api.url, method, path, head(method, path));
    expect(refused.status).toBe(405);
    expect(refused.headers.get('allow')).toBe(allow);
  });

  test.each([
    '/api/v1/users/%E0%A4%A/tasks',
    '/api/v1/users/%/tasks',
    '/api/v1/users/%ff/tasks',
    `${tasks}/%E0%A4%A`,
    `${tasks}?q=%E0%A4%A`,
    `${tasks}?%=1`,
    `${tasks}?q=%ff`,
  ])('a broken percent-escape in %s is 400', async (path) => {
    const refused = await sendRaw(api.url, 'GET', path.split('?')[0] ?? '', head('GET', path));
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text).type).toBe('/problems/malformed-request');
  });

  test('an absolute request target is understood', async () => {
    const target = `http://localhost${tasks}?limit=1`;
    expect((await sendRaw(api.url, 'GET', tasks, head('GET', target))).status).toBe(200);
  });
});

describe('request bodies', () => {
  test.each([
    ['broken', '{"title":'],
    ['with a comma too many', '{"title":"a",}'],
    ['with single quotes', "{'title':'a'}"],
    ['NaN', '{"title":NaN}'],
    ['two documents', '{"title":"a"}{"title":"b"}'],
    ['with a byte order mark in the middle', '{\ufeff"title":"a"}'],
    ['only white space', ' '],
  ])('JSON that is %s is 400', async (_name, body) => {
    const refused = await post(body);
    expect(refused.status).toBe(400);
    expect(refused.json.detail).toBe('The request body is not valid JSON');
  });

  test('bytes that are not UTF-8 are 400, not replaced', async () => {
    const refused = await post(
      Buffer.concat([Buffer.from('{"title":"a'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]),
    );
    expect(refused.status).toBe(400);
    expect(refused.json.detail).toBe('The request body is not valid UTF-8');
  });

  test.each([
    ['no body', {}],
    ['an empty body', { body: '', headers: json }],
  ])('%s where one belongs is 422', async (_name, options) => {
    const refused = await user.send('POST', 'tasks', options);
    expect(refused.status).toBe(422);
    expect(refused.json.errors).toEqual([{ loc: ['body'], msg: 'is required', type: 'required' }]);
  });

  test('an empty chunked body counts as none', async () => {
    const refused = await sendRaw(
      api.url,
      'POST',
      tasks,
      `${head('POST', tasks, 'Content-Type: application/json', 'Transfer-Encoding: chunked')}0\r\n\r\n`,
    );
    expect(refused.status).toBe(422);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'application/json; charset=utf-16',
    'application/merge-patch+json',
    'application/jsonx',
    'json',
    '',
  ])('the media type %s is 415', async (type) => {
    const lines = [`Content-Type: ${type}`, 'Content-Length: 13'];
    const refused = await sendRaw(api.url, 'POST', tasks, `${head('POST', tasks, ...lines)}{"title":"a"}`);
    expect(refused.status).toBe(415);
    expect(JSON.parse(refused.text).detail).toBe('Send the body as application/json in UTF-8');
  });

  test('a body without a media type is 415', async () => {
    const refused = await sendRaw(
      api.url,
      'POST',
      tasks,
      `${head('POST', tasks, 'Content-Length: 13')}{"title":"a"}`,
    );
    expect(refused.status).toBe(415);
  });

  test.each(['gzip', 'br', 'deflate', 'gzip, gzip'])('the content coding %s is 415', async (coding) => {
    const refused = await post(gzipSync('{"title":"a"}'), { ...json, 'Content-Encoding': coding });
    expect(refused.status).toBe(415);
  });

  test.each(['application/json; charset=utf-8', 'application/json;charset="UTF-8"', 'APPLICATION/JSON'])(
    '%s is JSON',
    async (type) => {
      const other = await api.newUser();
      expect(
        (await other.send('POST', 'tasks', { json: { title: 'a' }, headers: { 'Content-Type': type } }))
          .status,
      ).toBe(201);
    },
  );

  test('a body of 2 MB is 413, with and without its length announced', async () => {
    const refused = await post(JSON.stringify({ title: 'a', description: 'x'.repeat(2_000_000) }));
    expect(refused.status).toBe(413);
    expect(refused.json.detail).toBe('The request body is larger than 140 kB');
    const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
    const chunked =
      head('POST', tasks, 'Content-Type: application/json', 'Transfer-Encoding: chunked') + chunk.repeat(32);
    expect((await sendRaw(api.url, 'POST', tasks, chunked)).status).toBe(413);
  });

  test('a length beyond 31 bits is 413 at once', async () => {
    const bytes = `${head('POST', tasks, 'Content-Type: application/json', 'Content-Length: 2147483648')}{}`;
    expect((await sendRaw(api.url, 'POST', tasks, bytes)).status).toBe(413);
  });

  test('a hundred faults are reported, not ten thousand', async () => {
    const fields = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`f${n}`, 1]));
    const operations = Array(100).fill({ op: 'create', task: fields });
    const refused = await user.send('POST', 'task-batches', { json: { operations } });
    expect(refused.status).toBe(422);
    expect(refused.json.errors).toHaveLength(100);
  });

  test.each([
    ['application/json; a=b; charset=utf-16', 415],
    ['application/json; charset=utf-8; a=b', 422],
  ])('of the parameters of %s the charset counts', async (type, status) => {
    expect((await post('{}', { 'Content-Type': type })).status).toBe(status);
  });

  test.each([
    ['arrays', '['.repeat(40_000) + ']'.repeat(40_000)],
    ['objects', `${'{"a":'.repeat(15_000)}1${'}'.repeat(15_000)}`],
  ])('deeply nested %s are 422', async (_name, body) => {
    expect((await post(body)).status).toBe(422);
  });

  test.each(['GET', 'DELETE'])('a body on %s is 400', async (method) => {
    const path = method === 'GET' ? tasks : `${tasks}?completed=true`;
    const refused = await sendRaw(
      api.url,
      method,
      tasks,
      `${head(method, path, 'Content-Type: application/json', 'Content-Length: 2')}{}`,
    );
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text).detail).toBe('This operation takes no request body');
  });

  test('without a token no one learns whether a body is good, or has it read', async () => {
    for (const body of ['{', '{}', '{"title":"a"}', 'x'.repeat(200_000)]) {
      const refused = await user.send('POST', 'tasks', {
        body,
        headers: { 'Content-Type': 'text/plain' },
        token: null,
      });
      expect(refused.status).toBe(401);
    }
  });
});

describe('a request that is not HTTP', () => {
  /**
   * The statuses of all that comes back until the connection is closed; `more` is sent when
   * something has.
   */
  const statusesFor = (bytes: string, more = ''): Promise<number[]> => {
    const { hostname, port } = new URL(api.url);
    return new Promise((resolve) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.write(bytes));
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        if (text === '' && more !== '') socket.write(more);
        text += chunk;
      });
      socket
        .on('error', () => {})
        .on('close', () =>
          resolve([...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))),
        );
    });
  };
  const alive = (method: string, path: string, ...lines: string[]) =>
    head(method, path, ...lines).replace('Connection: close\r\n', '');

  test('garbage behind good requests gets a response behind them', async () => {
    const other = await api.newUser();
    const body = '{"title":"pipelined"}';
    const good = alive('POST', tasks, 'Content-Type: application/json', `Content-Length: ${body.length}`);
    const two = `${good}${body}`.replace(user.token, other.token).repeat(2);
    expect(await statusesFor(`${two}GARBAGE\r\n\r\n`)).toEqual([201, 201, 400]);
    expect((await other.send('GET', 'tasks')).json.items).toHaveLength(2);
  });

  test('a body that is torn in the middle is 400, and gets one response', async () => {
    const torn = alive('POST', tasks, 'Content-Type: application/json', 'Transfer-Encoding: chunked');
    const noChunk = '3\r\n{"t\r\nno length\r\n';
    expect(await statusesFor(`${torn}${noChunk}`)).toEqual([400]);
    expect(await statusesFor(`${alive('GET', tasks)}${torn}${noChunk}`)).toEqual([200, 400]);
    expect(await statusesFor(torn.replace(user.token, 'no token'), noChunk)).toEqual([401]);
  });

  test('garbage is 400', async () => {
    const refused = await sendRaw(api.url, 'GET', '/nowhere', 'garbage\r\n\r\n');
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text).type).toBe('/problems/malformed-request');
  });

  test('header fields of 200 kB are 431', async () => {
    const refused = await sendRaw(
      api.url,
      'GET',
      '/nowhere',
      head('GET', '/nowhere', `X-Large: ${'x'.repeat(200_000)}`),
    );
    expect(refused.status).toBe(431);
    expect(JSON.parse(refused.text).type).toBe('/problems/header-fields-too-large');
  });

  test('both a length and chunks (request smuggling) are refused', async () => {
    const bytes = `${head('POST', tasks, 'Content-Type: application/json', 'Content-Length: 13', 'Transfer-Encoding: chunked')}0\r\n\r\n`;
    expect((await sendRaw(api.url, 'POST', '/nowhere', bytes)).status).toBe(400);
  });

  test('an expectation that the server does not know is ignored', async () => {
    expect((await sendRaw(api.url, 'GET', tasks, head('GET', tasks, 'Expect: tea'))).status).toBe(200);
  });
});

describe('clients that hang up', () => {
  test('in the middle of a body leave no trace but a line in the log', async () => {
    const { hostname, port } = new URL(api.url);
    const bytes = `${head('POST', tasks, 'Content-Type: application/json', 'Content-Length: 1000')}{"title":"half`;
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write(bytes, () => socket.destroy()));
      socket.on('close', () => resolve());
    });
    await expect.poll(() => api.logs.at(-1)).toMatchObject({ operation: 'createTask', status: 499 });
    expect(api.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

test('the request id is the client’s when it is 32 hexadecimal digits, as a UUID in the problem', async () => {
  for (const id of ['0b7b35d13c3c4a3b9d0b0a4b3a2f9c11', '0B7B35D13C3C4A3B9D0B0A4B3A2F9C11']) {
    const named = await user.send('GET', '/nowhere', { headers: { 'X-Request-Id': id } });
    expect(named.headers.get('x-request-id')).toBe(id.toLowerCase());
    expect(named.json.instance).toBe('urn:uuid:0b7b35d1-3c3c-4a3b-9d0b-0a4b3a2f9c11');
    await expect.poll(() => api.logs.at(-1)).toMatchObject({ request_id: id.toLowerCase(), status: 404 });
  }
  for (const id of ['0b7b35d13c3c4a3b9d0b0a4b3a2f9c1', '0b7b35d1-3c3c4a3b9d0b0a4b3a2f9c11', 'g'.repeat(32)]) {
    const other = await user.send('GET', '/nowhere', { headers: { 'X-Request-Id': id } });
    expect(other.headers.get('x-request-id')).not.toBe(id);
  }
});

test('the request id is the client’s when it is a UUID, and a new one otherwise', async () => {
  const id = '0B7B35D1-3C3C-4A3B-9D0B-0A4B3A2F9C11';
  const named = await user.send('GET', '/nowhere', { headers: { 'X-Request-Id': id } });
  expect(named.headers.get('x-request-id')).toBe(id.toLowerCase());
  expect(named.json.instance).toBe(`urn:uuid:${id.toLowerCase()}`);
  const other = await user.send('GET', '/nowhere', { headers: { 'X-Request-Id': 'x'.repeat(500) } });
  expect(other.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});
