// The client that a token names: an app or an agent, as history shows it.
import { expect, test } from 'vitest';
import { mintToken } from '../../src/auth/development.ts';
import { createAuthenticate } from '../../src/auth/verify.ts';
import { newOwner, testSecret, tokenFor } from '../support/tokens.ts';
import { compact, hmac, now } from './issuer.ts';

const authenticate = createAuthenticate({ key: { secret: testSecret } });
const clientOf = async (token: string) => (await authenticate([`Bearer ${token}`])).clientId;

test.each<[string, Record<string, unknown>, string | null]>([
  ['client_id', { client_id: 'agent' }, 'agent'],
  ['azp', { azp: 'app' }, 'app'],
  ['both', { client_id: 'agent', azp: 'app' }, 'agent'],
  ['neither', {}, null],
  ['client_id null', { client_id: null, azp: 'app' }, 'app'],
  ['an empty client_id', { client_id: '' }, null],
  ['a number', { client_id: 7 }, null],
  ['a list', { client_id: ['agent'] }, null],
  ['an object', { azp: { id: 'app' } }, null],
  ['255 characters', { client_id: 'a'.repeat(255) }, 'a'.repeat(255)],
  ['256 characters', { client_id: 'a'.repeat(256) }, null],
  ['a line feed', { client_id: 'a\nb' }, null],
  ['NUL', { client_id: 'a\0b' }, null],
  ['a C1 control character', { client_id: 'a\u009bb' }, null],
  ['letters of any language', { client_id: 'Käse 🧀' }, 'Käse 🧀'],
])('%s', async (_name, claims, expected) => {
  const token = await tokenFor(newOwner(), claims);
  expect(await clientOf(token)).toBe(expected);
  // The same from the cache.
  expect(await clientOf(token)).toBe(expected);
});

test('a lone surrogate is not a name, and costs the token nothing', async () => {
  const payload = `{"sub":"alice","exp":${now() + 60},"client_id":"\\ud800"}`;
  expect(await clientOf(compact({ alg: 'HS256' }, payload, hmac(testSecret)))).toBeNull();
});

test('two tokens of one user keep their own clients', async () => {
  const owner = newOwner();
  const tokens = await Promise.all(
    ['one', 'two'].map((clientId) => tokenFor(owner, { client_id: clientId })),
  );
  for (let n = 0; n < 2; n++) {
    expect(await Promise.all(tokens.map(clientOf))).toEqual(['one', 'two']);
  }
});

test('a development token names its client', async () => {
  expect(await clientOf(await mintToken({ secret: testSecret, subject: 'a', clientId: 'my agent' }))).toBe(
    'my agent',
  );
  expect(await clientOf(await mintToken({ secret: testSecret, subject: 'a' }))).toBeNull();
});
