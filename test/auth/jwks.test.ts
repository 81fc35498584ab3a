// Tokens of an identity provider that publishes its keys: which keys are used, and how keys are
// added and withdrawn.
import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { exportJWK, importPKCS8, type JWK, SignJWT } from 'jose';
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

  test('a key without alg, use and kid verifies tokens without a kid', async () => {
    const key = await newKey('ES256', false);
    const { alg: _alg, use: _use, ...jwk } = key.jwk;
    keySet.answer = publish({ ...key, jwk });
    expect(await statusOf(key, { kid: undefined })).toBe(200);
    expect(await statusOf(key)).toBe(401);
  });

  // RFC 9864 has given EdDSA on this curve its own name; providers change the two places one after
  // the other.
  test.each(['EdDSA', 'Ed25519', undefined])('a key of alg %s verifies both names of EdDSA', async (alg) => {
    const key = await newKey('EdDSA');
    const { alg: _alg, ...jwk } = key.jwk;
    keySet.answer = publish({ ...key, jwk: alg === undefined ? jwk : { ...jwk, alg } });
    for (const header of [{ alg: 'EdDSA' }, { alg: 'Ed25519' }, { alg: 'Ed25519', kid: undefined }]) {
      expect(await statusOf(key, header)).toBe(200);
    }
    expect(await statusOf(await newKey('EdDSA'), { alg: 'Ed25519', kid: key.kid })).toBe(401);
    expect(await statusOf(key, { alg: 'Ed448' })).toBe(401);
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

  test('without a kid, a forged token is tried with ten keys at most', async () => {
    keySet.answer = publish(...(await Promise.all(Array.from({ length: 30 }, () => newKey('ES256')))));
    const evil = await newKey('ES256');
    const checks = vi.spyOn(crypto.subtle, 'verify');
    expect(await statusOf(evil, { kid: undefined })).toBe(401);
    // The keys are fetched once more for it, and are the same.
    expect([checks.mock.calls.length, keySet.requests]).toEqual([10, 2]);
    checks.mockRestore();
  });

  test('a token is valid although two keys share its kid', async () => {
    const [first, second] = [await newKey('EdDSA'), await newKey('EdDSA')];
    keySet.answer = publish(first, { ...second, jwk: { ...second.jwk, kid: first.kid } });
    expect(await statusOf(first)).toBe(200);
    expect(await statusOf(second, { kid: first.kid })).toBe(200);
  });

  test('keys for encryption, and a published secret, verify nothing', async () => {
    const key = await newKey('RS256');
    const secret = Buffer.alloc(32, 's');
    const oct = { kty: 'oct', kid: 'shared', alg: 'HS256', k: secret.toString('base64url') };
    const usable = await newKey('RS256');
    keySet.answer = publish({ ...key, jwk: { ...key.jwk, use: 'enc' } }, { ...key, jwk: oct }, usable);
    expect(await statusOf(key)).toBe(401);
    const token = compact({ alg: 'HS256', kid: 'shared' }, claimsFor(owner), hmac(secret));
    expect((await session(token)).status).toBe(401);
  });

  test('that are all missing make the service unavailable, and no token invalid', async () => {
    const key = await newKey('RS256');
    keySet.answer = publish();
    expect(await statusOf(key)).toBe(503);
  });
});

