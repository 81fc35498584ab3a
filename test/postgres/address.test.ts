import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, readMaintenanceConfig } from '../../src/config.ts';
import { parseAddress, unpooled } from '../../src/postgres/address.ts';
import { startApi } from '../support/app.ts';

const neon =
  'postgresql://alex:pa%40ss@ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech/neondb?sslmode=require&channel_binding=require';

describe('a Postgres URL', () => {
  test("of Neon works as it is pasted: certificate and name verified, channel bound, the pooler's host", () => {
    expect(parseAddress(neon)).toMatchObject({
      host: 'ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech',
      port: 5432,
      user: 'alex',
      password: 'pa@ss',
      database: 'neondb',
      ssl: { rejectUnauthorized: true },
      enableChannelBinding: true,
      channelBindingRequired: true,
    });
    expect(parseAddress(neon).ssl).not.toHaveProperty('checkServerIdentity');
    expect(parseAddress(neon.replace('postgresql:', 'postgres:'))).toMatchObject({ user: 'alex' });
  });

  test('with options=endpoint%3D... sends the endpoint when it connects', async () => {
    const startup = Promise.withResolvers<string>();
    const server = createServer((socket) =>
      socket
        .on('error', () => {})
        .once('data', (bytes) => {
          startup.resolve(bytes.toString('latin1'));
          socket.destroy();
        }),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const databaseUrl = `postgres://u:p@127.0.0.1:${port}/d?options=endpoint%3Dep-cool-darkness-123456`;
    const api = await startApi({ databaseUrl, timeout: 300 });
    try {
      expect((await api.send('GET', '/readyz')).status).toBe(503);
      expect(await startup.promise).toContain('options\0endpoint=ep-cool-darkness-123456\0');
    } finally {
      await api.close();
      server.close();
    }
  });

  test.each([
    ['a public host without sslmode', 'postgres://u@db.example.com/d', { rejectUnauthorized: true }],
    [
      'sslmode=require to a public host',
      'postgres://u@db.example.com/d?sslmode=require',
      { rejectUnauthorized: true },
    ],
    ['sslmode=no-verify', 'postgres://u@db.example.com/d?sslmode=no-verify', { rejectUnauthorized: false }],
    ['sslmode=verify-full', 'postgres://u@127.0.0.1/d?sslmode=verify-full', { rejectUnauthorized: true }],
    [
      'sslmode=require to a private host',
      'postgres://u@10.1.2.3/d?sslmode=require',
      { rejectUnauthorized: false },
    ],
    ['a private host without sslmode', 'postgres://u@db/d', false],
    ['sslmode=disable', 'postgres://u@db.example.com/d?sslmode=disable', false],
  ])('with %s', (_what, url, ssl) => {
    expect(parseAddress(url).ssl).toEqual(ssl);
  });

  test.each([
    ['mysql://u@h/d', 'must be a postgres:// or postgresql:// address'],
    ['postgres://u@h/d?sslmode=prefer', 'sslmode must be one of'],
    ['postgres://u@h1,h2:5432/d', 'names several hosts, and only one can be honoured'],
    [
      'postgres://u:1234?hunter2@h/d',
      'what follows the question mark is a parameter that cannot be honoured',
    ],
    [
      'postgres://u@h/d?sslmode=verify-full&sslrootcert=package.json',
      'sslrootcert names a file without a certificate',
    ],
    ['postgres://u@h/d?sslmode=require&sslcert=/c', 'sslcert is a parameter that cannot be honoured'],
    ['postgres://u@h/d?sslmode=disable&channel_binding=require', 'channel_binding=require needs TLS'],
    ['postgres://u@h/d?statement_timeout=5000', 'npm run limits'],
    ['postgres://u:top%secret@h/d', 'broken percent-escape'],
    ['postgres://u@h/d?sslmode=verify-full&sslrootcert=/nowhere', 'cannot be read'],
    ['postgres://u@h/d?sslmode=disable&sslmode=require', 'sslmode appears twice'],
  ])('%s is refused before anything starts, in one line without its secrets', (url, reason) => {
    const read = () => readConfig({ DATABASE_URL: url, JWT_SECRET: 'x'.repeat(32) });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(`DATABASE_URL: ${reason}`.split(': ')[0]);
    expect(read).toThrow(reason);
    expect(read).not.toThrow('secret@');
  });

  test("migrations go past Neon's pooler by themselves", () => {
    expect(unpooled(neon)).toContain('@ep-cool-darkness-123456.us-east-2.aws.neon.tech/');
    expect(unpooled('postgres://u@db-pooler.example.com/d')).toContain('db-pooler');
    expect(readMaintenanceConfig({ DATABASE_URL: neon }).urls).toEqual([unpooled(neon)]);
  });
});
