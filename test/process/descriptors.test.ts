// The limit on open files: connections stop before it, so that everything else can still open
// files, and the log reports it. At the limit itself, Node accepts connections and closes them
// without reporting it.
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { headOf, sendAndIgnore } from '../support/hostile.ts';
import { startPostgres } from '../support/postgres.ts';
import { linesOf, type Service, startService } from '../support/process.ts';
import { eventually } from '../support/testbed/programs.ts';
import { newOwner, testSecret, tokenFor } from '../support/tokens.ts';

const startWithFiles = async (files: number): Promise<Service> => {
  const postgres = await startPostgres();
  onTestFinished(postgres.close);
  return startService(
    {
      DATABASE_URL: postgres.url,
      DATABASE_POOL_MAX: '1',
      DATABASE_PREPARED_STATEMENTS: String(postgres.preparedStatements),
      JWT_SECRET: testSecret,
    },
    { files },
  );
};

test('connections that would use up the open files are refused, and idle ones make room', async () => {
  const service = await startWithFiles(100);
  const told = () => linesOf(service.stdout()).filter(({ level }) => level === 'warn');
  const [atStart] = told().filter(({ msg }) => String(msg).includes('MAX_CONNECTIONS'));
  expect(Number(atStart?.connections)).toBeGreaterThan(10);
  expect(Number(atStart?.connections)).toBeLessThan(60);

  // A client with its own connection, open before and after.
  const agent = new Agent({ keepAlive: true, maxSockets: 1, localAddress: '127.0.0.3' });
  onTestFinished(() => agent.destroy());
  const token = await tokenFor(newOwner());
  const ask = async (): Promise<number | undefined> => {
    const headers = { Authorization: `Bearer ${token}` };
    const asked = request({
      agent,
      host: '127.0.0.1',
      port: service.port,
      path: '/api/v1/users/me/tasks',
      headers,
    });
    const [response] = await once(asked.end(), 'response');
    await once(response.resume(), 'end');
    return response.statusCode;
  };
  await eventually(15_000, async () => expect(await ask()).toBe(200));

  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  // From three addresses, each with less than its share.
  for (let n = 0; n < 150; n++) {
    const address = `127.0.0.${10 + (n % 3)}`;
    sockets.push(sendAndIgnore(service.url, headOf('GET', '/healthz'), address).resume());
  }
  await service.until(() => told().some(({ msg }) => msg === 'no room for more connections'));
  for (let n = 0; n < 5; n++) expect(await ask()).toBe(200);
  // A new one, in place of the connection that has been idle longest.
  await eventually(5000, async () => expect((await service.send('GET', '/readyz')).status).toBe(200));
  for (const socket of sockets) socket.destroy();
  expect(await ask()).toBe(200);
  // One line, however many connections were refused.
  expect(told().filter(({ msg }) => msg === 'no room for more connections')).toHaveLength(1);
  expect((await service.end('SIGTERM')).code).toBe(0);
});
