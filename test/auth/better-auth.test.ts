// A real issuer: Better Auth with its JWT plugin signs a user up and issues the token, and the API
// verifies it with the key set that Better Auth itself publishes.
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import { jwt } from 'better-auth/plugins';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Algorithm, serve } from './issuer.ts';
import { expectRefusal, expectUnlogged, invalidToken, noToken } from './refusal.ts';
import { startTrusting, type TrustingApi } from './trust.ts';

const audience = 'https://tasks.example';
const password = 'correct horse battery staple';

interface Provider {
  readonly api: TrustingApi;
  /** How the API trusts this provider. */
  readonly tokens: { key: { jwksUrl: URL }; issuer: string; audience: string };
  /** Signs a new user up and fetches a token as the user's browser would. */
  signUp(): Promise<{ id: string; token: string; sessionCookie: string }>;
  close(): Promise<void>;
}

const startProvider = async (alg: Algorithm): Promise<Provider> => {
  const web = await serve(() => {});
  const provider = betterAuth({
    baseURL: web.url.origin,
    secret: 'a secret of the identity provider alone',
    database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [] }),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    plugins: [jwt({ jwks: { keyPairConfig: { alg } }, jwt: { audience } })],
  });
  web.answer = toNodeHandler(provider);
  const { origin } = web.url;
  const tokens = { key: { jwksUrl: new URL('/api/auth/jwks', origin) }, issuer: origin, audience };
  const api = await startTrusting(tokens);
  let users = 0;
  return {
    api,
    tokens,
    signUp: async () => {
      users += 1;
      const signedUp = await fetch(`${origin}/api/auth/sign-up/email`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: origin },
        body: JSON.stringify({ email: `user${users}@example.com`, name: 'Alice', password }),
      });
      expect(signedUp.status).toBe(200);
      const { user } = (await signedUp.json()) as { user: { id: string } };
      const Cookie = signedUp.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; ');
      const issued = await fetch(`${origin}/api/auth/token`, { headers: { Cookie } });
      expect(issued.status).toBe(200);
      const { token } = (await issued.json()) as { token: string };
      return { id: user.id, token, sessionCookie: Cookie };
    },
    close: async () => {
      await api.close();
      await web.close();
    },
  };
};

describe.each<Algorithm>(['EdDSA', 'ES256', 'RS256'])('Better Auth with %s', (alg) => {
  let provider: Provider;
  let api: TrustingApi;
  beforeAll(async () => {
    provider = await startProvider(alg);
    api = provider.api;
  });
  afterAll(() => provider.close());

  test('its user has a session, creates a task and lists it; another user does not see the task', async () => {
    const [alice, bob] = [await provider.signUp(), await provider.signUp()];
    expect(decodeProtectedHeader(alice.token).alg).toBe(alg);
    const session = await api.send('GET', '/api/v1/session', { token: alice.token });
    expect(session.json.user_id).toBe(alice.id);
    const options = { token: alice.token, json: { title: 'signed by Better Auth' } };
    const created = await api.send('POST', '/api/v1/users/me/tasks', options);
    expect(created.json.owner_id).toBe(alice.id);
    const path = `/api/v1/users/${alice.id}/tasks`;
    const listed = await api.send('GET', path, { token: alice.token });
    expect(listed.json.items).toEqual([created.json]);
    expect((await api.send('GET', path, { token: bob.token })).status).toBe(404);
    const own = await api.send('GET', '/api/v1/users/me/tasks', { token: bob.token });
    expect(own.json.items).toEqual([]);
    expectUnlogged(api, [alice.token, bob.token]);
  });

  test.each(['issuer', 'audience'])('an API with another %s refuses its token', async (name) => {
    const { token } = await provider.signUp();
    api.trust({ ...provider.tokens, [name]: 'https://other.example' });
    await expectRefusal(api, invalidToken, [`Authorization: Bearer ${token}`]);
    api.trust(provider.tokens);
    expect((await api.send('GET', '/api/v1/session', { token })).status).toBe(200);
  });

  test('its session cookie alone is not a token', async () => {
    const { sessionCookie } = await provider.signUp();
    await expectRefusal(api, noToken, [`Cookie: ${sessionCookie}`]);
  });
});