describe('a key that cannot be used does not affect tokens of the others', () => {
  const publicJwk = (type: 'rsa', modulusLength: number, publicExponent?: number) =>
    generateKeyPairSync(type, { modulusLength, ...(publicExponent && { publicExponent }) }).publicKey.export({
      format: 'jwk',
    });
  const rsa = (change: (jwk: JsonWebKey) => unknown) => () => change(publicJwk('rsa', 2048));

  const faulty: [string, () => unknown][] = [
    ['a weak one', () => publicJwk('rsa', 1024)],
    ['an exponent of one', rsa((jwk) => ({ ...jwk, e: 'AQ' }))],
    ['no modulus', rsa(({ n: _n, ...jwk }) => jwk)],
    ['an empty modulus', rsa((jwk) => ({ ...jwk, n: '' }))],
    ['a modulus that is a number', rsa((jwk) => ({ ...jwk, n: 7 }))],
    ['a point that is not on the curve', () => ({ kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ' })],
    ['half a point', () => ({ kty: 'OKP', crv: 'Ed25519', x: 'AAAA' })],
    ['null', () => null],
    ['a text', () => 'key'],
    ['a list', () => []],
  ];
  const ignored: [string, () => unknown][] = [
    ['for encryption', rsa((jwk) => ({ ...jwk, use: 'enc', alg: 'RSA-OAEP' }))],
    ['for signing', rsa((jwk) => ({ ...jwk, key_ops: ['sign'] }))],
    ['of PS256', rsa((jwk) => ({ ...jwk, alg: 'PS256' }))],
    ['of an alg that is no text', rsa((jwk) => ({ ...jwk, alg: 5 }))],
    ['on another curve', () => ({ kty: 'EC', crv: 'secp256k1', x: 'AQ', y: 'AQ' })],
    ['X25519', () => ({ kty: 'OKP', crv: 'X25519', x: 'AAAA' })],
    ['a secret', () => ({ kty: 'oct', k: 'AAAA' })],
    ['of an unknown kind', () => ({ kty: 'AKP', alg: 'ML-DSA-44', pub: 'AAAA' })],
    ['without a kind', () => ({})],
  ];

  test.each([
    ...faulty.map(([name, bad]) => ['warn', name, bad] as const),
    ...ignored.map(([name, bad]) => ['info', name, bad] as const),
  ])('%s: %s', async (level, _name, bad) => {
    const key = await newKey('RS256');
    const unnamed = bad();
    // With the kid of the good key, with another kid, and with none: for a token without kid, all
    // keys that fit are tried in turn.
    const named = (kid: string) =>
      typeof unnamed === 'object' && unnamed !== null && !Array.isArray(unnamed)
        ? { ...unnamed, kid }
        : unnamed;
    const keys = [named('bad'), named(key.kid), unnamed, key.jwk];
    keySet.answer = (_request, response) => void response.end(JSON.stringify({ keys }));
    expect(await statusOf(key)).toBe(200);
    expect(await statusOf(key, { kid: undefined })).toBe(200);
    expect(await statusOf(key, { kid: 'bad' })).toBe(401);
    const lines = api.keySetLogs.filter((line) => 'keys' in line.fields);
    expect(lines).toEqual([
      {
        level,
        msg: expect.any(String),
        fields: { keys: [expect.anything(), expect.anything(), expect.anything()] },
      },
    ]);
  });

  test('a private one, which a careless provider publishes', async () => {
    const [key, leaked] = [await newKey('ES256'), await newKey('ES256')];
    const jwk: JWK = { ...leaked.jwk, ...(await exportJWK(leaked.privateKey)) };
    keySet.answer = publish({ ...leaked, jwk }, key);
    expect(await statusOf(key)).toBe(200);
    expect(await statusOf(key, { kid: undefined })).toBe(200);
    expect(await statusOf(leaked)).toBe(401);
    const [line] = api.keySetLogs;
    expect(line).toMatchObject({ level: 'warn', fields: { keys: [{ key: leaked.kid, reason: 'private' }] } });
    expect(JSON.stringify(api.keySetLogs)).not.toContain(jwk.d);
  });

  test('is logged once, not at each fetch', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const key = await newKey('EdDSA');
    keySet.answer = publish({ ...key, jwk: { kty: 'RSA', n: '', e: '' } }, key);
    for (let fetches = 1; fetches <= 3; fetches++) {
      expect(await statusOf(key, { nonce: fetches })).toBe(200);
      expect(keySet.requests).toBe(fetches);
      vi.setSystemTime(Date.now() + 601_000);
    }
    expect(api.keySetLogs).toHaveLength(1);
  });

  test('only the first hundred of a thousand keys are used', async () => {
    const [first, last] = [await newKey('ES256'), await newKey('ES256')];
    const keys = [
      first,
      ...Array.from({ length: 998 }, () => ({ ...first, jwk: { ...first.jwk, kid: 'x' } })),
      last,
    ];
    keySet.answer = publish(...keys);
    expect(await statusOf(first)).toBe(200);
    expect(await statusOf(last)).toBe(401);
  });
});

describe('rotation', () => {
  // Only the clock is moved: timers and sockets continue.
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }));
  const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

  test.each(['with a kid', 'without'])(
    'a key published a moment ago is accepted at once, %s',
    async (kind) => {
      const isNamed = kind === 'with a kid';
      const [old, fresh] = [await newKey('EdDSA', isNamed), await newKey('EdDSA', isNamed)];
      const header = isNamed ? {} : { kid: undefined };
      keySet.answer = publish(old);
      expect(await statusOf(old, header)).toBe(200);
      keySet.answer = publish(old, fresh);
      const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf(fresh, header)));
      expect(new Set(statuses)).toEqual(new Set([200]));
      expect(await statusOf(old, header)).toBe(200);
      expect(keySet.requests).toBe(2);
    },
  );

  test('another one right after it is accepted ten seconds later', async () => {
    const keys = await Promise.all([newKey('EdDSA'), newKey('EdDSA'), newKey('EdDSA')]);
    const [first, second, third] = keys;
    keySet.answer = publish(first);
    expect(await statusOf(first)).toBe(200);
    keySet.answer = publish(first, second);
    expect(await statusOf(second)).toBe(200);
    keySet.answer = publish(...keys);
    expect(await statusOf(third)).toBe(401);
    pass(10);
    expect(await statusOf(third)).toBe(200);
    expect(keySet.requests).toBe(3);
  });

  test('tokens with made-up kids cause one fetch in ten seconds, and do not block a new key', async () => {
    const [key, evil, fresh] = [await newKey('EdDSA'), await newKey('EdDSA'), await newKey('EdDSA')];
    const flood = async (name: string) => {
      for (let n = 0; n < 20; n++) expect(await statusOf(evil, { kid: `${name}-${n}` })).toBe(401);
    };
    keySet.answer = publish(key);
    expect(await statusOf(key)).toBe(200);
    await flood('first');
    expect(keySet.requests).toBe(2);
    keySet.answer = publish(key, fresh);
    await flood('second');
    expect(keySet.requests).toBe(2);
    pass(10);
    await flood('third');
    expect(await statusOf(fresh)).toBe(200);
    expect(keySet.requests).toBe(3);
  });

  test('a key that is no longer published is refused within ten minutes, for remembered tokens as well', async () => {
    const [old, fresh] = [await newKey('ES256'), await newKey('ES256')];
    keySet.answer = publish(old);
    const token = tokenOf(old, claimsFor(owner));
    expect((await session(token)).status).toBe(200);
    keySet.answer = publish(fresh);
    expect((await session(token)).status).toBe(200);
    // Without requests, nothing was fetched: this request waits for the current keys.
    pass(600);
    expect((await session(token)).status).toBe(401);
    expect(await statusOf(old)).toBe(401);
    expect(await statusOf(fresh)).toBe(200);
  });

  test('a key that is withdrawn is refused as soon as the keys have been fetched', async () => {
    const [old, fresh] = [await newKey('ES256'), await newKey('ES256')];
    keySet.answer = publish(old);
    const token = tokenOf(old, claimsFor(owner));
    expect((await session(token)).status).toBe(200);
    keySet.answer = publish(fresh);
    expect(await statusOf(fresh)).toBe(200);
    expect((await session(token)).status).toBe(401);
  });

  test('after five minutes the keys are fetched in the background, and no token waits for them', async () => {
    const key = await newKey('ES256');
    const remembered = tokenOf(key, claimsFor(owner));
    keySet.answer = publish(key);
    expect((await session(remembered)).status).toBe(200);
    let finish = () => {};
    keySet.answer = (request, response) => {
      finish = () => publish(key)(request, response);
    };
    pass(301);
    for (let n = 0; n < 5; n++) {
      expect((await session(remembered)).status).toBe(200);
      expect((await session(tokenOf(key, { ...claimsFor(owner), jti: n }))).status).toBe(200);
    }
    expect(keySet.requests).toBe(2);
    finish();
  });

  test('the first callers share one fetch', async () => {
    const key = await newKey('EdDSA');
    keySet.answer = publish(key);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => statusOf(key)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(keySet.requests).toBe(1);
  });
});
