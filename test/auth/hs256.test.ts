// Tokens signed with a shared secret.
import { createHmac } from 'node:crypto';
import { signJWT } from 'better-auth/crypto';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mintToken } from '../../src/auth/development.ts';
import { newOwner, testSecret } from '../support/tokens.ts';
import { audience, claimsFor, compact, hmac, issuer, newKey, type Sign, tokenOf } from './issuer.ts';
import {
  expectRefusals,
  expectUnlogged,
  expectUntouched,
  invalidToken,
  newVictim,
  type Victim,
} from './refusal.ts';
import { startTrusting, type TrustingApi } from './trust.ts';

let api: TrustingApi;
let victim: Victim;
const sent: string[] = [];
/**
 * A name that the attacker chose: a library's message repeats it, but it must not be in the log.
 */
const critical = 'a-name-from-the-token';

const settings = { key: { secret: testSecret }, issuer, audience };

beforeAll(async () => {
  api = await startTrusting(settings);
  victim = await newVictim(api, (subject) =>
    mintToken({ secret: testSecret, subject, issuers: [issuer], audiences: [audience] }),
  );
});
afterEach(async () => {
  api.trust(settings);
  await expectUntouched(api, victim);
  expectUnlogged(api, [victim.token, testSecret, critical, ...sent.splice(0)]);
});
afterAll(() => api.close());

const sha =
  (bits: 384 | 512): Sign =>
  (input) =>
    createHmac(`sha${bits}`, testSecret).update(input).digest();

type Forge = (claims: Record<string, unknown>) => string | Promise<string>;

describe('tokens that are not signed with the secret by HS256 are refused', () => {
  test.each<[string, Forge]>([
    ['alg none', (claims) => compact({ alg: 'none' }, claims, () => Buffer.alloc(0))],
    ['alg none with the signature', (claims) => compact({ alg: 'none' }, claims, hmac(testSecret))],
    ['no alg', (claims) => compact({ typ: 'JWT' }, claims, hmac(testSecret))],
    ['HS384', (claims) => compact({ alg: 'HS384' }, claims, sha(384))],
    ['HS512', (claims) => compact({ alg: 'HS512' }, claims, sha(512))],
    ['another secret', (claims) => compact({ alg: 'HS256' }, claims, hmac(`${testSecret}x`))],
    ['no secret', (claims) => compact({ alg: 'HS256' }, claims, hmac(''))],
    [
      'a signature cut short',
      (claims) => compact({ alg: 'HS256' }, claims, (input) => hmac(testSecret)(input).subarray(0, 16)),
    ],
    ['RS256 with a key of its own', async (claims) => tokenOf(await newKey('RS256'), claims)],
    [
      'RS256 with its key embedded',
      async (claims) => {
        const key = await newKey('RS256');
        return tokenOf(key, claims, { jwk: key.jwk });
      },
    ],
    [
      'an embedded secret',
      (claims) =>
        compact(
          { alg: 'HS256', jwk: { kty: 'oct', k: Buffer.from('mine').toString('base64url') } },
          claims,
          hmac('mine'),
        ),
    ],
    [
      'a crit',
      (claims) => compact({ alg: 'HS256', crit: [critical], [critical]: 1 }, claims, hmac(testSecret)),
    ],
  ])('%s', async (_name, forge) => {
    const token = await forge(claimsFor(victim.id));
    sent.push(token);
    await expectRefusals(api, victim, invalidToken, [`Authorization: Bearer ${token}`]);
  });
});

test('a development token is valid for its user for thirty days', async () => {
  const before = Math.floor(Date.now() / 1000) + 30 * 86_400;
  const token = await mintToken({
    secret: testSecret,
    subject: victim.id,
    issuers: [issuer],
    audiences: [audience],
  });
  const session = await api.send('GET', '/api/v1/session', { token });
  expect(session.json.user_id).toBe(victim.id);
  const expires = Date.parse(session.json.expires_at) / 1000;
  expect(expires).toBeGreaterThanOrEqual(before);
  expect(expires).toBeLessThanOrEqual(Math.floor(Date.now() / 1000) + 30 * 86_400);
});

test('a kid, a typ and unknown header parameters are ignored', async () => {
  const token = await new SignJWT(claimsFor(victim.id))
    .setProtectedHeader({ alg: 'HS256', kid: 'any', typ: 'JWT', jku: 'http://127.0.0.1:1/' })
    .sign(new TextEncoder().encode(testSecret));
  expect((await api.send('GET', '/api/v1/session', { token })).status).toBe(200);
});

test("Better Auth's other tokens, signed with the same secret, are refused", async () => {
  // As it creates them for links in e-mails and for cached sessions: without a sub.
  for (const payload of [
    { email: 'alice@example.com' },
    { session: { userId: victim.id }, user: { id: victim.id }, version: '1' },
  ]) {
    api.trust({ key: { secret: testSecret } });
    const token = await signJWT(payload, testSecret);
    sent.push(token);
    expect((await api.send('GET', '/api/v1/session', { token })).status).toBe(401);
  }
});

test('without a configured issuer and audience, neither is checked', async () => {
  api.trust({ key: { secret: testSecret } });
  const owner = newOwner();
  for (const change of [{}, { iss: undefined, aud: undefined }, { iss: 'https://any.example', aud: 'any' }]) {
    const token = compact({ alg: 'HS256' }, { ...claimsFor(owner), ...change }, hmac(testSecret));
    expect((await api.send('GET', '/api/v1/session', { token })).json.user_id).toBe(owner);
  }
});
