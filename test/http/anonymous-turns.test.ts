// What no token identifies takes turns, so that any number of connections delay others by one of
// their requests.
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTurns } from '../../src/http/anonymous-turns.ts';
import { claimsFor, compact, hmac } from '../auth/issuer.ts';
import { type Api, startApi, type User } from '../support/app.ts';
import { headOf, sendAndIgnore } from '../support/hostile.ts';
import { eventually } from '../support/testbed/programs.ts';

const turnOfLoop = () => new Promise((later) => setImmediate(later));

/** As much of a response as turns look at. */
const newResponse = () => Object.assign(new EventEmitter(), { closed: false }) as unknown as ServerResponse;

describe('turns', () => {
  test('begin one in each turn of the event loop, key by key', async () => {
    const turns = createTurns();
    const begun: string[] = [];
    const take = (key: string) =>
      void Promise.resolve(turns.take(key, newResponse())).then(() => begun.push(key));
    for (const key of ['many', 'many', 'many', 'many', 'few', 'few', 'one']) take(key);
    const counts: number[] = [];
    for (let n = 0; n < 8; n++) {
      await turnOfLoop();
      counts.push(begun.length);
    }
    expect(begun).toEqual(['many', 'many', 'few', 'one', 'many', 'few', 'many']);
    counts.reduce((before, count) => {
      expect(count - before).toBeLessThanOrEqual(2);
      return count;
    }, 0);
  });

  test('are left when the response closes', async () => {
    const turns = createTurns();
    const begun: string[] = [];
    turns.take('first', newResponse());
    const leaving = newResponse();
    void turns.take('a', leaving)?.then(() => begun.push('left'));
    void turns.take('a', newResponse())?.then(() => begun.push('a'));
    leaving.emit('close');
    for (let n = 0; n < 4; n++) await turnOfLoop();
    expect(begun).toEqual(['left', 'a']);
    // The next one need not wait.
    expect(turns.take('b', newResponse())).toBeUndefined();
  });
});

describe('a user beside a flood', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi({ app: { rateLimit: 300 } });
    user = await api.newUser();
  });
  afterAll(() => api.close());

  const forged = () => compact({ alg: 'HS256' }, claimsFor('stranger'), hmac('another secret'));
  const session = '/api/v1/session';

  test.each([
    ['of paths that do not exist', async () => headOf('GET', '/nowhere')],
    ['of liveness checks', async () => headOf('GET', '/healthz')],
    [
      'of liveness checks with a good token',
      async () => headOf('GET', '/healthz', `Authorization: Bearer ${(await api.newUser()).token}`),
    ],
    ['of malformed requests', async () => headOf('GET', '/healthz', 'Host: another')],
    ['of malformed tokens', async () => headOf('GET', session, 'Authorization: Bearer x')],
    ['of forged tokens', async () => headOf('GET', session, `Authorization: Bearer ${forged()}`)],
    ['of requests without a token', async () => headOf('GET', session)],
    [
      'of requests beyond the rate of their owner',
      async () => headOf('GET', session, `Authorization: Bearer ${(await api.newUser()).token}`),
    ],
  ])('%s waits for a few of 200 connections', async (_name, bytesOf) => {
    const bytes = await bytesOf();
    let isOver = false;
    const sockets = Array.from({ length: 200 }, () => sendAndIgnore(api.url, bytes));
    for (const socket of sockets) socket.on('data', () => isOver || socket.write(bytes));
    const first = api.logs.length;
    await eventually(10_000, async () => expect(api.logs.length).toBeGreaterThan(first + 400));
    const between: number[] = [];
    for (let n = 0; n < 21; n++) {
      const before = api.logs.length;
      expect((await user.send('GET', session)).status).toBe(200);
      between.push(api.logs.length - before);
    }
    isOver = true;
    for (const socket of sockets) socket.destroy();
    const [median = 0] = between.sort((a, b) => a - b).slice(10);
    expect(median).toBeLessThan(20);
  });
});
