import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { newOwner, tokenFor } from '../support/tokens.ts';

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

test('getSession returns the user of the token, and when it expires', async () => {
  const owner = newOwner();
  const token = await tokenFor(owner, { exp: 4_102_444_800 });
  const session = await api.send('GET', '/api/v1/session', { token });
  expect(session.status).toBe(200);
  expect(session.json).toEqual({
    user_id: owner,
    expires_at: '2100-01-01T00:00:00Z',
    client_id: null,
    scopes: ['tasks:read', 'tasks:write', 'tasks:erase'],
  });
});

test('getSession without a token is 401 with a bare challenge', async () => {
  const refused = await api.send('GET', '/api/v1/session');
  expect(refused.status).toBe(401);
  expect(refused.headers.get('www-authenticate')).toBe('Bearer');
});
