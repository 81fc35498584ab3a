// How an operation that will go away says so, on a contract made for the purpose: ours has none
// yet.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { createAuthenticate } from '../../src/auth/verify.ts';
import { loadContract } from '../../src/contract/document.ts';
import { type HttpServer, listen } from '../../src/http/server.ts';
import { createLogger } from '../../src/observability/log.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import type { Database } from '../../src/postgres/database.ts';
import { testSecret } from '../support/tokens.ts';

// None of the operations here asks anything of a database.
const database = {} as Database;

const appOf = async (marks: Record<string, unknown>) => {
  const contract = await loadContract();
  const document = structuredClone(contract.document) as unknown as {
    paths: Record<string, Record<string, object>>;
  };
  Object.assign(document.paths['/api/v1/session']?.get ?? {}, marks);
  return createApp({
    contract: { ...contract, document: document as never },
    authenticate: createAuthenticate({ key: { secret: testSecret } }),
    database,
    isReady: async () => true,
    log: createLogger('silent'),
    metrics: createMetrics(),
  });
};

describe('a deprecated operation', () => {
  let server: HttpServer;
  beforeAll(async () => {
    const marks = {
      deprecated: true,
      'x-deprecated-since': '2026-03-01',
      'x-sunset': '2026-12-31T23:59:59Z',
    };
    server = await listen((await appOf(marks)).callback(), { host: '127.0.0.1', port: 0 });
  });
  afterAll(() => server.drain(100));
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);

  test('reports since when and until when, on problems as well', async () => {
    const answer = await get('/api/v1/session');
    expect(answer.status).toBe(401);
    // RFC 9745: a structured date; RFC 8594: an HTTP date.
    expect(answer.headers.get('deprecation')).toBe(`@${Date.UTC(2026, 2, 1) / 1000}`);
    expect(answer.headers.get('sunset')).toBe('Thu, 31 Dec 2026 23:59:59 GMT');
  });

  test('leaves the others alone', async () => {
    const { headers } = await get('/healthz');
    expect(headers.get('deprecation')).toBeNull();
    expect(headers.get('sunset')).toBeNull();
  });
});

describe('the marks of a deprecation', () => {
  test('may leave out since when', async () => {
    const app = await appOf({ deprecated: true, 'x-sunset': '2026-12-31' });
    const server = await listen(app.callback(), { host: '127.0.0.1', port: 0 });
    const { headers } = await fetch(`http://127.0.0.1:${server.port}/api/v1/session`);
    await server.drain(100);
    expect(headers.get('deprecation')).toBe('@0');
    expect(headers.get('sunset')).toBe('Thu, 31 Dec 2026 00:00:00 GMT');
  });

  test.each([
    ['a sunset that is not a date', { deprecated: true, 'x-sunset': 'soon' }, /x-sunset is not a date/],
    ['a sunset without deprecation', { 'x-sunset': '2026-12-31' }, /x-sunset without deprecated/],
    [
      'a sunset before the deprecation',
      { deprecated: true, 'x-deprecated-since': '2027-01-01', 'x-sunset': '2026-12-31' },
      /x-sunset before x-deprecated-since/,
    ],
  ])('keep the service from starting with %s', async (_what, marks, message) => {
    await expect(appOf(marks)).rejects.toThrow(message);
  });
});
