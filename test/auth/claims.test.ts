// Tokens signed with the right key that have wrong claims: for each kind of key, the same refusal.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { newOwner, testSecret } from '../support/tokens.ts';
import {
  audience,
  claimsFor,
  compact,
  hmac,
  issuer,
  newKey,
  now,
  publish,
  serve,
  tokenOf,
  type WebServer,
} from './issuer.ts';
import {
  expectRefusal,
  expectRefusals,
  expectUnlogged,
  expectUntouched,
  invalidToken,
  newVictim,
  type Victim,
} from './refusal.ts';

/** A whole payload as text, for what JSON.stringify would not write. */
const text =
  (members: string) =>
  (claims: Record<string, unknown>): string =>
    `${JSON.stringify(claims).slice(0, -1)},${members}}`;

const faults: [string, Record<string, unknown> | ((claims: Record<string, unknown>) => string)][] = [
  ['iss wrong', { iss: 'https://attacker.example' }],
  ['iss with a slash more', { iss: `${issuer}/` }],
  ['iss in another case', { iss: issuer.toUpperCase() }],
  ['iss a list of the right one', { iss: [issuer] }],
  ['no iss', { iss: undefined }],
  ['aud wrong', { aud: 'https://other.example' }],
  ['aud a list without ours', { aud: ['https://other.example', ''] }],
  ['aud empty', { aud: [] }],
  ['aud that only begins like ours', { aud: `${audience}.attacker.example` }],
  ['aud an object', { aud: { [audience]: true } }],
  ['no aud', { aud: undefined }],
  ['expired', { exp: now() - 60 }],
  ['exp 0', { exp: 0 }],
  ['exp negative', { exp: -1 }],
  ['no exp', { exp: undefined }],
  ['exp null', { exp: null }],
  ['exp a numeric string', { exp: String(now() + 3600) }],
  ['exp a date', { exp: new Date(Date.now() + 3_600_000).toISOString() }],
  ['exp true', { exp: true }],
  ['exp a list', { exp: [now() + 3600] }],
  ['exp beyond every number', text('"exp":1e400')],
  ['exp beyond the year 9999', { exp: 253_402_300_800 }],
  ['exp in milliseconds', { exp: (now() + 3600) * 1000 }],
  ['not yet valid', { nbf: now() + 60 }],
  ['nbf a string', { nbf: 'now' }],
  ['nbf null', { nbf: null }],
  ['iat a string', { iat: 'yesterday' }],
  ['no sub', { sub: undefined }],
  ['sub empty', { sub: '' }],
  ['sub blank', { sub: '   ' }],
  ['sub a no-break space', { sub: '\u00a0\u2003' }],
  ['sub null', { sub: null }],
  ['sub a number', { sub: 1 }],
  ['sub true', { sub: true }],
  ['sub an object', { sub: { id: 'a' } }],
  ['sub of 256 characters', { sub: 'a'.repeat(256) }],
  ['sub with NUL', { sub: 'a\0b' }],
  ['sub with a line feed', { sub: 'a\nb' }],
  ['sub with DEL', { sub: 'a\u007fb' }],
  ['sub with a lone surrogate', text('"sub":"\\ud800"')],
  ['a second, empty sub', text('"sub":""')],
  ['sub from the prototype', (claims) => `{"__proto__":${JSON.stringify(claims)}}`],
];

let keySet: WebServer;
beforeAll(async () => {
  keySet = await serve(() => {});
});
afterAll(() => keySet.close());

describe.each(['a shared secret', 'a key set'])('with %s', (kind) => {
  let api: Api;
  let victim: Victim;
  let sign: (payload: unknown) => string;
  const sent: string[] = [];

  beforeAll(async () => {
    const key = await newKey('EdDSA');
    keySet.answer = publish(key);
    sign =
      kind === 'a key set'
        ? (payload) => tokenOf(key, payload)
        : (payload) => compact({ alg: 'HS256' }, payload, hmac(testSecret));
    const tokens = { key: kind === 'a key set' ? { jwksUrl: keySet.url } : { secret: testSecret } };
    api = await startApi({ tokens: { ...tokens, issuer, audience }, logLevel: 'trace' });
    victim = await newVictim(api, (owner) => sign(claimsFor(owner)));
  });
  afterEach(async () => {
    vi.useRealTimers();
    await expectUntouched(api, victim);
    expectUnlogged(api, [victim.token, ...sent.splice(0)]);
  });
  afterAll(() => api.close());

  test.each(faults)('%s', async (_name, fault) => {
    const claims = claimsFor(victim.id);
    const token = sign(typeof fault === 'function' ? fault(claims) : { ...claims, ...fault });
    sent.push(token);
    await expectRefusals(api, victim, invalidToken, [`Authorization: Bearer ${token}`]);
  });

  test('an audience among others, white space around a sub and 255 characters are accepted', async () => {
    for (const change of [
      { aud: ['https://other.example', audience] },
      { sub: ` ${newOwner()} ` },
      { sub: '\u{1F511}'.repeat(127) },
      { exp: 253_402_300_799, nbf: 0, iat: now(), jti: 'a', scope: 'all' },
    ]) {
      const claims = { ...claimsFor(victim.id), ...change };
      const session = await api.send('GET', '/api/v1/session', { token: sign(claims) });
      expect(session.status).toBe(200);
      expect(session.json.user_id).toBe(claims.sub);
    }
  });

  test("the issuer's clock may be off by less than five seconds, and by no more", async () => {
    // Only the clock stops: timers and sockets continue.
    vi.useFakeTimers({ toFake: ['Date'] });
    const claims = claimsFor(victim.id);
    for (const change of [{ exp: now() - 4 }, { nbf: now() + 5 }]) {
      const session = await api.send('GET', '/api/v1/session', { token: sign({ ...claims, ...change }) });
      expect(session.status).toBe(200);
    }
    for (const change of [{ exp: now() - 5 }, { nbf: now() + 6 }]) {
      await expectRefusal(api, invalidToken, [`Authorization: Bearer ${sign({ ...claims, ...change })}`]);
    }
  });
});
