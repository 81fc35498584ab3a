// The webhook does not disturb a database that sleeps: without one configured, no statement is for it;
// with one, an idle process sends none.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Api, startApi } from '../support/app.ts';
import { fast, ownPostgres, startReceiver, startWebhookApi } from '../support/receiver.ts';

const postgres = ownPostgres();

const statementsOf = (api: Api) =>
  api.logs.filter(({ msg }) => msg === 'database').map(({ statement }) => String(statement));

const ofWebhook = /news|(?:announce|clear|give)_erasure/;

test('without a webhook nothing is asked about it', async () => {
  const api = await startApi({ postgres: postgres(), logLevel: 'debug' });
  try {
    const user = await api.newUser();
    await user.create({ title: 'x' });
    expect((await user.send('DELETE', '/api/v1/users/me')).status).toBe(200);
    await expect.poll(() => statementsOf(api)).toContain('find_erasures');
    expect(statementsOf(api).filter((name) => ofWebhook.test(name))).toEqual([]);
    expect((await api.send('GET', '/metrics')).text).not.toContain('webhook');
  } finally {
    await api.close();
  }
});

test('an idle process sends no statement, and a scan only follows a write', async () => {
  const receiver = await startReceiver();
  const api = await startWebhookApi(receiver.url, {
    postgres: postgres(),
    logLevel: 'debug',
    timing: { scanInterval: 50 },
  });
  const user = await api.newUser();
  await user.create({ title: 'x' });
  await expect.poll(() => receiver.of(user.id).length).toBe(1);
  // Many times the pauses of this webhook, and of the scans; what is in progress ends first.
  let length = 0;
  const isQuiet = (): boolean => {
    const before = length;
    length = statementsOf(api).length;
    return length === before;
  };
  await expect.poll(isQuiet, { interval: 10 * fast.rest }).toBe(true);
  await sleep(20 * fast.rest);
  expect(statementsOf(api)).toHaveLength(length);
  await user.create({ title: 'y' });
  await expect.poll(() => statementsOf(api).slice(length)).toContain('find_news');
});
