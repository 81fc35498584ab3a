// What is large leaves compressed, what has a strong entity tag leaves as it is, and compressing is
// bounded.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import Koa from 'koa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createCompression, gzipPieces } from '../../src/http/compression.ts';
import { sendPieces } from '../../src/http/stream.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';
import { sendRaw } from '../support/raw.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

const open = async (
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body?: string,
) => {
  const asked = request(url, { method, headers });
  asked.on('error', () => {}).end(body);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
};

describe('a response', () => {
  let api: Api;
  let user: User;
  let task: string;
  const words = 'Some words on what is to be done. ';
  beforeAll(async () => {
    api = await startApi();
    user = await api.newUser();
    for (let n = 0; n < 60; n += 20) {
      const operations = Array.from({ length: 20 }, (_, at) => ({
        op: 'create',
        task: { title: `Task ${n + at}`, description: words },
      }));
      await user.send('POST', 'task-batches', { json: { operations } });
    }
    task = (await user.create({ title: 'long', description: words.repeat(50) })).id;
  });
  afterAll(() => api.close());

  const send = async (
    path: string,
    coding: string | null,
    {
      method = 'GET',
      headers = {},
      json,
    }: { method?: string; headers?: Record<string, string>; json?: unknown } = {},
  ): Promise<Answer> => {
    const url = path.startsWith('/') ? api.url + path : `${api.url}/api/v1/users/me/${path}`;
    const response = await open(
      url,
      method,
      {
        Authorization: `Bearer ${user.token}`,
        ...(coding !== null && { 'Accept-Encoding': coding }),
        ...(json !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      json === undefined ? undefined : JSON.stringify(json),
    );
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    return { status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) };
  };

  test.each(['tasks', 'tasks?limit=60&sort=title', 'task-changes', 'task-export'])(
    '%s is compressed when the client takes that, and is the same',
    async (path) => {
      const [plain, gzipped] = [await send(path, null), await send(path, 'gzip, deflate')];
      expect(plain.headers['content-encoding']).toBe(undefined);
      expect(gzipped.headers['content-encoding']).toBe('gzip');
      for (const { headers } of [plain, gzipped]) expect(headers.vary).toMatch(/(?:^|, )Accept-Encoding$/);
      // A change token is sealed anew each time.
      const same = (bytes: Buffer) => String(bytes).replace(/"next_since":"[^"]*"/, '');
      expect(same(gunzipSync(gzipped.bytes)) === same(plain.bytes)).toBe(true);
      expect(gzipped.bytes.length).toBeLessThan(plain.bytes.length / 2);
      expect(gzipped.headers.etag).toBe(plain.headers.etag);
      if (path !== 'task-export')
        expect(gzipped.headers['content-length']).toBe(String(gzipped.bytes.length));
      expect((await send(path, 'gzip;q=0')).headers['content-encoding']).toBe(undefined);
    },
  );

  test('to a batch is compressed', async () => {
    const operations = Array.from({ length: 30 }, (_, n) => ({ op: 'create', task: { title: `${n}` } }));
    const answer = await send('task-batches', 'gzip', { method: 'POST', json: { operations } });
    expect([answer.status, answer.headers['content-encoding']]).toEqual([200, 'gzip']);
    expect(JSON.parse(String(gunzipSync(answer.bytes))).results).toHaveLength(30);
  });

  test('of many long texts is compressed on another thread, and is the same', async () => {
    const other = await api.newUser();
    for (let n = 0; n < 25; n++)
      await other.create({ title: `${n}`, description: `${n} ${words.repeat(55)}` });
    const path = `${api.url}/api/v1/users/me/tasks`;
    const headers = { Authorization: `Bearer ${other.token}` };
    const plain = await text(await open(path, 'GET', headers));
    expect(plain.length).toBeGreaterThan(40_000);
    const gzipped = await open(path, 'GET', { ...headers, 'Accept-Encoding': 'gzip' });
    expect(gzipped.headers['content-encoding']).toBe('gzip');
    expect((await text(gzipped.pipe(createGunzip()))) === plain).toBe(true);
  });

  test('that is an export which cannot be finished is reset, as it is without a coding', async () => {
    const broken = await startApi();
    onTestFinished(() => broken.close());
    const owner = await broken.newUser();
    // Hexadecimal digits shrink to half: more than the buffers between the two ends can hold.
    await queryPostgres(
      broken.postgres.url,
      `INSERT INTO tasks (owner_id, title, description, completed, created_at, updated_at, change_seq)
       SELECT $1, 't' || n, (SELECT string_agg(md5((n * 100 + k)::text), '') FROM generate_series(1, 60) AS k),
              false, now(), now(), n
       FROM generate_series(1, 10000) AS n`,
      [owner.id],
    );
    const headers = { Authorization: `Bearer ${owner.token}`, 'Accept-Encoding': 'gzip' };
    const response = await open(`${broken.url}/api/v1/users/me/task-export`, 'GET', headers);
    expect(response.headers['content-encoding']).toBe('gzip');
    await broken.database.close();
    const rest = async () => {
      for await (const _ of response);
    };
    await expect(rest()).rejects.toThrow('aborted');
  });

  test('that is small is sent as it is', async () => {
    const { headers } = await send('tasks?limit=2', 'gzip');
    expect(headers['content-encoding']).toBe(undefined);
    expect(headers.vary).toBe('Accept-Encoding');
  });

  test('to HEAD and to a conditional request goes by the same coding', async () => {
    const [whole, head] = [await send('tasks', 'gzip'), await send('tasks', 'gzip', { method: 'HEAD' })];
    for (const name of ['content-encoding', 'content-length', 'etag', 'vary'] as const)
      expect(head.headers[name], name).toBe(whole.headers[name]);
    const known = await send('tasks', 'gzip', { headers: { 'If-None-Match': whole.headers.etag ?? '' } });
    expect([known.status, known.headers.vary]).toEqual([304, 'Accept-Encoding']);
  });

  test('with a strong entity tag is never compressed: the tag names its bytes', async () => {
    const json = { title: 'longer', description: words.repeat(55) };
    const answers = [
      await send(`tasks/${task}`, 'gzip'),
      await send('tasks', 'gzip', { method: 'POST', json }),
      await send(`tasks/${task}`, 'gzip', { method: 'PATCH', json }),
      await send(`tasks/${task}/complete`, 'gzip', { method: 'PATCH' }),
      await send(`tasks/${task}`, 'gzip', { method: 'PATCH', json, headers: { 'If-Match': '"999"' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 201, 200, 200, 412]);
    for (const { headers } of answers) {
      expect(headers.etag).toMatch(/^"\d+"$/);
      expect(headers['content-encoding']).toBe(undefined);
      expect(headers.vary).toBe(undefined);
      expect(headers['cache-control']).toBe('private, no-cache, no-transform');
    }
  });

  test('asks every proxy to leave it as it is, also in the response to a request that is not HTTP', async () => {
    for (const path of ['/healthz', '/docs', '/nowhere', 'tasks'])
      expect((await send(path, 'gzip')).headers['cache-control'], path).toContain('no-transform');
    const refused = await sendRaw(api.url, 'GET', '/nowhere', 'nonsense\r\n\r\n');
    expect(refused.headers.get('cache-control')).toContain('no-transform');
  });
});

describe('pieces', () => {
  const source = (log: string[], fail = false) => {
    async function* pieces() {
      try {
        for (let n = 0; n < 3; n++) {
          log.push(`made ${n}`);
          yield `piece ${n}\n`.repeat(1000);
        }
        if (fail) throw new Error('the database is away');
      } finally {
        log.push('ended');
      }
    }
    return pieces();
  };

  test('are compressed one at a time, and each can be read when it has come', async () => {
    const log: string[] = [];
    const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
    let read = '';
    gunzip.setEncoding('utf8').on('data', (chunk: string) => {
      read += chunk;
    });
    let n = 0;
    for await (const bytes of gzipPieces(source(log))) {
      await new Promise((done) => gunzip.write(bytes, done));
      if (n < 3) {
        expect(log).toEqual(Array.from({ length: n + 1 }, (_, at) => `made ${at}`));
        expect(read.endsWith(`piece ${n}\n`)).toBe(true);
      }
      n += 1;
    }
    expect(read.split('\n')).toHaveLength(3001);
    expect(log.at(-1)).toBe('ended');
  });

  test('that break off reject, and those that are no longer wanted are not made', async () => {
    const broken = gzipPieces(source([], true));
    await expect(async () => {
      for await (const _ of broken);
    }).rejects.toThrow('the database is away');
    const log: string[] = [];
    for await (const _ of gzipPieces(source(log))) break;
    expect(log).toEqual(['made 0', 'ended']);
  });

  test('are compressed for a bounded number of clients at once, and for others again when these have gone', async () => {
    const compression = createCompression();
    const ended = Promise.withResolvers<void>();
    async function* waiting() {
      yield 'first\n';
      await ended.promise;
    }
    const app = new Koa().use((ctx) => {
      ctx.status = 200;
      return sendPieces(ctx, compression.encodePieces(ctx, waiting()));
    });
    const server = createServer(app.callback()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const ask = () => open(url, 'GET', { 'Accept-Encoding': 'gzip' });
    const codings = (responses: IncomingMessage[]) =>
      responses.map(({ headers }) => headers['content-encoding']);
    const first = await Promise.all(Array.from({ length: 40 }, ask));
    expect(codings(first).filter((coding) => coding === 'gzip')).toHaveLength(16);
    for (const response of first) response.destroy();
    await expect.poll(async () => codings([await ask()])).toEqual(['gzip']);
    ended.resolve();
  });
});
