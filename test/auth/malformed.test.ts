// Values that are almost a token, or are signed by the right key but not accepted.
import { CompactEncrypt } from 'jose';
import { describe, expect, test } from 'vitest';
import { compact, tokenOf } from './issuer.ts';
import { expectRefusal, invalidToken } from './refusal.ts';
import { type Forge, partsOf, useWorld, type World } from './world.ts';

const { now, refuse } = useWorld();

describe('another form', () => {
  const signed =
    (header: Record<string, unknown>): Forge =>
    ({ rsa, claims }) =>
      tokenOf(rsa, claims, header);
  const payload =
    (value: unknown): Forge =>
    ({ rsa }) =>
      tokenOf(rsa, value);
  const changed =
    (change: (parts: [string, string, string]) => string[]): Forge =>
    ({ genuine }) =>
      change(partsOf(genuine)).join('.');
  const flip = (text: string, at: number) =>
    `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;

  test.each<[string, Forge]>([
    ['an unknown crit', signed({ crit: ['tenant-of-the-attacker'], 'tenant-of-the-attacker': 1 })],
    ['a crit for a registered name', signed({ crit: ['kid'] })],
    ['an empty crit', signed({ crit: [] })],
    ['a crit that is no list', signed({ crit: 'b64' })],
    ['an unencoded payload (RFC 7797)', signed({ b64: false, crit: ['b64'] })],
    ['a crit b64 without b64', signed({ crit: ['b64'] })],
    ['a payload that is no JSON', payload('not JSON')],
    ['a payload that is a list', payload([{ sub: 'a' }])],
    ['a payload that is null', payload(null)],
    ['an empty payload', payload('')],
    ['a header that is no JSON', ({ rsa, claims }) => compact('{', claims, rsa.sign)],
    ['a header that is a list', ({ rsa, claims }) => compact([{ alg: 'RS256' }], claims, rsa.sign)],
    ['no signature', changed(([header, body]) => [header, body, ''])],
    ['no header', changed(([, body, signature]) => ['', body, signature])],
    ['two parts', changed(([header, body]) => [header, body])],
    ['four parts', changed((all) => [...all, all[2]])],
    ['dots only', () => '..'],
    ['one word', () => 'x'],
    ['a signature cut short', changed(([header, body, signature]) => [header, body, signature.slice(0, -4)])],
    ['a signature made longer', changed(([header, body, signature]) => [header, body, `${signature}AAAA`])],
    ['padding', ({ genuine }) => `${genuine}==`],
    [
      'base64 for base64url',
      changed(([header, body, signature]) => [header, body, `+/${signature.slice(2)}`]),
    ],
    [
      'a payload changed by one byte',
      changed(([header, body, signature]) => [header, flip(body, 20), signature]),
    ],
    [
      'another header over the signature',
      ({ ec, genuine }) => {
        const [, body, signature] = partsOf(genuine);
        return [
          Buffer.from(JSON.stringify({ alg: 'ES256', kid: ec.kid })).toString('base64url'),
          body,
          signature,
        ].join('.');
      },
    ],
    [
      'an ECDSA signature of zeros',
      ({ ec, claims }) => compact({ alg: 'ES256', kid: ec.kid }, claims, () => Buffer.alloc(64)),
    ],
    [
      'an Ed25519 signature of zeros',
      ({ ed, claims }) => compact({ alg: 'EdDSA', kid: ed.kid }, claims, () => Buffer.alloc(64)),
    ],
    [
      'a token encrypted to the public key (JWE)',
      ({ rsa, claims }) =>
        new CompactEncrypt(Buffer.from(JSON.stringify(claims)))
          .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: rsa.kid })
          .encrypt(rsa.publicKey),
    ],
    [
      'a JWE around a genuine token',
      ({ rsa, genuine }) =>
        new CompactEncrypt(Buffer.from(genuine))
          .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A128GCM', cty: 'JWT', kid: rsa.kid })
          .encrypt(rsa.publicKey),
    ],
    [
      'the JSON serialization',
      ({ genuine }) => {
        const [header, body, signature] = partsOf(genuine);
        return JSON.stringify({ protected: header, payload: body, signature });
      },
    ],
  ])('%s', (_name, forge) => refuse(forge));

  test('one character of a genuine token changed', async () => {
    const { api, genuine } = now();
    for (let at = 0; at < genuine.length; at += 4) {
      await expectRefusal(api, invalidToken, [`Authorization: Bearer ${flip(genuine, at)}`]);
    }
    // The last character has unused bits: every spelling except the canonical one is refused.
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const spelt = genuine.slice(0, -1) + last;
      if (spelt !== genuine) await expectRefusal(api, invalidToken, [`Authorization: Bearer ${spelt}`]);
    }
  });
});

describe('size', () => {
  const padded = ({ rsa, claims }: World, length: number) => {
    const empty = tokenOf(rsa, { ...claims, pad: '' }).length;
    let pad = Math.floor(((length - empty) * 3) / 4);
    while (tokenOf(rsa, { ...claims, pad: 'x'.repeat(pad) }).length < length) pad += 1;
    return tokenOf(rsa, { ...claims, pad: 'x'.repeat(pad) });
  };

  test.each([16_385, 100_000, 102_400])('a genuine token of %i characters is refused', (length) =>
    refuse((w) => padded(w, length)),
  );

  test.each([16_385, 100_000, 102_400])('%i characters that are not a token are refused', (length) =>
    refuse(() => 'x'.repeat(length)),
  );

  test('a genuine token of nearly 16 kB is accepted', async () => {
    const token = padded(now(), 16_380);
    expect(token.length).toBeLessThanOrEqual(16_384);
    expect((await now().api.send('GET', '/api/v1/session', { token })).json.user_id).toBe(now().victim.id);
  });
});
