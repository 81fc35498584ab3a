// What each signal does to the process: those that end it drain it, the others leave it alone.
import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  linesOf,
  newDirectory,
  run,
  type Service,
  silentDatabase,
  startService,
} from '../support/process.ts';
import { childrenOf } from '../support/testbed/programs.ts';
import { testSecret, tokenFor } from '../support/tokens.ts';

/** The service in production, on a database that keeps each request waiting for `timeout` milliseconds. */
const startInProduction = async (timeout: string, env: Readonly<Record<string, string>> = {}) =>
  startService({
    NODE_ENV: 'production',
    DATABASE_URL: await silentDatabase(),
    DATABASE_CONNECT_TIMEOUT_MS: timeout,
    DATABASE_TIMEOUT_MS: timeout,
    JWT_SECRET: testSecret,
    ...env,
  });

/** A request that waits for the database. */
const sendWaiting = async (service: Service) => {
  const token = await tokenFor('waits');
  const answer = service.send('GET', '/api/v1/users/me/tasks', { token }).catch(() => null);
  await expect.poll(() => service.send('GET', '/healthz').then(({ status }) => status)).toBe(200);
  return { answer };
};

const longEnough = '600000';

describe('a signal', { timeout: 60_000 }, () => {
  test.each(['SIGUSR1', 'SIGUSR2', 'SIGPIPE'] as const)(
    '%s neither ends the process nor opens the inspector',
    async (signal) => {
      const service = await startInProduction('1000');
      service.child.kill(signal);
      // A separate thread opens the inspector: it has all this time.
      await (await sendWaiting(service)).answer;
      expect((await service.send('GET', '/healthz')).status).toBe(200);
      expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(service.stderr()).not.toContain('Debugger');
    },
  );

  test('SIGHUP drains: requests in progress get their responses', async () => {
    const service = await startInProduction('1500');
    const { answer } = await sendWaiting(service);
    expect(await service.end('SIGHUP')).toEqual({ code: 0, signal: null });
    expect((await answer)?.status).toBe(503);
    expect(linesOf(service.stdout()).at(-1)).toMatchObject({ msg: 'stopped' });
  });

  test.each([
    ['SHUTDOWN_DELAY_MS', 'SIGTERM'],
    ['SHUTDOWN_TIMEOUT_MS', 'SIGINT'],
  ] as const)('sent a second time cuts %s short: %s', async (variable, second) => {
    const service = await startInProduction('20000', {
      SHUTDOWN_TIMEOUT_MS: longEnough,
      [variable]: longEnough,
    });
    await sendWaiting(service);
    service.child.kill('SIGTERM');
    await service.until(() => service.stdout().includes('"msg":"draining"'));
    // The same request to stop, passed on by a shell or by npm, is not a second one, and SIGHUP
    // never is.
    service.child.kill('SIGTERM');
    service.child.kill('SIGINT');
    await sleep(1100);
    service.child.kill('SIGHUP');
    await sleep(1100);
    expect(service.stdout()).not.toContain('a second signal');
    expect(await service.end(second)).toEqual({ code: 0, signal: null });
    expect(service.stdout()).toContain('a second signal');
  });

  test.each(['SIGHUP', 'SIGINT', 'SIGTERM'] as const)(
    '%s during the start ends the process',
    async (signal) => {
      const directory = await newDirectory();
      const program = run('src/start.js', [], { DATA_DIR: directory, PORT: '0' });
      // The embedded database is being created: the service is not listening for a while.
      await expect
        .poll(() => readdir(directory).then(({ length }) => length), { timeout: 20_000 })
        .toBeGreaterThan(0);
      expect(await program.end(signal)).toEqual({ code: null, signal });
      expect(program.stdout()).toBe('');
    },
  );
});

describe('with several workers', { timeout: 60_000 }, () => {
  const start = async (env: Readonly<Record<string, string>> = {}) => {
    const service = await startInProduction('1500', { WEB_CONCURRENCY: '2', ...env });
    await service.until(() => service.stdout().match(/"msg":"listening"/g)?.length === 2);
    return service;
  };

  test('SIGUSR1 and SIGUSR2 leave the primary and each worker alone', async () => {
    const service = await start();
    const pids = [service.child.pid ?? 0, ...(await childrenOf(service.child))];
    expect(pids).toHaveLength(3);
    for (const pid of pids) for (const signal of ['SIGUSR1', 'SIGUSR2']) process.kill(pid, signal);
    await (await sendWaiting(service)).answer;
    expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(service.stderr()).not.toContain('Debugger');
    expect(service.stdout()).not.toContain('crashed');
  });

  test('SIGHUP drains all of them, and a second signal reaches them', async () => {
    const service = await start({ SHUTDOWN_DELAY_MS: longEnough });
    service.child.kill('SIGHUP');
    await service.until(() => service.stdout().match(/"msg":"draining"/g)?.length === 2);
    await sleep(1100);
    expect(await service.end('SIGINT')).toEqual({ code: 0, signal: null });
    expect(linesOf(service.stdout()).filter(({ msg }) => msg === 'stopped')).toHaveLength(2);
  });
});
