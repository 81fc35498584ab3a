// A token that was verified is remembered; what must stop working stops all the same.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ownerIdFrom, type Principal } from '../../src/auth/principal.ts';
import { remember } from '../../src/auth/remember.ts';
import { type Api, startApi } from '../support/app.ts';
import { newOwner, tokenFor } from '../support/tokens.ts';

describe('a token that was used before', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi();
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

  test('stops working when it expires', async () => {
    // Three seconds ago is still good: the issuer's clock may be off by five.
    const token = await tokenFor(newOwner(), { exp: Math.floor(Date.now() / 1000) - 3 });
    expect((await api.send('GET', '/api/v1/session', { token })).status).toBe(200);
    await vi.waitUntil(async () => (await api.send('GET', '/api/v1/session', { token })).status === 401, {
      timeout: 20_000,
      interval: 250,
    });
  });

  test('does not answer for another user', async () => {
    const [alice, bob] = [await api.newUser(), await api.newUser()];
    const { id } = await alice.create({ title: 'mine' });
    for (let n = 0; n < 3; n++) {
      expect((await alice.send('GET', `tasks/${id}`)).status).toBe(200);
      expect((await bob.send('GET', `tasks/${id}`)).status).toBe(404);
      expect((await bob.send('GET', `/api/v1/users/${alice.id}/tasks/${id}`)).status).toBe(404);
    }
  });
});

describe('what is remembered of a token', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const counting = (expiresAt: number) => {
    const asked: string[] = [];
    const authenticate = async ([header = '']: readonly string[]): Promise<Principal> => {
      asked.push(header);
      const ownerId = ownerIdFrom(header);
      if (ownerId === null) throw new Error('refused');
      return { ownerId, expiresAt };
    };
    return { asked, authenticate };
  };

  test('lasts no longer than a key set is trusted, so that a withdrawn key stops working', async () => {
    const { asked, authenticate } = counting(1e9);
    const ask = remember(authenticate, { maxAge: 60_000, clockTolerance: 5 });
    await ask(['a']);
    vi.setSystemTime(59_999);
    await ask(['a']);
    expect(asked).toEqual(['a']);
    vi.setSystemTime(60_000);
    await ask(['a']);
    expect(asked).toEqual(['a', 'a']);
  });

  test('is forgotten when the key set is no longer fresh, and not used again when it is', async () => {
    const { asked, authenticate } = counting(1e9);
    let fresh = true;
    const ask = remember(authenticate, { maxAge: 60_000, clockTolerance: 5, areKeysFresh: () => fresh });
    await ask(['a']);
    fresh = false;
    await ask(['b']);
    fresh = true;
    await ask(['a']);
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  test('lasts no longer than the token, the tolerance added', async () => {
    const { asked, authenticate } = counting(100);
    const ask = remember(authenticate, { maxAge: Number.POSITIVE_INFINITY, clockTolerance: 5 });
    await ask(['a']);
    vi.setSystemTime(104_999);
    await ask(['a']);
    expect(asked).toEqual(['a']);
    vi.setSystemTime(105_000);
    await ask(['a']);
    expect(asked).toEqual(['a', 'a']);
  });

  test('is nothing when the token was refused, is very long, or came with a second one', async () => {
    const { asked, authenticate } = counting(1e9);
    const ask = remember(authenticate, { maxAge: 60_000, clockTolerance: 5 });
    for (let n = 0; n < 2; n++) {
      await expect(ask([''])).rejects.toThrow('refused');
      await ask(['a', 'b']);
      await ask(['x'.repeat(250).padStart(5000)]).catch(() => {});
    }
    expect(asked).toHaveLength(6);
  });

  test('is bounded, and the tokens in use stay', async () => {
    const { asked, authenticate } = counting(1e9);
    const ask = remember(authenticate, { maxAge: 60_000, clockTolerance: 5 });
    await ask(['in use']);
    await ask(['left alone']);
    for (let n = 0; n < 30_000; n++) {
      await ask([`token ${n}`]);
      if (n % 1000 === 0) await ask(['in use']);
    }
    asked.length = 0;
    await ask(['in use']);
    await ask(['left alone']);
    expect(asked).toEqual(['left alone']);
  });
});
