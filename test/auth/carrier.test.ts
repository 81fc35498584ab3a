// How a token is sent: in one Authorization header of the Bearer scheme (RFC 6750, section 2.1),
// and in no other way.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { sendRaw } from '../support/raw.ts';
import { tokenFor } from '../support/tokens.ts';
import {
  expectRefusal,
  expectRefusals,
  expectUnlogged,
  expectUntouched,
  invalidToken,
  newVictim,
  noToken,
  type Victim,
} from './refusal.ts';

let api: Api;
let victim: Victim;
/** Bytes of a user's name and password that must not be in the log. */
const basic = Buffer.from('somebody:a very long password').toString('base64');

beforeAll(async () => {
  api = await startApi({ logLevel: 'trace' });
  victim = await newVictim(api, (owner) => tokenFor(owner));
});
afterEach(async () => {
  await expectUntouched(api, victim);
  expectUnlogged(api, [victim.token, basic]);
});
afterAll(() => api.close());

type Lines = (token: string) => string[];

describe('without a bearer token the challenge is bare', () => {
  test.each<[string, Lines]>([
    ['no header', () => []],
    ['an empty header', () => ['Authorization:']],
    ['the scheme alone', () => ['Authorization: Bearer']],
    ['the scheme and spaces', () => ['Authorization: Bearer   ']],
    ['Basic', () => [`Authorization: Basic ${basic}`]],
    ['Basic twice', () => [`Authorization: Basic ${basic}`, `Authorization: Basic ${basic}`]],
    ['Basic with the token', (token) => [`Authorization: Basic ${token}`]],
    ['DPoP', (token) => [`Authorization: DPoP ${token}`]],
    ['Token', (token) => [`Authorization: Token ${token}`]],
    ['JWT', (token) => [`Authorization: JWT ${token}`]],
    ['no scheme', (token) => [`Authorization: ${token}`]],
    ['a scheme that only begins so', (token) => [`Authorization: BearerToken ${token}`]],
    ['a tab after the scheme', (token) => [`Authorization: Bearer\t${token}`]],
    [
      'another header',
      (token) => [`Proxy-Authorization: Bearer ${token}`, `X-Authorization: Bearer ${token}`],
    ],
    ['a cookie', (token) => [`Cookie: token=${token}; access_token=${token}; session=${token}`]],
  ])('%s', (_name, lines) => expectRefusals(api, victim, noToken, lines(victim.token)));

  test.each(['access_token', 'token', 'jwt', 'authorization'])('in the query string as %s', async (name) => {
    const query = `${name}=${victim.token}`;
    await expectRefusal(api, noToken, [], ['GET', `/api/v1/session?${query}`]);
    await expectRefusal(api, noToken, [], ['GET', `/api/v1/users/me/tasks?${query}`]);
  });

  test('in the body', () =>
    expectRefusal(
      api,
      noToken,
      [],
      ['POST', '/api/v1/users/me/tasks', { title: 'a', access_token: victim.token }],
    ));
});

describe('a bearer token that is not accepted', () => {
  test.each<[string, Lines]>([
    ['the token twice', (token) => [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`]],
    ['a bad one first', (token) => ['Authorization: Bearer x.y.z', `Authorization: Bearer ${token}`]],
    ['a bad one last', (token) => [`Authorization: Bearer ${token}`, 'authorization: Bearer x.y.z']],
    ['Basic first', (token) => [`Authorization: Basic ${basic}`, `Authorization: Bearer ${token}`]],
    ['Basic last', (token) => [`Authorization: Bearer ${token}`, `Authorization: Basic ${basic}`]],
    ['an empty one first', (token) => ['Authorization:', `Authorization: Bearer ${token}`]],
    ['two tokens in one header', (token) => [`Authorization: Bearer ${token} ${token}`]],
    ['two credentials in one header', (token) => [`Authorization: Bearer ${token}, Bearer ${token}`]],
    ['a parameter', (token) => [`Authorization: Bearer token=${token}`]],
    ['quotes', (token) => [`Authorization: Bearer "${token}"`]],
    ['something after it', (token) => [`Authorization: Bearer ${token};`]],
    ['a no-break space before it', (token) => [`Authorization: Bearer \u00a0${token}`]],
    ['a no-break space after it', (token) => [`Authorization: Bearer ${token}\u00a0`]],
    ['bytes that are not ASCII', (token) => [`Authorization: Bearer ${token}\u00e9`]],
    ['the scheme twice', (token) => [`Authorization: Bearer Bearer ${token}`]],
  ])('%s', (_name, lines) => expectRefusals(api, victim, invalidToken, lines(victim.token)));
});

describe('the scheme', () => {
  test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR', 'Bearer  '])('%s is accepted', async (scheme) => {
    const headers = { Authorization: `${scheme} ${victim.token}` };
    expect((await api.send('GET', '/api/v1/session', { headers })).json.user_id).toBe(victim.id);
  });
});

test('a header folded over two lines is not accepted (RFC 9112, section 5.2)', async () => {
  const lines = ['GET /api/v1/session HTTP/1.1', 'Host: localhost', 'Connection: close'];
  const bytes = `${[...lines, `Authorization: Bearer\r\n ${victim.token}`].join('\r\n')}\r\n\r\n`;
  expect((await sendRaw(api.url, 'GET', '/api/v1/session', bytes)).status).not.toBe(200);
});

test('HEAD is refused like GET, without a body', async () => {
  const bytes = 'HEAD /api/v1/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
  const answer = await sendRaw(api.url, 'HEAD', '/api/v1/session', bytes);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('www-authenticate')).toBe(noToken);
  expect(answer.text).toBe('');
});
