// When the keys cannot be had, nobody's token can be judged: that is 503 and never 401, and soon over when they can.
import type { RequestListener } from 'node:http';
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
  // The line is written when the answer has left, perhaps after it came here.
  const id = answer.headers.get('x-request-id');
  await expect
    .poll(() => api.logs.find((line) => line.request_id === id && line.msg === 'request'))
    .toMatchObject({ level: 'error', problem: 'service-unavailable', err: { name: expect.any(String) } });
  expectUnlogged(api, [token]);
};

const say =
  (status: number, body: string, headers: Record<string, string> = {}): RequestListener =>
  (_request, response) =>
    response.writeHead(status, headers).end(body);

describe('503, and 200 as soon as the key set is back', () => {
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
    ['keys that are none', say(200, '{"keys":[null]}')],
    ['null', say(200, 'null')],
    ['a hung-up line', (request) => request.socket.destroy()],
    [
      'less than it promised',
      (_request, response) => {
        response.writeHead(200, { 'Content-Length': 1000 }).write('{"keys":');
        setImmediate(() => response.destroy());
      },
    ],
  ])('%s', async (_name, answer) => {
    keySet.answer = answer as RequestListener;
    await expectUnavailable(await session());
    await expectUnavailable(await session());
    keySet.answer = publish(key);
    expect((await session()).status).toBe(200);
  });

  test('a redirection, which is not followed', async () => {
    keySet.answer = say(302, '', { Location: elsewhere.url.href });
    await expectUnavailable(await session());
    expect(elsewhere.requests).toBe(0);
  });

  test('private keys, which a careless provider publishes', async () => {
    keySet.answer = publish({ ...key, jwk: { ...key.jwk, ...(await exportJWK(key.privateKey)) } });
    await expectUnavailable(await session());
  });

  test('nobody there', async () => {
    await keySet.close();
    await expectUnavailable(await session());
    keySet = await serve(publish(key), Number(keySet.url.port));
    expect((await session()).status).toBe(200);
  });

  // Without a time-out these two would wait until the test's own.
  test('no answer', async () => {
    keySet.answer = () => {};
    await expectUnavailable(await session());
    keySet.answer = publish(key);
    expect((await session()).status).toBe(200);
  });

  test('an answer that never ends', async () => {
    keySet.answer = (_request, response) => {
      const drip = setInterval(() => response.write(' '), 200);
      response.on('close', () => clearInterval(drip));
    };
    await expectUnavailable(await session());
    keySet.answer = publish(key);
    expect((await session()).status).toBe(200);
  });
});

test('what needs no key is answered without asking for one', async () => {
  keySet.answer = say(500, '');
  const missing = await api.send('GET', '/api/v1/session');
  expect([missing.status, missing.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
  const none = compact({ alg: 'none', kid: key.kid }, claimsFor('a'), () => Buffer.alloc(0));
  for (const sent of [none, 'x.y.z', 'x'.repeat(100_000), tokenOf(key, {}, { alg: 'HS256' })]) {
    const refused = await session(sent);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
  }
  expect((await api.send('GET', '/healthz')).status).toBe(200);
  expect(keySet.requests).toBe(0);
});

test('keys once fetched outlive an outage of less than ten minutes, then all wait for the key set', async () => {
  // Only the clock is moved: timers and sockets go on.
  vi.useFakeTimers({ toFake: ['Date'] });
  const start = Date.now();
  const at = (seconds: number) => vi.setSystemTime(start + seconds * 1000);
  expect((await session()).status).toBe(200);
  keySet.answer = say(500, '');
  at(31);
  // Whether the issuer has such a key cannot be known now.
  const other = tokenOf(await newKey('RS256'), claimsFor('a'));
  await expectUnavailable(await session(other));
  expect((await session()).status).toBe(200);
  at(599);
  expect((await session()).status).toBe(200);
  at(601);
  await expectUnavailable(await session());
  keySet.answer = publish(key);
  expect((await session()).status).toBe(200);
  expect((await session(other)).status).toBe(401);
});
