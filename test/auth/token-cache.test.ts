// Verified tokens are remembered, but stop working when they must.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ownerIdFrom, type Principal } from '../../src/auth/principal.ts';
import { createTokenCache } from '../../src/auth/token-cache.ts';
import type { Scope } from '../../src/contract/scopes.ts';
import { type Api, startApi } from '../support/app.ts';
import { newOwner, tokenFor } from '../support/tokens.ts';

describe('a token that was used before', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => api.close());

  test('is refused when its signature is changed', async () => {
    const token = await tokenFor(newOwner());
    expect((await api.send('GET', '/api/v1/session', { token })).status).toBe(200);
    const [head, payload, signature = ''] = token.split('.');
    const forged = `${head}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect((await api.send('GET', '/api/v1/session', { token: forged })).status).toBe(401);
    expect((await api.send('GET', '/api/v1/session', { token })).status).toBe(200);
  });

  test('is checked once, however its header is spelled', async () => {
    const token = await tokenFor(newOwner());
    const checks = vi.spyOn(crypto.subtle, 'verify');
    for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bEaReR']) {
      for (const spaces of [' ', '  ', ' '.repeat(1000)]) {
        const headers = { Authorization: `${scheme}${spaces}${token}` };
        expect((await api.send('GET', '/api/v1/session', { headers })).status).toBe(200);
      }
    }
    expect(checks).toHaveBeenCalledTimes(1);
  });

  test('is not checked again when it has expired', async () => {
    const token = await tokenFor(newOwner(), { exp: Math.floor(Date.now() / 1000) - 60 });
    const checks = vi.spyOn(crypto.subtle, 'verify');
    for (let n = 0; n < 3; n++)
      expect((await api.send('GET', '/api/v1/session', { token })).status).toBe(401);
    expect(checks).not.toHaveBeenCalled();
  });

  test('stops working when it expires', async () => {
    // Two seconds ago is still valid: the issuer's clock may be off by five.
    const token = await tokenFor(newOwner(), { exp: Math.floor(Date.now() / 1000) - 2 });
    expect((await api.send('GET', '/api/v1/session', { token })).status).toBe(200);
    await vi.waitUntil(async () => (await api.send('GET', '/api/v1/session', { token })).status === 401, {
      timeout: 20_000,
      interval: 250,
    });
  });

  test('does not work for another user', async () => {
    const [alice, bob] = [await api.newUser(), await api.newUser()];
    const { id } = await alice.create({ title: 'mine' });
    for (let n = 0; n < 3; n++) {
      expect((await alice.send('GET', `tasks/${id}`)).status).toBe(200);
      expect((await bob.send('GET', `tasks/${id}`)).status).toBe(404);
      expect((await bob.send('GET', `/api/v1/users/${alice.id}/tasks/${id}`)).status).toBe(404);
    }
  });
});

describe('the cache of tokens', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const principal = (owner: string, expiresAt = 1e9): Principal => {
    const ownerId = ownerIdFrom(owner);
    if (ownerId === null) throw new Error(`${owner} is not an owner`);
    return { ownerId, expiresAt, clientId: null, scopes: new Set<Scope>() };
  };
  const newCache = (keyVersion: () => number | null = () => 0) =>
    createTokenCache({ keyVersion, clockTolerance: 5 });

  test('forgets a token when it has expired, plus the tolerance', () => {
    const cache = newCache();
    cache.keep('a', principal('alice', 100), 0);
    vi.setSystemTime(104_999);
    expect(cache.recall('a')?.ownerId).toBe('alice');
    vi.setSystemTime(105_000);
    expect(cache.recall('a')).toBeUndefined();
  });

  test('forgets a token when the keys have changed, or no key may be trusted', () => {
    let version: number | null = 1;
    const cache = newCache(() => version);
    cache.keep('a', principal('alice'), 1);
    expect(cache.recall('a')).toBeDefined();
    version = null;
    expect(cache.recall('a')).toBeUndefined();
    version = 2;
    expect(cache.recall('a')).toBeUndefined();
    // Verified with keys that have been replaced meanwhile, or that may no longer be trusted.
    cache.keep('b', principal('alice'), 1);
    cache.keep('c', principal('alice'), null);
    expect([cache.recall('b'), cache.recall('c')]).toEqual([undefined, undefined]);
  });

  test('is bounded, and keeps the tokens in use', () => {
    const cache = newCache();
    cache.keep('in use', principal('alice'), 0);
    cache.keep('left alone', principal('bob'), 0);
    for (let n = 0; n < 30_000; n++) {
      cache.keep(`token ${n}`, principal(`user ${n}`), 0);
      if (n % 1000 === 0) cache.recall('in use');
    }
    expect(cache.recall('in use')?.ownerId).toBe('alice');
    expect(cache.recall('left alone')).toBeUndefined();
  });

  test('lets no owner displace the tokens of others', () => {
    const cache = newCache();
    cache.keep('a', principal('alice'), 0);
    for (let n = 0; n < 50_000; n++) cache.keep(`token ${n}`, principal('mallory'), 0);
    expect(cache.recall('a')?.ownerId).toBe('alice');
    expect(cache.recall('token 49999')?.ownerId).toBe('mallory');
    const kept = Array.from({ length: 50_000 }, (_, n) => cache.recall(`token ${n}`)).filter(Boolean);
    expect(kept.length).toBeLessThan(50);
  });
});
