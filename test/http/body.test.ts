// Request bodies as intermediaries send them: none at all, in several spellings, and those of a
// wrong media type.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { sendRaw } from '../support/raw.ts';

let api: Api;
let user: User;
beforeAll(async () => {
  api = await startApi();
  user = await api.newUser();
});
afterAll(() => api.close());

const tasks = '/api/v1/users/me/tasks';

/** Sends a request with these header lines and bytes after its head. */
const send = (method: string, path: string, lines: readonly string[], content = '', token = user.token) =>
  sendRaw(
    api.url,
    method,
    path.split('?')[0] ?? '',
    [
      `${method} ${path} HTTP/1.1`,
      'Host: localhost',
      'Connection: close',
      `Authorization: Bearer ${token}`,
      ...lines,
      '',
      content,
    ].join('\r\n'),
  );

const chunked = 'Transfer-Encoding: chunked';
const noChunks = '0\r\n\r\n';
const json = 'Content-Type: application/json';

describe('a request that announces a body and has none', () => {
  const none: [string, readonly string[], string][] = [
    ['no chunks', [chunked], noChunks],
    ['no chunks of a media type', [chunked, 'Content-Type: text/plain'], noChunks],
    ['a length of 0', ['Content-Length: 0'], ''],
  ];

  test.each(none)('%s: GET, HEAD and DELETE are as without', async (_name, lines, content) => {
    for (const path of ['/healthz', '/readyz', '/openapi.json', tasks]) {
      for (const method of ['GET', 'HEAD']) {
        expect([method, path, (await send(method, path, lines, content)).status]).toEqual([
          method,
          path,
          200,
        ]);
      }
    }
    const { id } = await user.create({ title: 'x' });
    expect((await send('DELETE', `${tasks}/${id}`, lines, content)).status).toBe(204);
    expect((await send('DELETE', `${tasks}?completed=true`, lines, content)).status).toBe(200);
  });

  test.each(none)('%s: completing a task needs no body', async (_name, lines, content) => {
    const { id } = await user.create({ title: 'x' });
    expect((await send('PATCH', `${tasks}/${id}/complete`, lines, content)).status).toBe(200);
  });

  test.each(none)('%s: where a body is required, it is missing', async (_name, lines, content) => {
    const { id } = await user.create({ title: 'x' });
    for (const [method, path] of [
      ['POST', tasks],
      ['PUT', `${tasks}/${id}`],
      ['PATCH', `${tasks}/${id}`],
      ['POST', '/api/v1/users/me/task-batches'],
    ] as const) {
      const refused = await send(method, path, lines, content);
      expect([method, path, refused.status]).toEqual([method, path, 422]);
      expect(JSON.parse(refused.text).errors).toEqual([
        { loc: ['body'], msg: 'is required', type: 'required' },
      ]);
    }
  });

  test('with content in its chunks, GET and DELETE stay 400', async () => {
    for (const [method, path] of [
      ['GET', tasks],
      ['GET', '/healthz'],
      ['DELETE', `${tasks}?completed=true`],
    ] as const) {
      const refused = await send(method, path, [chunked, json], '2\r\n{}\r\n0\r\n\r\n');
      expect([method, path, refused.status]).toEqual([method, path, 400]);
      expect(JSON.parse(refused.text).detail).toBe('This operation takes no request body');
    }
  });
});

describe('completing a task', () => {
  const complete = (id: string, body: string, headers = {}) =>
    user.send('PATCH', `tasks/${id}/complete`, {
      body,
      headers: { 'Content-Type': 'application/json', ...headers },
    });

  test('takes an empty object', async () => {
    const { id } = await user.create({ title: 'x' });
    expect((await complete(id, '{}')).json.completed).toBe(true);
  });

  test.each([
    ['{"completed":true}', 422],
    ['[]', 422],
    ['null', 422],
    ['{', 400],
    [`{${' '.repeat(2000)}}`, 413],
  ])('and nothing else: %.30s', async (body, status) => {
    const { id } = await user.create({ title: 'x' });
    expect((await complete(id, body)).status).toBe(status);
    expect((await user.send('GET', `tasks/${id}`)).json.completed).toBe(false);
  });

  test('is the same request with it and without, for an Idempotency-Key', async () => {
    const { id } = await user.create({ title: 'x' });
    const headers = { 'Idempotency-Key': 'complete' };
    const first = await complete(id, '{}', headers);
    const second = await user.send('PATCH', `tasks/${id}/complete`, { headers });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.text).toBe(first.text);
  });
});

describe('415', () => {
  const post = (headers: Record<string, string>, path = 'tasks', method = 'POST') =>
    user.send(method, path, { body: '{"title":"a"}', headers });

  test('on PATCH lists what it takes in Accept-Patch (RFC 5789, section 2.2), and so does OPTIONS', async () => {
    const { id } = await user.create({ title: 'x' });
    const refused = await post({ 'Content-Type': 'text/plain' }, `tasks/${id}`, 'PATCH');
    expect(refused.status).toBe(415);
    expect(refused.headers.get('accept-patch')).toBe('application/json, application/merge-patch+json');
    expect(refused.headers.get('accept')).toBeNull();
    expect((await user.send('OPTIONS', `tasks/${id}`)).headers.get('accept-patch')).toBe(
      'application/json, application/merge-patch+json',
    );
    expect((await user.send('OPTIONS', 'tasks')).headers.get('accept-patch')).toBeNull();
  });

  test('on POST and PUT lists what they take in Accept (RFC 9110, section 15.5.16)', async () => {
    const { id } = await user.create({ title: 'x' });
    for (const refused of [
      await post({ 'Content-Type': 'text/plain' }),
      await post({ 'Content-Type': 'application/x-www-form-urlencoded' }, `tasks/${id}`, 'PUT'),
      await post({ 'Content-Type': 'application/merge-patch+json' }, 'task-batches'),
    ]) {
      expect([refused.status, refused.headers.get('accept')]).toEqual([415, 'application/json']);
      expect(refused.headers.get('accept-patch')).toBeNull();
      expect(refused.headers.get('accept-encoding')).toBeNull();
    }
  });

  test('for a content coding says so in Accept-Encoding, and nowhere else (RFC 9110, section 12.5.3)', async () => {
    const refused = await post({ 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' });
    expect([refused.status, refused.headers.get('accept-encoding')]).toEqual([415, 'identity']);
    expect(refused.headers.get('accept')).toBeNull();
  });

  test.each([
    'application/json;',
    'application/json ; charset=utf-8',
    'application/json;charset="UTF-8";',
    'application/json; profile="a;charset=latin1"',
    'application/json; profile="a\\"; charset=latin1"',
    `application/json${'; a=b'.repeat(15_000)}`,
  ])('not for %.60s', async (type) => {
    expect((await post({ 'Content-Type': type })).status).toBe(201);
  });

  test.each([
    'application/json; charset=latin1',
    'application/json; charset="utf-16"',
    'application/json; CHARSET=utf-16; charset=utf-8',
    'application/json; charset',
    'application/json; charset=utf-8 b=c',
    'application/json, application/json',
    'application/jsonx',
    'text/json',
    'json',
    `application/json; a="${'b'.repeat(60_000)}`,
  ])('for %.60s', async (type) => {
    expect((await post({ 'Content-Type': type })).status).toBe(415);
  });
});
