// When the keys are not available, no token can be verified. The response is 503 at once, never
// 401, and normal again soon after they are available. Keys that were fetched before still work.
import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { exportJWK } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ApiResponse } from '../support/client.ts';
import { newOwner } from '../support/tokens.ts';
import {
  claimsFor,
  compact,
  newKey,
  publish,
  type SigningKey,
  serve,
  tokenOf,
  type WebServer,
} from './issuer.ts';
import { expectUnlogged } from './refusal.ts';
import { startTrusting, type TrustingApi } from './trust.ts';

let key: SigningKey;
let token: string;
let keySet: WebServer;
let elsewhere: WebServer;
let api: TrustingApi;

beforeAll(async () => {
  key = await newKey('RS256');
  token = tokenOf(key, claimsFor(newOwner()));
  elsewhere = await serve(publish(key));
  keySet = await serve(publish(key));
  api = await startTrusting({ key: { jwksUrl: keySet.url } });
});
beforeEach(() => {
  keySet.requests = 0;
  keySet.answer = publish(key);
  api.trust({ key: { jwksUrl: keySet.url } });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  await api.close();
  await Promise.all([keySet.close(), elsewhere.close()]);
});

const session = (sent = token) => api.send('GET', '/api/v1/session', { token: sent });

const expectUnavailable = async (answer: ApiResponse): Promise<void> => {
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect(answer.headers.has('www-authenticate')).toBe(false);
  expect(answer.json.detail).toBe('Service temporarily unavailable');
  // The line is written when the response has been sent, perhaps after it has arrived here.
  const id = answer.headers.get('x-request-id');
  await expect
    .poll(() => api.logs.find((line) => line.request_id === id && line.msg === 'request'))
    .toMatchObject({ level: 'error', problem: 'service-unavailable', err: { name: expect.any(String) } });
  expectUnlogged(api, [token]);
};

const say =
  (status: number, body: string | Buffer, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

/**
 * Lets the pause after a failed fetch pass. Only the clock is moved: timers and sockets continue.
 */
const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

describe('503, and 200 when the key set is back', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));

  const expectRecovery = async (): Promise<void> => {
    keySet.answer = publish(key);
    pass(31);
    expect((await session()).status).toBe(200);
  };

  test.each<[string, RequestListener | (() => RequestListener)]>([
    ['500', say(500, 'oops')],
    [
      '503 with a good body',
      (request, response) => {
        response.statusCode = 503;
        publish(key)(request, response);
      },
    ],
    ['404', say(404, '{"keys":[]}')],
    ['204', say(204, '')],
    ['nothing', say(200, '')],
    ['a page', say(200, '<!doctype html><title>Log in</title>', { 'Content-Type': 'text/html' })],
    ['half of it', say(200, '{"keys":[{"kty":"RSA","n":"')],
    ['a list', say(200, '[]')],
    ['no keys member', say(200, '{"error":"not today"}')],
    ['keys that are not keys', say(200, '{"keys":[null]}')],
    ['null', say(200, 'null')],
    ['a connection that is closed', (request) => request.socket.destroy()],
    [
      'less than it promised',
      (_request, response) => {
        response.writeHead(200, { 'Content-Length': 1000 }).write('{"keys":');
        setImmediate(() => response.destroy());
      },
    ],
    ['more than a megabyte', say(200, `{"keys":[${' '.repeat(10_000_000)}]}`)],
    [
      'a megabyte of zeros, compressed',
      say(200, gzipSync(Buffer.alloc(2_000_000)), { 'Content-Encoding': 'gzip' }),
    ],
    [
      'a stream without an end',
      (_request, response) => {
        const more = (): void => {
          while (response.write(' '.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      },
    ],
  ])('%s', async (_name, answer) => {
    keySet.answer = answer as RequestListener;
    await expectUnavailable(await session());
    await expectUnavailable(await session());
    expect(keySet.requests).toBe(1);
    const failures = api.keySetLogs.filter(({ fields }) => 'failures' in fields);
    expect(failures).toMatchObject([{ level: 'warn', fields: { failures: 1 } }]);
    await expectRecovery();
  });

  test('a redirect, which is not followed', async () => {
    keySet.answer = say(302, '', { Location: elsewhere.url.href });
    await expectUnavailable(await session());
    expect(elsewhere.requests).toBe(0);
  });

  test('only private keys, which a careless provider publishes: even for tokens of a key trusted before', async () => {
    expect((await session()).status).toBe(200);
    keySet.answer = publish({ ...key, jwk: { ...key.jwk, ...(await exportJWK(key.privateKey)) } });
    pass(601);
    await expectUnavailable(await session());
    await expectRecovery();
  });

  test('no server', async () => {
    await keySet.close();
    await expectUnavailable(await session());
    keySet = await serve(publish(key), Number(keySet.url.port));
    await expectRecovery();
  });
});

describe('an unreachable issuer', () => {
  test('is asked once, and then after a pause, however many tokens come', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    keySet.answer = say(500, '');
    const many = async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => session()));
      for (let n = 0; n < 20; n++) answers.push(await session());
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    };
    await many();
    expect(keySet.requests).toBe(1);
    // The pause doubles, from a second to half a minute, and may be a quarter longer.
    for (const [failures, seconds] of [1, 2, 4, 8, 16, 30, 30].entries()) {
      pass(seconds - 0.1);
      await many();
      expect(keySet.requests).toBe(failures + 1);
      pass(0.1 + seconds / 4);
      await many();
      expect(keySet.requests).toBe(failures + 2);
    }
  });

  test.each<[string, RequestListener]>([
    ['that does not respond', () => {}],
    [
      'whose response does not end',
      (_request, response) => {
        const drip = setInterval(() => response.write(' '), 200);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('%s holds no request up until it is given up', async (_name, answer) => {
    let open = 0;
    keySet.answer = (request, response) => {
      open += 1;
      response.on('close', () => {
        open -= 1;
      });
      answer(request, response);
    };
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => session()))).map(
      ({ status }) => status,
    );
    expect(new Set(statuses)).toEqual(new Set([503]));
    await expectUnavailable(await session());
    expect([keySet.requests, open]).toEqual([1, 1]);
    // Then the fetch is abandoned.
    await expect.poll(() => open, { timeout: 10_000 }).toBe(0);
    keySet.answer = publish(key);
    await expect.poll(async () => (await session()).status, { timeout: 10_000 }).toBe(200);
  });
});

