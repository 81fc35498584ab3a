// What the receiver of the webhook gets: messages by Standard Webhooks, verified with their library.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { queryPostgres } from '../support/postgres.ts';
import {
  newSecret,
  ownPostgres,
  type Receiver,
  startReceiver,
  startWebhookApi,
  verify,
} from '../support/receiver.ts';

const postgres = ownPostgres();

const startWith = (receiver: Receiver, secret?: string) =>
  startWebhookApi(receiver.url, { postgres: postgres(), ...(secret !== undefined && { secret }) });

describe('a message', () => {
  test('is verified by the library of Standard Webhooks, and names the owner and the change', async () => {
    const secret = newSecret();
    const receiver = await startReceiver();
    const api = await startWith(receiver, secret);
    const user = await api.newUser();
    const { headers } = await user.send('POST', 'tasks', { json: { title: 'x' } });
    await expect.poll(() => receiver.of(user.id).length).toBe(1);
    const [message] = receiver.of(user.id);
    if (message === undefined) throw new Error('no message');
    expect(verify(message, secret)).toEqual({
      type: 'tasks.changed',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: { owner_id: user.id, change: headers.get('change') },
    });
    expect(message.headers['content-type']).toBe('application/json');
    expect(message.headers['webhook-id']).toMatch(/^msg_[\w-]{32}$/);
    expect(() => verify(message, newSecret())).toThrow();
    expect(() => verify({ ...message, body: `${message.body} ` }, secret)).toThrow();
  });

  test('is signed by each secret, so that a receiver can know either while they change', async () => {
    const [old, next] = [newSecret(), newSecret()];
    const receiver = await startReceiver();
    const api = await startWith(receiver, `${old} ${next}`);
    const user = await api.newUser();
    await user.create({ title: 'x' });
    await expect.poll(() => receiver.of(user.id).length).toBe(1);
    const [message] = receiver.of(user.id);
    if (message === undefined) throw new Error('no message');
    expect(message.headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [old, next]) expect(() => verify(message, secret)).not.toThrow();
    expect(() => verify(message, `whsec_${randomBytes(32).toString('base64')}`)).toThrow();
  });

  test('is repeated with the same id, and the time and signature of the attempt', async () => {
    const secret = newSecret();
    const receiver = await startReceiver();
    receiver.respond = () => ({ status: receiver.received.length < 3 ? 500 : 204 });
    const api = await startWith(receiver, secret);
    const user = await api.newUser();
    await user.create({ title: 'x' });
    await expect.poll(() => receiver.of(user.id).length).toBe(3);
    const messages = receiver.of(user.id);
    expect(new Set(messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const message of messages) verify(message, secret);
    await user.create({ title: 'y' });
    await expect.poll(() => receiver.of(user.id).length).toBe(4);
    expect(new Set(receiver.of(user.id).map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  });
});

test('a write that changes nothing is not reported', async () => {
  const receiver = await startReceiver();
  const api = await startWith(receiver);
  const user = await api.newUser();
  const task = await user.create({ title: 'x' });
  await user.send('PATCH', `tasks/${task.id}/complete`);
  await expect.poll(() => receiver.of(user.id).at(-1)?.change).toBe('2');
  const { length } = receiver.of(user.id);
  await user.send('PATCH', `tasks/${task.id}/complete`);
  await user.send('PATCH', `tasks/${task.id}`, { json: { title: 'y' }, headers: { 'If-Match': '"99"' } });
  // A later change shows that nothing came in between.
  await user.create({ title: 'z' });
  await expect.poll(() => receiver.of(user.id).at(-1)?.change).toBe('3');
  expect(receiver.of(user.id)).toHaveLength(length + 1);
});

test('a burst is few messages: the first at once, the last with the last change', async () => {
  const receiver = await startReceiver();
  // Long beside a write, however slow the machine is.
  const rest = 500;
  const api = await startWebhookApi(receiver.url, { postgres: postgres(), timing: { rest } });
  const user = await api.newUser();
  for (let n = 0; n < 60; n++) await user.create({ title: 'x' });
  await expect.poll(() => receiver.of(user.id).at(-1)?.change).toBe('60');
  const messages = receiver.of(user.id);
  expect(messages[0]?.change).toBe('1');
  const span = (messages.at(-1)?.at ?? 0) - (messages[0]?.at ?? 0);
  expect(messages.length).toBeLessThanOrEqual(span / rest + 2);
  expect(messages.length).toBeLessThan(60);
});

test('deleting everything is reported, and nothing of the owner remains afterwards', async () => {
  const receiver = await startReceiver();
  const api = await startWith(receiver);
  const user = await api.newUser();
  await user.create({ title: 'x' });
  await expect.poll(() => receiver.of(user.id).length).toBe(1);
  const since = (await user.send('GET', 'task-changes')).json.next_since;
  expect((await user.send('DELETE', '/api/v1/users/me')).status).toBe(200);
  await expect.poll(() => receiver.of(user.id).length).toBe(2);
  expect(receiver.of(user.id).at(-1)?.change).toBeNull();
  expect((await user.send('GET', `task-changes?since=${since}`)).status).toBe(410);
  const left = () =>
    queryPostgres(
      api.postgres.url,
      'SELECT owner_id FROM erased_owners WHERE owner_id = $1 UNION ALL SELECT owner_id FROM owner_clock WHERE owner_id = $1',
      [user.id],
    );
  await expect.poll(left).toEqual([]);
  // What the owner begins anew has other ids.
  await user.create({ title: 'x' });
  await expect.poll(() => receiver.of(user.id).length).toBe(3);
  expect(new Set(receiver.of(user.id).map(({ headers }) => headers['webhook-id'])).size).toBe(3);
});
