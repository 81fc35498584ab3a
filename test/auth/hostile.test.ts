// Tokens forged by an attacker who knows everything that is public: the key set, a genuine token,
// the libraries. All are refused with the same response, and only the configured server is asked
// for keys.
import { describe, expect, test } from 'vitest';
import { compact, hmac, type Sign, type SigningKey, tokenOf } from './issuer.ts';
import { type Forge, useWorld, type World } from './world.ts';

const { now, refuse } = useWorld();

const nothing: Sign = () => Buffer.alloc(0);
const pem = ({ publicKey }: SigningKey) => publicKey.export({ type: 'spki', format: 'pem' }) as string;
const hs256 = ({ rsa, claims }: World, secret: string | Buffer) =>
  compact({ alg: 'HS256', kid: rsa.kid }, claims, hmac(secret));
const asEvil = ({ evil, claims }: World, header: Record<string, unknown>) => tokenOf(evil, claims, header);

describe('another algorithm than the key is for', () => {
  test.each<[string, Forge]>([
    ['alg none', ({ claims }) => compact({ alg: 'none' }, claims, nothing)],
    ['alg none with the kid', ({ rsa, claims }) => compact({ alg: 'none', kid: rsa.kid }, claims, nothing)],
    ['alg nOnE', ({ claims }) => compact({ alg: 'nOnE' }, claims, nothing)],
    ['alg NONE', ({ claims }) => compact({ alg: 'NONE' }, claims, nothing)],
    ['alg none with a signature', ({ rsa, claims }) => compact({ alg: 'none' }, claims, rsa.sign)],
    ['no alg', ({ rsa, claims }) => tokenOf(rsa, claims, { alg: undefined })],
    ['an empty alg', ({ rsa, claims }) => tokenOf(rsa, claims, { alg: '' })],
    ['alg as a list', ({ rsa, claims }) => tokenOf(rsa, claims, { alg: ['RS256'] })],
    ['alg in lower case', ({ rsa, claims }) => tokenOf(rsa, claims, { alg: 'rs256' })],
    ['an alg from the prototype', ({ rsa, claims }) => tokenOf(rsa, claims, { alg: 'constructor' })],
    ['HS256 with the public key in PEM', (w) => hs256(w, pem(w.rsa))],
    ['HS256 with the PEM without its last newline', (w) => hs256(w, pem(w.rsa).trimEnd())],
    [
      'HS256 with the public key in DER',
      (w) => hs256(w, w.rsa.publicKey.export({ type: 'spki', format: 'der' })),
    ],
    ['HS256 with the JWK', (w) => hs256(w, JSON.stringify(w.rsa.jwk))],
    ['HS256 with the modulus', (w) => hs256(w, w.rsa.jwk.n ?? '')],
    ['HS256 with the bytes of the modulus', (w) => hs256(w, Buffer.from(w.rsa.jwk.n ?? '', 'base64url'))],
    ['HS256 with nothing', (w) => hs256(w, '')],
    ['RS384', ({ rsa, claims }) => tokenOf(rsa, claims, { alg: 'RS384' })],
    ['PS256', ({ rsa, claims }) => tokenOf(rsa, claims, { alg: 'PS256' })],
    ['RS256 with the kid of an EC key', ({ rsa, ec, claims }) => tokenOf(rsa, claims, { kid: ec.kid })],
    ['ES256 with the kid of an RSA key', ({ rsa, ec, claims }) => tokenOf(ec, claims, { kid: rsa.kid })],
    ['EdDSA with the kid of an EC key', ({ ec, ed, claims }) => tokenOf(ed, claims, { kid: ec.kid })],
  ])('%s', (_name, forge) => refuse(forge));
});

describe('another key', () => {
  test.each<[string, Forge]>([
    ['under the known kid', (w) => asEvil(w, { kid: w.rsa.kid })],
    ['under an unknown kid', (w) => asEvil(w, {})],
    ['without a kid', (w) => asEvil(w, { kid: undefined })],
    ['kid null', (w) => asEvil(w, { kid: null })],
    ['kid a number', (w) => asEvil(w, { kid: 1 })],
    ['kid a list of the known one', (w) => asEvil(w, { kid: [w.rsa.kid] })],
    ['kid a path', (w) => asEvil(w, { kid: '../../../dev/null' })],
    ['kid an SQL fragment', (w) => asEvil(w, { kid: "' UNION SELECT 'secret" })],
    ['kid __proto__', (w) => asEvil(w, { kid: '__proto__' })],
    ...(['known', 'unknown', 'no'] as const).flatMap((which) => {
      const kid = (w: World) => ({
        kid: which === 'known' ? w.rsa.kid : which === 'no' ? undefined : w.evil.kid,
      });
      return [
        [`embedded as jwk, ${which} kid`, (w) => asEvil(w, { ...kid(w), jwk: w.evil.jwk })],
        [`named by jku, ${which} kid`, (w) => asEvil(w, { ...kid(w), jku: w.evilUrl })],
        [`named by x5u, ${which} kid`, (w) => asEvil(w, { ...kid(w), x5u: w.evilUrl })],
        [`embedded as x5c, ${which} kid`, (w) => asEvil(w, { ...kid(w), x5c: [pem(w.evil)] })],
      ] satisfies [string, Forge][];
    }),
    ['named by an iss of the attacker', (w) => tokenOf(w.evil, { ...w.claims, iss: w.evilUrl })],
  ])('%s', (_name, forge) => refuse(forge));
});

test('the keys of the tests are valid: each signs a token that is accepted', async () => {
  const { api, victim, claims, rsa, ec, ed } = now();
  for (const key of [rsa, ec, ed]) {
    const answer = await api.send('GET', '/api/v1/session', { token: tokenOf(key, claims) });
    expect(answer.json.user_id).toBe(victim.id);
  }
});
