// Tokens of an identity provider that publishes its keys: which keys count, and how keys come and go.
import { importPKCS8, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { newOwner } from '../support/tokens.ts';
import {
  type Algorithm,
  audience,
  claimsFor,
  compact,
  hmac,
  issuer,
  newKey,
  publish,
  type SigningKey,
  serve,
  tokenOf,
  type WebServer,
} from './issuer.ts';
import { startTrusting, type TrustingApi } from './trust.ts';

let keySet: WebServer;
let api: TrustingApi;
const owner = newOwner();

beforeAll(async () => {
  keySet = await serve(publish());
  api = await startTrusting({ key: { jwksUrl: keySet.url } });
});
beforeEach(() => {
  keySet.requests = 0;
  api.trust({ key: { jwksUrl: keySet.url }, issuer, audience });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(async () => {
  await api.close();
  await keySet.close();
});

const session = (token: string) => api.send('GET', '/api/v1/session', { token });
const statusOf = async (key: SigningKey, header?: Record<string, unknown>) =>
  (await session(tokenOf(key, claimsFor(owner), header))).status;

describe('keys', () => {
  test.each<Algorithm>(['EdDSA', 'ES256', 'RS256'])('%s: a task is created and listed', async (alg) => {
    const keys = await Promise.all([newKey(alg), newKey('EdDSA'), newKey('ES256'), newKey('RS256')]);
    keySet.answer = publish(...keys);
    const token = tokenOf(keys[0], claimsFor(owner));
    expect((await session(token)).json.user_id).toBe(owner);
    const options = { token, json: { title: alg } };
    const created = await api.send('POST', '/api/v1/users/me/tasks', options);
    expect(created.status).toBe(201);
    const { json } = await api.send('GET', `/api/v1/users/${owner}/tasks?q=${alg}`, { token });
    expect(json.items).toEqual([created.json]);
    expect(keySet.requests).toBe(1);
  });

  test('a key without alg, use and kid will do, for tokens without a kid', async () => {
    const key = await newKey('ES256', false);
    const { alg: _alg, use: _use, ...jwk } = key.jwk;
    keySet.answer = publish({ ...key, jwk });
    expect(await statusOf(key, { kid: undefined })).toBe(200);
    expect(await statusOf(key)).toBe(401);
  });

  test('a key without alg is for the three algorithms only', async () => {
    const key = await newKey('RS256');
    const { alg: _alg, ...jwk } = key.jwk;
    keySet.answer = publish({ ...key, jwk });
    const statusOfAlg = async (alg: string) => {
      const signing = await importPKCS8(String(key.privateKey.export({ type: 'pkcs8', format: 'pem' })), alg);
      const jwt = new SignJWT(claimsFor(owner)).setProtectedHeader({ alg, kid: key.kid });
      return (await session(await jwt.sign(signing))).status;
    };
    expect(await statusOfAlg('RS256')).toBe(200);
    for (const alg of ['RS384', 'RS512', 'PS256', 'PS384', 'PS512']) expect(await statusOfAlg(alg)).toBe(401);
  });

  test('without a kid, each of several keys that fit is tried', async () => {
    const keys = await Promise.all([newKey('RS256', false), newKey('RS256'), newKey('RS256', false)]);
    keySet.answer = publish(...keys);
    for (const key of keys) expect(await statusOf(key, { kid: undefined })).toBe(200);
    expect(await statusOf(await newKey('RS256'), { kid: undefined })).toBe(401);
    const [key] = keys;
    const expired = tokenOf(key, { ...claimsFor(owner), exp: 1 }, { kid: undefined });
    expect((await session(expired)).status).toBe(401);
  });

  test('a kid that two keys share is no fault of the token', async () => {
    const [first, second] = [await newKey('EdDSA'), await newKey('EdDSA')];
    keySet.answer = publish(first, { ...second, jwk: { ...second.jwk, kid: first.kid } });
    expect(await statusOf(first)).toBe(200);
    expect(await statusOf(second, { kid: first.kid })).toBe(200);
  });

  test('keys for encryption, and a published secret, verify nothing', async () => {
    const key = await newKey('RS256');
    const secret = Buffer.alloc(32, 's');
    const oct = { kty: 'oct', kid: 'shared', alg: 'HS256', k: secret.toString('base64url') };
    keySet.answer = publish({ ...key, jwk: { ...key.jwk, use: 'enc' } }, { ...key, jwk: oct });
    expect(await statusOf(key)).toBe(401);
    const token = compact({ alg: 'HS256', kid: 'shared' }, claimsFor(owner), hmac(secret));
    expect((await session(token)).status).toBe(401);
  });
});

describe('rotation', () => {
  // Only the clock is moved: timers and sockets go on.
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
  const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

  test('a new key is found when its first token comes, half a minute after the last fetch', async () => {
    const [old, fresh] = [await newKey('EdDSA'), await newKey('EdDSA')];
    keySet.answer = publish(old);
    expect(await statusOf(old)).toBe(200);
    keySet.answer = publish(old, fresh);
    expect(await statusOf(fresh)).toBe(401);
    pass(31);
    expect(await statusOf(fresh)).toBe(200);
    expect(await statusOf(old)).toBe(200);
    expect(keySet.requests).toBe(2);
  });

  test('a key that is published no more is refused after ten minutes', async () => {
    const [old, fresh] = [await newKey('ES256'), await newKey('ES256')];
    keySet.answer = publish(old);
    expect(await statusOf(old)).toBe(200);
    keySet.answer = publish(fresh);
    pass(601);
    expect(await statusOf(old)).toBe(401);
    expect(await statusOf(fresh)).toBe(200);
  });

  test('tokens of made-up kids make one fetch in half a minute, not one each', async () => {
    const [key, evil] = [await newKey('EdDSA'), await newKey('EdDSA')];
    keySet.answer = publish(key);
    expect(await statusOf(key)).toBe(200);
    pass(31);
    for (let n = 0; n < 20; n++) expect(await statusOf(evil, { kid: `made-up-${n}` })).toBe(401);
    expect(keySet.requests).toBe(2);
  });

  test('the first callers share one fetch', async () => {
    const key = await newKey('EdDSA');
    keySet.answer = publish(key);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(key)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(keySet.requests).toBe(1);
  });
});
