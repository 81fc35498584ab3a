// Readiness behind a proxy that spreads owners over several databases, some of which are down. A
// probe has the same result on each, so one that responds is enough. The proxy in this test
// responds like PgDog for those that are down.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startApi } from '../support/app.ts';
import { startPostgres } from '../support/postgres.ts';

// PostgreSQL, section 55.7: ErrorResponse, then ReadyForQuery.
const checkoutTimeout = (() => {
  const fields = Buffer.from('SERROR\0VERROR\0C58000\0Mcheckout timeout\0\0');
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields, Buffer.from('Z\0\0\0\x05I')]);
})();

/**
 * Forwards to `url`, except statements without an owner if `isAway` is true for the database that
 * they are sent to.
 */
const startRouter = async (url: string, isAway: () => boolean): Promise<string> => {
  const target = new URL(url);
  const [port, host] = [Number(target.port), target.hostname];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) sockets.add(socket.setNoDelay().on('error', () => {}));
    client
      .on('close', () => upstream.destroy())
      .on('data', (chunk: Buffer) => {
        const namesNoOwner = /FROM (?:schema_migrations|sync_secret)/.test(chunk.toString('latin1'));
        if (namesNoOwner && isAway()) client.write(checkoutTimeout);
        else upstream.write(chunk);
      });
    upstream.on('close', () => client.destroy()).pipe(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  target.port = String((server.address() as AddressInfo).port);
  return target.href;
};

const startRouted = async (isAway: () => boolean, shardingKey?: string) => {
  const postgres = await startPostgres();
  // Without a pooler and without TLS: the router reads what it forwards.
  const direct = new URL(process.env.TEST_DATABASE_URL_UNPOOLED ?? postgres.url);
  direct.search = '?sslmode=disable';
  const url = await startRouter(direct.href, isAway);
  const api = await startApi({ postgres: { ...postgres, url }, ...(shardingKey && { shardingKey }) });
  onTestFinished(() => api.close());
  return { ...api, ready: async () => (await api.send('GET', '/readyz')).status };
};

describe('with a sharding key the service', () => {
  test('is ready while one of the databases responds', async () => {
    let asked = 0;
    const api = await startRouted(() => ++asked % 3 !== 0, 'pgdog.sharding_key');
    await expect.poll(api.ready, { timeout: 15_000 }).toBe(200);
    expect(asked).toBeGreaterThanOrEqual(3);
    const user = await api.newUser();
    expect((await user.send('GET', 'task-changes')).status).toBe(200);
  });

  test('is not ready while none responds, and stops probing', async () => {
    let asked = 0;
    const api = await startRouted(() => ++asked > 0, 'pgdog.sharding_key');
    expect(await api.ready()).toBe(503);
    expect(asked).toBeLessThanOrEqual(8);
  });
});

test('without one, it probes once', async () => {
  let asked = 0;
  const api = await startRouted(() => ++asked === 1);
  expect(await api.ready()).toBe(503);
  expect(asked).toBe(1);
});
