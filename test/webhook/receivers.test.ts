// Receivers that break the rules of HTTP or bend them: none of them stops the webhook, holds one of its
// connections, keeps the process from ending, or gets attempts without a pause.
import { once } from 'node:events';
import net from 'node:net';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createGate } from '../../src/webhook/gate.ts';
import { secondsOf } from '../../src/webhook/send.ts';
import { createWebhook } from '../../src/webhook/webhook.ts';
import { queryPostgres } from '../support/postgres.ts';
import {
  fast,
  newSecret,
  ownPostgres,
  settingsFor,
  startReceiver,
  startWebhookApi,
} from '../support/receiver.ts';

const postgres = ownPostgres();

// Each test has the news of its own users only.
beforeEach(() => queryPostgres(postgres().url, 'UPDATE owner_clock SET has_news = false'));

/** A receiver that responds to what arrives on a connection with `bytes`, whatever HTTP says. */
const startRaw = async (bytes: string) => {
  const sockets = new Set<net.Socket>();
  let count = 0;
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket
      .on('error', () => {})
      .on('close', () => sockets.delete(socket))
      .once('data', () => {
        count += 1;
        socket.write(bytes);
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as net.AddressInfo;
  return { url: `http://127.0.0.1:${port}/hooks`, count: () => count, open: () => sockets.size };
};

/** As long as a test may wait: what depends on it does not happen. */
const never = 600_000;

test('101 is a refusal: its connection is closed, more attempts follow, and the process can end', async () => {
  const receiver = await startRaw(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  );
  const timing = { timeout: never, hold: never };
  const api = await startWebhookApi(receiver.url, { postgres: postgres(), timing });
  const user = await api.newUser();
  await user.create({ title: 'x' });
  // More than there are connections.
  await expect.poll(receiver.count).toBeGreaterThan(fast.receiver.width);
  const failures = api.logs.filter(({ msg }) => msg === 'a message of the webhook was not delivered');
  for (const failure of failures) expect(failure).toMatchObject({ status: 101 });
  await api.webhook?.drain(100);
  await expect.poll(receiver.open).toBe(0);
});

test('a response whose body does not end holds no connection', async () => {
  const receiver = await startRaw('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n');
  const api = await startWebhookApi(receiver.url, {
    postgres: postgres(),
    timing: { timeout: never, hold: never },
  });
  const users = await Promise.all(Array.from({ length: fast.receiver.width + 4 }, () => api.newUser()));
  for (const user of users) await user.create({ title: 'x' });
  await expect.poll(receiver.count).toBeGreaterThanOrEqual(users.length);
  await expect.poll(receiver.open).toBe(0);
});

test.each(['0', '-1', '0.001', 'Thu, 01 Jan 2015 00:00:00 GMT', 'soon'])(
  'Retry-After: %s does not shorten the pauses',
  async (value) => {
    const receiver = await startReceiver();
    receiver.respond = () => ({ status: 503, headers: { 'Retry-After': value } });
    const first = 200;
    const api = await startWebhookApi(receiver.url, {
      postgres: postgres(),
      timing: { receiver: { ...fast.receiver, first, longest: 60_000 } },
    });
    const user = await api.newUser();
    await user.create({ title: 'x' });
    await expect.poll(() => receiver.received.length).toBeGreaterThan(2);
    const times = receiver.received.map(({ at }) => at);
    // Half of the first pause is the shortest there is.
    for (const [n, at] of times.slice(1).entries())
      expect(at - (times[n] ?? at)).toBeGreaterThanOrEqual(first / 2);
  },
);

test('Retry-After is a number of digits or an IMF-fixdate, and nothing else', () => {
  const now = Date.parse('2026-11-26T12:00:00Z');
  expect(secondsOf('120', now)).toBe(120);
  expect(secondsOf('Thu, 26 Nov 2026 12:01:00 GMT', now)).toBe(60);
  expect(secondsOf('Thu, 26 Nov 2026 11:00:00 GMT', now)).toBe(0);
  for (const value of ['-1', '0.5', '1e9', 'Nov 26 2026', '2026-11-26T13:00:00Z', 'soon', '', undefined])
    expect([value, secondsOf(value, now)]).toEqual([value, null]);
});

test('the pause is the longer one: what the receiver asks for, or what the failures amount to', () => {
  const gate = createGate({ first: 1000, longest: 3_600_000, active: 60_000, width: 8 });
  expect(gate.fail(0, 0)).toBe(1000);
  expect(gate.fail(10_000, 5000)).toBe(5000);
  for (let n = 0; n < 20; n++) gate.fail(gate.opensAt, 0);
  const start = gate.opensAt;
  expect(gate.fail(start, 0)).toBeGreaterThanOrEqual(1_800_000);
  // Activity shortens its own pause, and not the one that was asked for.
  gate.hasten();
  expect(gate.opensAt).toBe(start + 60_000);
  gate.fail(gate.opensAt, 600_000);
  gate.hasten();
  expect(gate.opensAt).toBe(start + 60_000 + 600_000);
});

test('the end of the process does not wait for a database that never responds', async () => {
  const never = () => new Promise<never>(() => {});
  const webhook = createWebhook({
    settings: settingsFor('http://127.0.0.1:9/hooks', newSecret()),
    outbox: { take: never, done: never, giveBack: never },
    databases: [],
    observer: { attempted: () => {}, report: () => {} },
    outside: (work) => work(),
  });
  webhook.written('alice');
  await webhook.drain(10);
  expect(webhook.state().waiting).toBe(1);
});
