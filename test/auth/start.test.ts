// What the service does about tokens at its start, before the first one comes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linesOf, newDataDirectory, type Service, startService } from '../support/process.ts';
import { newOwner, testSecret } from '../support/tokens.ts';
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
} from './issuer.ts';

let key: SigningKey;
let keySet: WebServer;
beforeAll(async () => {
  key = await newKey('EdDSA');
  keySet = await serve(publish(key));
});
afterAll(() => keySet.close());

const start = async (env: Record<string, string>) =>
  startService({ DATA_DIR: await newDataDirectory(), LOG_LEVEL: 'info', ...env });
const warnings = (service: Service) => linesOf(service.stdout()).filter(({ level }) => level === 'warn');
const becomesReady = (service: Service) =>
  expect
    .poll(async () => (await service.send('GET', '/readyz', { token: null })).status, { timeout: 20_000 })
    .toBe(200);

describe('keys', () => {
  test('are fetched before the first token needs them', async () => {
    keySet.requests = 0;
    const service = await start({ JWT_JWKS_URL: keySet.url.href, JWT_AUDIENCE: 'tasks' });
    await becomesReady(service);
    expect(keySet.requests).toBe(1);
    const token = tokenOf(key, { ...claimsFor(newOwner()), aud: 'tasks' });
    expect((await service.send('GET', '/api/v1/session', { token })).status).toBe(200);
    expect(keySet.requests).toBe(1);
    expect(warnings(service)).toEqual([]);
  });

  test('that cannot be fetched are reported, and the service is ready without them', async () => {
    const nowhere = await serve((request) => request.socket.destroy());
    const service = await start({ JWT_JWKS_URL: nowhere.url.href, JWT_ISSUER: 'https://issuer.example' });
    await becomesReady(service);
    await service.until(() => service.stdout().includes('the key set could not be fetched'));
    expect(warnings(service)).toMatchObject([{ failures: 1, err: { name: 'TypeError' } }]);
    await nowhere.close();
  });
});

test('the limit on bad tokens does not depend on the one on owners; a secret alone causes a warning', async () => {
  const service = await start({ RATE_LIMIT: '0', JWT_SECRET: testSecret });
  const send = async (secret: string) => {
    const token = compact({ alg: 'HS256' }, claimsFor(newOwner()), hmac(secret));
    return (await service.send('GET', '/api/v1/session', { token })).status;
  };
  for (let n = 0; n < 100; n++) expect(await send('another secret')).toBe(401);
  expect(await send('another secret')).toBe(429);
  expect(await send(testSecret)).toBe(200);
  await service.end('SIGTERM');
  expect(warnings(service)).toMatchObject([{ msg: expect.stringContaining('JWT_AUDIENCE') }]);
});

test.each<[string, Record<string, string>, string[]]>([
  [
    'another audience',
    { JWT_AUDIENCE: 'tasks', JWT_ISSUER: 'https://id.example.com' },
    ['example.com/t/mcp'],
  ],
  [
    'an issuer without an address',
    { JWT_AUDIENCE: 'https://example.com/t/mcp', JWT_ISSUER: 'id' },
    ['ISSUER'],
  ],
  ['neither', { JWT_AUDIENCE: 'tasks' }, ['example.com/t/mcp', 'JWT_ISSUER']],
  ['both', { JWT_AUDIENCE: 'tasks,https://example.com/t/mcp', JWT_ISSUER: 'id,https://id.example.com' }, []],
])('agents that cannot sign in are reported: %s', async (_name, env, expected) => {
  const service = await start({
    ...{ MCP: 'true', PUBLIC_URL: 'https://example.com/t', JWT_SECRET: testSecret },
    ...env,
  });
  await service.end('SIGTERM');
  expect(warnings(service)).toMatchObject(expected.map((part) => ({ msg: expect.stringContaining(part) })));
});

test("the embedded database's own secret causes no warning", async () => {
  const service = await start({});
  await service.end('SIGTERM');
  expect(warnings(service)).toEqual([]);
});
