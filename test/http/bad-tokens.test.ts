// What bad tokens cost their address, and that they cost its good tokens nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Guard } from '../../src/auth/authenticate.ts';
import { ownerIdFrom } from '../../src/auth/principal.ts';
import { Problem, problems } from '../../src/contract/problem.ts';
import type { Scope } from '../../src/contract/scopes.ts';
import { limitBadTokens } from '../../src/http/bad-tokens.ts';
import { networkOf } from '../../src/http/client-address.ts';
import {
  claimsFor,
  compact,
  hmac,
  newKey,
  publish,
  type SigningKey,
  serve,
  tokenOf,
  type WebServer,
} from '../auth/issuer.ts';
import { type Api, startApi } from '../support/app.ts';
import { newOwner, tokenFor } from '../support/tokens.ts';

const limit = 20;
const session = '/api/v1/session';
const from = (address: string) => ({ 'X-Forwarded-For': `spoofed, ${address}` });
const forged = () => compact({ alg: 'HS256' }, claimsFor(newOwner()), hmac('another secret'));

/** As many addresses as are wanted, each used once. */
let addresses = 0;
const newAddress = (): string => {
  addresses += 1;
  return `198.51.100.${addresses}`;
};

describe('a limit on bad tokens', () => {
  let api: Api;
  beforeAll(async () => {
    // Without a limit on owners: the two have nothing to do with each other.
    api = await startApi({ app: { rateLimit: 0, badTokens: limit, trustedProxies: 1 } });
  });
  afterAll(() => api.close());

  const statusOf = async (token: string, address: string) =>
    (await api.send('GET', session, { token, headers: from(address) })).status;
  const spend = async (address: string) => {
    for (let n = 0; n < limit; n++) expect(await statusOf(forged(), address)).toBe(401);
  };

  test('beyond it forgeries of the address get 429, and good tokens of it 200, new ones as well', async () => {
    const [address, user] = [newAddress(), newOwner()];
    const remembered = await tokenFor(user);
    expect(await statusOf(remembered, address)).toBe(200);
    await spend(address);
    const refused = await api.send('GET', session, { token: forged(), headers: from(address) });
    expect(refused.status).toBe(429);
    expect(refused.json.type).toBe('/problems/too-many-requests');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(await statusOf(remembered, address)).toBe(200);
    expect(await statusOf(await tokenFor(newOwner()), address)).toBe(200);
    expect(await statusOf(forged(), newAddress())).toBe(401);
  });

  test('good tokens get through in the middle of a flood', async () => {
    const address = newAddress();
    await spend(address);
    const good = await Promise.all(Array.from({ length: 10 }, () => tokenFor(newOwner())));
    const sent = Array.from({ length: 200 }, (_, n) => (n % 20 === 0 ? good[n / 20] : undefined) ?? forged());
    const statuses = await Promise.all(sent.map((token) => statusOf(token, address)));
    expect(statuses.filter((status) => status === 200)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(190);
  });

  test('expired tokens, other forms and no token at all do not count', async () => {
    const address = newAddress();
    const expired = await tokenFor(newOwner(), { exp: 1 });
    const none = compact({ alg: 'none' }, claimsFor('a'), () => Buffer.alloc(0));
    for (const token of [expired, none, 'not-a-token', '']) {
      for (let n = 0; n < 2 * limit; n++) expect(await statusOf(token, address)).toBe(401);
    }
    // A forged one that has expired needs no look at its signature.
    const both = compact({ alg: 'HS256' }, { ...claimsFor('a'), exp: 1 }, hmac('another secret'));
    for (let n = 0; n < 2 * limit; n++) expect(await statusOf(both, address)).toBe(401);
    await spend(address);
    expect(await statusOf(forged(), address)).toBe(429);
    expect(await statusOf(expired, address)).toBe(401);
  });

  test.each([
    ['IPv4 with ports', (n: number) => `203.0.113.7:${1024 + n}`],
    ['IPv6 with ports', (n: number) => `[2001:db8:0:1::1]:${1024 + n}`],
    ['the addresses of one IPv6 network', (n: number) => `2001:db8:0:2::${n.toString(16)}`],
    ['IPv4, mapped and not', (n: number) => (n % 2 === 0 ? '203.0.113.9' : '::ffff:203.0.113.9')],
  ])('%s are one address', async (_name, write) => {
    for (let n = 0; n < limit; n++) expect(await statusOf(forged(), write(n))).toBe(401);
    expect(await statusOf(forged(), write(limit))).toBe(429);
  });
});

describe('a rotation of keys', () => {
  let api: Api;
  let keySet: WebServer;
  let key: SigningKey;
  beforeAll(async () => {
    key = await newKey('EdDSA');
    keySet = await serve(publish(key));
    const tokens = { key: { jwksUrl: keySet.url } };
    api = await startApi({ tokens, app: { badTokens: limit, trustedProxies: 1 } });
  });
  afterAll(async () => {
    await api.close();
    await keySet.close();
  });

  test('leaves an office with many tokens of the former key unharmed', async () => {
    const headers = from(newAddress());
    const former = await newKey('EdDSA');
    for (let n = 0; n < 3 * limit; n++) {
      const token = tokenOf(former, claimsFor(`user-${n}`));
      expect((await api.send('GET', session, { token, headers })).status).toBe(401);
    }
    const token = tokenOf(key, claimsFor('a'));
    expect((await api.send('GET', session, { token, headers })).status).toBe(200);
    const evil = () => tokenOf(former, claimsFor('a'), { kid: key.kid });
    for (let n = 0; n < limit; n++) {
      expect((await api.send('GET', session, { token: evil(), headers })).status).toBe(401);
    }
    expect((await api.send('GET', session, { token: evil(), headers })).status).toBe(429);
  });
});

describe('the checks of signatures', () => {
  const owner = ownerIdFrom('alice');
  if (owner === null) throw new Error('alice is an owner');
  const principal = { ownerId: owner, expiresAt: 1e9, clientId: null, scopes: new Set<Scope>() };
  const bad = () => problems.invalidToken('forged');
  /** What the checks wait for. */
  let running: (() => void)[] = [];
  beforeEach(() => {
    running = [];
  });

  /**
   * An authenticator whose tokens say whether they are good, and wait to be checked when they are
   * slow.
   */
  const limited = limitBadTokens((authorization, guard: Guard = async () => expect.unreachable()) => {
    const [token = ''] = authorization;
    return guard(async () => {
      if (token.includes('slow')) await new Promise<void>((done) => running.push(done));
      return token.includes('good') ? principal : bad();
    });
  }, limit);
  const send = async (token: string, address: string): Promise<number> => {
    try {
      await limited([token], () => address);
      return 200;
    } catch (error) {
      return error instanceof Problem ? error.status : 500;
    }
  };

  test('run one at a time for an address beyond the limit, and at once for every other', async () => {
    for (let n = 0; n < limit; n++) expect(await send('bad', '192.0.2.1')).toBe(401);
    const waiting = Array.from({ length: 10 }, () => send('slow bad', '192.0.2.1'));
    const good = send('slow good', '192.0.2.1');
    expect(await send('good', '192.0.2.2')).toBe(200);
    expect(await send('bad', '192.0.2.2')).toBe(401);
    for (let n = 0; n < 11; n++) {
      await expect.poll(() => running.length).toBe(1);
      running.pop()?.();
    }
    expect(await Promise.all(waiting)).toEqual(Array(10).fill(429));
    expect(await good).toBe(200);
  });

  test('are counted for ten thousand addresses, beyond which all others are counted as one', async () => {
    for (let n = 0; n < 10_100; n++) await send('bad', `2001:db8:${n.toString(16)}::1`);
    expect(await send('bad', '192.0.2.77')).toBe(429);
    expect(await send('good', '192.0.2.77')).toBe(200);
    // One that has been counted before continues by itself.
    expect(await send('bad', '2001:db8:1::1')).toBe(401);
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:1234', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['[::ffff:c000:201]:443', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['[2001:db8::1]', '2001:db8:0:0::/64'],
  ['[2001:DB8::1]:443', '2001:db8:0:0::/64'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:3::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
  ['_hidden:1', '_hidden:1'],
  ['', ''],
  ['1.2.3.4.5:6', '1.2.3.4.5'],
  ['x'.repeat(10_000), 'x'.repeat(64)],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
