// Readiness behind a proxy that spreads owners over several databases, some of which are away: what a probe asks is the
// same on each, so one that responds is enough. The proxy here refuses the keys of the databases that are away, as a
// proxy does whose connection to them breaks.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startApi } from '../support/app.ts';
import { startPostgres } from '../support/postgres.ts';

/** Forwards to `url`, and closes each connection that names a key which `isAway` does not want. */
const startRouter = async (url: string, isAway: (key: string) => boolean): Promise<string> => {
  const target = new URL(url);
  const [port, host] = [Number(target.port), target.hostname];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, host);
    for (const socket of [client, upstream]) sockets.add(socket.setNoDelay().on('error', () => {}));
    client
      .on('close', () => upstream.destroy())
      .on('data', (chunk: Buffer) => {
        const key = /SET LOCAL pgdog\.sharding_key TO '([^']*)'/.exec(chunk.toString('latin1'))?.[1];
        if (key !== undefined && isAway(key)) client.destroy();
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

const startSharded = async (isAway: (key: string) => boolean) => {
  const postgres = await startPostgres();
  const url = await startRouter(postgres.url, isAway);
  const api = await startApi({ postgres: { ...postgres, url }, shardingKey: 'pgdog.sharding_key' });
  onTestFinished(() => api.close());
  return api;
};

describe('behind a sharding proxy the service', () => {
  test('is ready while one of the databases responds, and each probe asks with another key', async () => {
    const keys: string[] = [];
    const api = await startSharded((key) => keys.push(key) % 3 !== 0);
    await expect.poll(async () => (await api.send('GET', '/readyz')).status, { timeout: 15_000 }).toBe(200);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThanOrEqual(3);
    // The secret of the change tokens is read the same way.
    const user = await api.newUser();
    expect((await user.send('GET', 'task-changes')).status).toBe(200);
  });

  test('is not ready while none responds, and stops asking', async () => {
    const keys: string[] = [];
    const api = await startSharded((key) => keys.push(key) > 0);
    expect((await api.send('GET', '/readyz')).status).toBe(503);
    expect(keys.length).toBeLessThanOrEqual(8 * 8);
  });
});
