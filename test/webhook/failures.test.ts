// What the webhook does when the receiver does not respond as it should: nothing is lost, one message
// that is refused does not stop the others, and a receiver that is down gets single attempts.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Api } from '../support/app.ts';
import { queryPostgres } from '../support/postgres.ts';
import { newDirectory } from '../support/process.ts';
import { fast, ownPostgres, type Receiver, startReceiver, startWebhookApi } from '../support/receiver.ts';
import { makeCertificates } from '../support/testbed/certificates.ts';

const postgres = ownPostgres();
const startWith = (url: string, timing = {}) => startWebhookApi(url, { postgres: postgres(), timing });

const failuresIn = (api: Api) =>
  api.logs.filter(({ msg }) => msg === 'a message of the webhook was not delivered');

/** Each of the users has a change. */
const usersOf = async (api: Api, count: number) => {
  const users = await Promise.all(Array.from({ length: count }, () => api.newUser()));
  for (const user of users) await user.create({ title: 'x' });
  return users;
};

const isToldOf = (receiver: Receiver, users: readonly { readonly id: string }[]) => () =>
  users.every(({ id }) => receiver.of(id).length > 0);

test('a receiver that is down gets all messages when it is back, and the log has the code', async () => {
  const gone = await startReceiver();
  const { url } = gone;
  await gone.close();
  const api = await startWith(`${url}?token=hunter2`);
  const users = await usersOf(api, 20);
  await expect.poll(() => failuresIn(api).length).toBeGreaterThan(2);
  expect(failuresIn(api)[0]).toMatchObject({ level: 'warn', code: 'ECONNREFUSED' });
  const back = await startReceiver({ port: Number(new URL(url).port) });
  await expect.poll(isToldOf(back, users)).toBe(true);
  await expect.poll(() => JSON.stringify(api.logs)).toContain('the webhook is delivered again');
  expect(JSON.stringify(api.logs)).not.toMatch(/hunter2|whsec_/);
});

test('while it fails, one attempt at a time is made, whatever waits', async () => {
  const receiver = await startReceiver();
  receiver.respond = () => ({ status: 503 });
  const api = await startWith(receiver.url, { receiver: { ...fast.receiver, first: 100, longest: 2000 } });
  const users = await usersOf(api, 50);
  await expect.poll(() => receiver.received.length).toBeGreaterThan(1);
  // Those of the first moment, and then few, however long it took: 50 owners have written 50 times.
  expect(receiver.received.length).toBeLessThan(40);
  receiver.respond = () => ({ status: 204 });
  await expect.poll(isToldOf(receiver, users)).toBe(true);
});

test.each([429, 503])('%i with Retry-After is respected', async (status) => {
  const receiver = await startReceiver();
  receiver.respond = () => ({ status, headers: { 'Retry-After': '1' } });
  const api = await startWith(receiver.url, { receiver: { ...fast.receiver, longest: 60_000 } });
  const [user] = await usersOf(api, 1);
  await expect.poll(() => receiver.received.length).toBe(1);
  receiver.respond = () => ({ status: 204 });
  for (let n = 0; n < 5; n++) await user?.create({ title: 'x' });
  await expect.poll(() => receiver.received.length).toBeGreaterThan(1);
  const [first, second] = receiver.received;
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(900);
});

test('a message that alone is refused does not stop the others, and comes again', async () => {
  const receiver = await startReceiver();
  const api = await startWith(receiver.url);
  const [bad, ...others] = await Promise.all(Array.from({ length: 10 }, () => api.newUser()));
  receiver.respond = ({ owner }) => ({ status: owner === bad?.id ? 500 : 200 });
  await bad?.create({ title: 'x' });
  await expect.poll(() => receiver.of(bad?.id ?? '').length).toBeGreaterThan(1);
  for (const user of others) await user.create({ title: 'x' });
  await expect.poll(isToldOf(receiver, others)).toBe(true);
  const { length } = receiver.of(bad?.id ?? '');
  receiver.respond = () => ({ status: 200 });
  await expect.poll(() => receiver.of(bad?.id ?? '').length).toBeGreaterThan(length);
  const last = receiver.of(bad?.id ?? '').length;
  await expect
    .poll(() => queryPostgres(api.postgres.url, 'SELECT owner_id FROM owner_clock WHERE has_news'))
    .toEqual([]);
  expect(receiver.of(bad?.id ?? '').length).toBe(last);
});

test('410 stops the webhook until a restart, which begins with what was not reported', async () => {
  const receiver = await startReceiver();
  receiver.respond = () => ({ status: 410 });
  const api = await startWith(receiver.url);
  const users = await usersOf(api, 1);
  await expect.poll(() => api.webhook?.state().isStopped).toBe(true);
  const more = await usersOf(api, 3);
  expect(receiver.received).toHaveLength(1);
  expect(api.logs.filter(({ level }) => level === 'error')).toHaveLength(1);
  expect((await api.send('GET', '/metrics')).text).toMatch(/^webhook_stopped 1$/m);
  receiver.respond = () => ({ status: 204 });
  await startWith(receiver.url);
  await expect.poll(isToldOf(receiver, [...users, ...more])).toBe(true);
});

test('a redirect is a failure and is not followed', async () => {
  const [receiver, target] = [await startReceiver(), await startReceiver()];
  receiver.respond = () => ({ status: 307, headers: { Location: target.url } });
  const api = await startWith(receiver.url);
  await usersOf(api, 1);
  await expect.poll(() => receiver.received.length).toBeGreaterThan(1);
  expect(target.connections()).toBe(0);
  expect(failuresIn(api)[0]).toMatchObject({ status: 307 });
});

test('a slow receiver is a failure after the time limit, and writes do not wait for it', async () => {
  const receiver = await startReceiver();
  receiver.respond = () => new Promise(() => {});
  const api = await startWith(receiver.url, { timeout: 200 });
  const users = await usersOf(api, 10);
  await expect.poll(() => failuresIn(api).length).toBeGreaterThan(0);
  expect(failuresIn(api)[0]).toMatchObject({ code: 'timeout' });
  receiver.respond = () => ({ status: 204 });
  await expect.poll(isToldOf(receiver, users)).toBe(true);
});

test('a response of any length is a success by its status, and its rest is not read', async () => {
  const receiver = await startReceiver();
  receiver.respond = () => ({ status: 200, body: 'x'.repeat(50_000_000) });
  const api = await startWith(receiver.url);
  const users = await usersOf(api, 3);
  await expect.poll(isToldOf(receiver, users)).toBe(true);
  await expect
    .poll(() => queryPostgres(api.postgres.url, 'SELECT owner_id FROM owner_clock WHERE has_news'))
    .toEqual([]);
});

test('a certificate that no one vouches for is a failure, and nothing is sent', async () => {
  const { key, certificate } = makeCertificates(await newDirectory());
  const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(certificate, 'utf8') };
  const receiver = await startReceiver({ tls });
  const api = await startWith(receiver.url);
  await usersOf(api, 1);
  await expect.poll(() => failuresIn(api).length).toBeGreaterThan(0);
  expect(failuresIn(api)[0]).toMatchObject({ code: expect.stringMatching(/CERT|SIGNATURE/) });
  expect(receiver.received).toEqual([]);
});
