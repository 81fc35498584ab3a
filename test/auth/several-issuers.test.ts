// Several accepted issuers and audiences, which share one key.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TokenSettings } from '../../src/auth/verify.ts';
import { createAuthenticate } from '../../src/auth/verify.ts';
import { claimsFor, newKey, publish, type SigningKey, serve, tokenOf, type WebServer } from './issuer.ts';

const issuers = ['https://id.example.com', 'https://agents.example.com'];
const audiences = ['tasks', 'https://tasks.example.com/mcp'];

let keySet: WebServer;
let key: SigningKey;
beforeAll(async () => {
  key = await newKey('ES256');
  keySet = await serve(publish(key));
});
afterAll(() => keySet.close());

const authenticateWith = (settings: Omit<TokenSettings, 'key'>) => {
  const authenticate = createAuthenticate({ key: { jwksUrl: keySet.url }, ...settings });
  return async (claims: Record<string, unknown>): Promise<string> => {
    const token = tokenOf(key, { ...claimsFor('alice'), ...claims });
    return authenticate([`Bearer ${token}`]).then(
      ({ ownerId }) => ownerId,
      (error: Error) => error.message,
    );
  };
};

const refused = 'Invalid or expired token';

describe('a token', () => {
  test('of each issuer for each audience is accepted, for the same owner', async () => {
    const verify = authenticateWith({ issuer: issuers, audience: audiences });
    for (const iss of issuers) {
      for (const aud of [...audiences, audiences, ['other', ...audiences.slice(1)]]) {
        expect(await verify({ iss, aud })).toBe('alice');
      }
    }
  });

  test.each<[string, Record<string, unknown>]>([
    ['another issuer', { iss: 'https://other.example.com' }],
    ['an issuer that begins like one', { iss: `${issuers[0]}.example` }],
    ['a list of issuers', { iss: issuers }],
    ['all issuers in one text', { iss: issuers.join(',') }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'other' }],
    ['all audiences in one text', { aud: audiences.join(',') }],
    ['no audience', { aud: undefined }],
    ['an empty audience', { aud: '' }],
    ['an issuer as audience and an audience as issuer', { iss: audiences[0], aud: issuers[0] }],
  ])('with %s is refused', async (_name, claims) => {
    const verify = authenticateWith({ issuer: issuers, audience: audiences });
    expect(await verify({ iss: issuers[0], aud: audiences[0] })).toBe('alice');
    expect(await verify({ iss: issuers[0], aud: audiences[0], ...claims })).toBe(refused);
  });

  test('may have any issuer and audience if none is configured', async () => {
    const verify = authenticateWith({ issuer: [], audience: [] });
    expect(await verify({ iss: undefined, aud: undefined })).toBe('alice');
    expect(await verify({ iss: 'anyone', aud: ['anything'] })).toBe('alice');
  });
});
