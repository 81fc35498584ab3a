// The webhook of real processes: no end of a process loses a message, and two of them do not deliver
// the same one.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { isRealPostgres, queryPostgres } from '../support/postgres.ts';
import { newDataDirectory, type Service, startService } from '../support/process.ts';
import { newSecret, ownPostgres, type Receiver, startReceiver, verify } from '../support/receiver.ts';
import { testSecret, tokenFor } from '../support/tokens.ts';

const postgres = ownPostgres();

const tasksPath = '/api/v1/users/me/tasks';

const secret = newSecret();

const start = (url: string, more = {}): Promise<Service> =>
  startService({
    DATABASE_URL: postgres().url,
    DATABASE_PREPARED_STATEMENTS: String(postgres().preparedStatements),
    DATABASE_POOL_MAX: '3',
    JWT_SECRET: testSecret,
    RATE_LIMIT: '0',
    WEBHOOK_URL: url,
    WEBHOOK_SECRET: secret,
    ...more,
  });

/** Users, and the latest change of each that was acknowledged. */
const newLedger = async (count: number) => {
  const acknowledged = new Map<string, number>();
  const tokens = new Map<string, string>();
  for (let n = 0; n < count; n++) {
    const id = randomUUID();
    tokens.set(id, await tokenFor(id));
  }
  const write = async (service: Service, id: string): Promise<void> => {
    const options = { token: tokens.get(id) ?? null, json: { title: 'x' } };
    const { headers } = await service.send('POST', tasksPath, options);
    acknowledged.set(id, Math.max(Number(headers.get('change')), acknowledged.get(id) ?? 0));
  };
  const isReported = (receiver: Receiver): boolean =>
    [...acknowledged].every(([id, change]) =>
      receiver.of(id).some((message) => Number(message.change) >= change),
    );
  return { owners: [...tokens.keys()], acknowledged, write, isReported };
};

/** As if the time for which a process holds what it reports had passed. */
const passTime = () => queryPostgres(postgres().url, `UPDATE owner_clock SET notifying_until = now()`);

const unreported = async () =>
  (await queryPostgres(postgres().url, 'SELECT owner_id FROM owner_clock WHERE has_news')).length;

// The embedded Postgres has one session for all processes.
describe.runIf(isRealPostgres)('processes on one Postgres', () => {
  test('SIGKILL at any moment under load loses no message', { timeout: 60_000 }, async () => {
    const receiver = await startReceiver();
    // Some attempts are cut short by the kill.
    receiver.respond = async () => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
      return { status: 204 };
    };
    const { owners, acknowledged, write, isReported } = await newLedger(20);
    for (let round = 0; round < 2; round++) {
      const service = await start(receiver.url);
      let isKilled = false;
      const writers = owners.map(async (owner) => {
        while (!isKilled) await write(service, owner).catch(() => {});
      });
      await expect.poll(() => acknowledged.size).toBe(owners.length);
      isKilled = true;
      await service.end('SIGKILL');
      await Promise.all(writers);
      await passTime();
    }
    // What no one has reported yet is what the kills have cut off.
    expect(await unreported()).toBeGreaterThan(0);
    const service = await start(receiver.url);
    await expect.poll(unreported, { timeout: 20_000 }).toBe(0);
    expect(isReported(receiver)).toBe(true);
    for (const message of receiver.received) verify(message, secret);
    expect((await service.end('SIGINT')).code).toBe(0);
  });

  test('SIGKILL in the middle of a delivery repeats it, with the same id', { timeout: 60_000 }, async () => {
    const receiver = await startReceiver();
    receiver.respond = () => new Promise(() => {});
    const { owners, write } = await newLedger(1);
    const [owner = ''] = owners;
    const first = await start(receiver.url);
    await write(first, owner);
    await expect.poll(() => receiver.of(owner).length).toBe(1);
    await first.end('SIGKILL');
    receiver.respond = () => ({ status: 204 });
    // The next process finds that it is held, and waits for the end of that.
    await queryPostgres(
      postgres().url,
      `UPDATE owner_clock SET notifying_until = now() + interval '1500 milliseconds' WHERE owner_id = $1`,
      [owner],
    );
    await start(receiver.url);
    await expect.poll(() => receiver.of(owner).length).toBe(2);
    const [before, after] = receiver.of(owner);
    expect(after?.headers['webhook-id']).toBe(before?.headers['webhook-id']);
    await expect.poll(unreported).toBe(0);
  });

  test('a message that the receiver could not get is there after any number of restarts', {
    timeout: 60_000,
  }, async () => {
    const gone = await startReceiver();
    await gone.close();
    const { owners, write, isReported } = await newLedger(3);
    const first = await start(gone.url);
    for (const owner of owners) await write(first, owner);
    expect((await first.end('SIGTERM')).code).toBe(0);
    const second = await start(gone.url);
    await second.until(() => second.stdout().includes('"code":"ECONNREFUSED"'));
    expect((await second.end('SIGTERM')).code).toBe(0);
    // Nothing is held by a process that has ended cleanly.
    const receiver = await startReceiver({ port: Number(new URL(gone.url).port) });
    await start(receiver.url);
    await expect.poll(() => isReported(receiver)).toBe(true);
    await expect.poll(unreported).toBe(0);
  });

  test('two processes do not deliver the same message', { timeout: 60_000 }, async () => {
    const receiver = await startReceiver();
    receiver.respond = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { status: 204 };
    };
    const { owners, write, isReported } = await newLedger(10);
    const services = [await start(receiver.url), await start(receiver.url)];
    for (let n = 0; n < 5; n++) {
      await Promise.all(owners.flatMap((owner) => services.map((service) => write(service, owner))));
    }
    await expect.poll(() => isReported(receiver), { timeout: 15_000 }).toBe(true);
    await expect.poll(unreported).toBe(0);
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(ids.length);
    for (const service of services) expect((await service.end('SIGTERM')).code).toBe(0);
  });

  test('a clean end lets the delivery that is under way finish', { timeout: 60_000 }, async () => {
    const receiver = await startReceiver();
    let finish = () => {};
    receiver.respond = async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { status: 204 };
    };
    const { owners, write } = await newLedger(1);
    const service = await start(receiver.url);
    await write(service, owners[0] ?? '');
    await expect.poll(() => receiver.received.length).toBe(1);
    service.child.kill('SIGTERM');
    await service.until(() => service.stdout().includes('"msg":"draining"'));
    finish();
    expect((await service.exited).code).toBe(0);
    expect(await unreported()).toBe(0);
  });
});

test('the embedded database keeps what was not reported when its process is killed', {
  timeout: 120_000,
}, async () => {
  const gone = await startReceiver();
  await gone.close();
  const env = { DATA_DIR: await newDataDirectory(), WEBHOOK_URL: gone.url, WEBHOOK_SECRET: secret };
  const first = await startService(env);
  expect((await first.send('POST', tasksPath, { json: { title: 'x' } })).status).toBe(201);
  await first.until(() => first.stdout().includes('"code":"ECONNREFUSED"'));
  await first.end('SIGKILL');
  const receiver = await startReceiver({ port: Number(new URL(gone.url).port) });
  await startService(env);
  // If it was killed before it gave the news back, they are held for a minute.
  await expect.poll(() => receiver.of('dev').at(-1)?.change, { timeout: 75_000 }).toBe('1');
});