test('requests that need no key are served without fetching keys', async () => {
  keySet.answer = say(500, '');
  const missing = await api.send('GET', '/api/v1/session');
  expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  const none = compact({ alg: 'none', kid: key.kid }, claimsFor('a'), () => Buffer.alloc(0));
  const expired = tokenOf(key, { ...claimsFor('a'), exp: 1 });
  for (const sent of [none, 'x.y.z', 'x'.repeat(100_000), tokenOf(key, {}, { alg: 'HS256' }), expired]) {
    const refused = await session(sent);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
  }
  expect((await api.send('GET', '/healthz')).status).toBe(200);
  expect(keySet.requests).toBe(0);
});

test('fetched keys and remembered tokens outlive an outage of a day', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const start = Date.now();
  const at = (hours: number) => vi.setSystemTime(start + hours * 3_600_000);
  const claims = { ...claimsFor(newOwner()), exp: Math.floor(start / 1000) + 100 * 3600 };
  const remembered = tokenOf(key, claims);
  const another = (jti: number) => tokenOf(key, { ...claims, jti });
  expect((await session(remembered)).status).toBe(200);
  keySet.answer = say(500, '');
  // Whether the issuer has such a key cannot be known now.
  const unknown = tokenOf(await newKey('RS256'), claims);
  await expectUnavailable(await session(unknown));
  for (const hours of [1, 12, 23.9]) {
    at(hours);
    expect((await session(remembered)).status).toBe(200);
    expect((await session(another(hours))).status).toBe(200);
  }
  at(24);
  await expectUnavailable(await session(remembered));
  await expectUnavailable(await session(another(24)));
  keySet.answer = publish(key);
  at(24.1);
  expect((await session(remembered)).status).toBe(200);
  expect((await session(unknown)).status).toBe(401);
  expect(api.keySetLogs.at(-1)).toMatchObject({ level: 'info', fields: { failures: expect.any(Number) } });
});

test('an issuer that hangs when keys are due delays tokens only for the patience of a fetch', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  expect((await session()).status).toBe(200);
  let open = 0;
  keySet.answer = (_request, response) => {
    open += 1;
    response.on('close', () => {
      open -= 1;
    });
  };
  pass(601);
  // Waits for the current keys, and then uses the previous ones.
  expect((await session(tokenOf(key, claimsFor('a')))).status).toBe(200);
  expect((await session(tokenOf(key, claimsFor('b')))).status).toBe(200);
  expect([keySet.requests, open]).toEqual([2, 1]);
});
