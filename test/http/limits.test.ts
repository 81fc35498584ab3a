import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';

describe('a limit on requests', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ app: { rateLimit: 5 } });
  });
  afterAll(() => api.close());

  test('every authenticated response reports the count, and beyond the limit it is 429 for that owner only', async () => {
    const user = await api.newUser();
    for (const left of [4, 3, 2, 1, 0]) {
      // An answer of any status counts.
      const path = left % 2 === 0 ? 'tasks' : '/api/v1/users/somebody-else/tasks';
      const { headers } = await user.send('GET', path);
      expect(headers.get('ratelimit-policy')).toBe('"owner";q=5;w=60');
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"owner";r=${left};t=(?:60|[1-5]?[0-9])$`));
    }
    const refused = await user.send('POST', 'tasks', { json: { title: 'too many' } });
    expect(refused.status).toBe(429);
    expect(refused.json.type).toBe('/problems/too-many-requests');
    expect(refused.headers.get('ratelimit')).toContain('r=0');
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    const other = await api.newUser();
    expect((await other.send('GET', 'tasks')).status).toBe(200);
  });

  test('a long response counts as several requests', async () => {
    const long = await startApi({ app: { rateLimit: 100 } });
    const user = await long.newUser();
    const task = { title: 'long', description: '\u0001'.repeat(2000) };
    const operations = Array.from({ length: 20 }, () => ({ op: 'create', task }));
    const left = async (path: string) => {
      const { headers } = await user.send('GET', path);
      return Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]);
    };
    const before = await left('tasks');
    // 20 × 12,000 characters: three more.
    await user.send('POST', 'task-batches', { json: { operations } });
    expect(await left('tasks')).toBe(before - 5);
    expect(await left('tasks?limit=1')).toBe(before - 9);
    await long.close();
  });

  test('what needs no token is not counted', async () => {
    const { headers } = await api.send('GET', '/healthz');
    expect(headers.get('ratelimit')).toBeNull();
  });
});

describe('without limits', () => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ app: { corsOrigins: ['https://app.example.com'] } });
  });
  afterAll(() => api.close());

  test('no response mentions one', async () => {
    const { headers } = await (await api.newUser()).send('GET', 'tasks');
    expect(headers.get('ratelimit')).toBeNull();
    expect(headers.get('ratelimit-policy')).toBeNull();
  });

  test('responses are private, checked again by caches, and guarded in browsers', async () => {
    const user = await api.newUser();
    for (const { headers } of [
      await user.send('GET', 'tasks'),
      await api.send('GET', '/healthz'),
      await api.send('GET', '/nowhere'),
    ]) {
      expect(headers.get('cache-control')).toBe('private, no-cache, no-transform');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  test('X-Forwarded-Proto is not believed unless a proxy is configured', async () => {
    const forwarded = { headers: { 'X-Forwarded-Proto': 'https' } };
    expect(
      (await api.send('GET', '/healthz', forwarded)).headers.get('strict-transport-security'),
    ).toBeNull();
    const behind = await startApi({ app: { trustedProxies: 1 } });
    try {
      const { headers } = await behind.send('GET', '/healthz', forwarded);
      expect(headers.get('strict-transport-security')).toMatch(/^max-age=\d+$/);
    } finally {
      await behind.close();
    }
  });

  test('a page of a configured origin may call, and read what it needs', async () => {
    const headers = { Origin: 'https://app.example.com' };
    const user = await api.newUser();
    const created = await user.send('POST', 'tasks', { json: { title: 'from a page' }, headers });
    expect(created.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(created.headers.get('access-control-expose-headers')).toContain('ETag');
    expect(created.headers.get('access-control-allow-credentials')).toBeNull();
    expect(created.headers.get('vary')).toContain('Origin');
    // Errors as well, or the page would learn nothing of them.
    const refused = await api.send('GET', '/api/v1/session', { headers });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    const preflight = await api.send('OPTIONS', '/api/v1/users/me/tasks', {
      headers: { ...headers, 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-methods')).toContain('POST');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization');
  });

  test('a page of any other origin may not', async () => {
    const headers = { Origin: 'https://elsewhere.example.com' };
    const answer = await api.send('GET', '/healthz', { headers });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('vary')).toContain('Origin');
  });
});
