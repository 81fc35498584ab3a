// Waiting for changes: long polling and streams of events.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { operations, resolve, violations } from '../support/contract.ts';
import { eventsIn, openEvents } from '../support/events.ts';

let api: Api;
let user: User;
const draining = new AbortController();
beforeAll(async () => {
  api = await startApi({ app: { draining: draining.signal } });
  user = await api.newUser();
});
afterAll(() => api.close());

const changes = (query: string, one: User = user) => one.send('GET', `task-changes${query}`);
const tokenOf = async (one: User = user): Promise<string> => {
  for (let query = ''; ; ) {
    const { json } = await changes(query, one);
    if (!json.has_more) return json.next_since;
    query = `?since=${json.next_since}`;
  }
};

describe('the contract', () => {
  const streams = operations.flatMap(({ id, definition }) =>
    Object.values(definition.responses).flatMap((response) => {
      const { 'x-event-stream': stream } = resolve(response) as {
        readonly 'x-event-stream'?: { readonly schema: object; readonly example: string };
      };
      return stream === undefined ? [] : [{ id, ...stream }];
    }),
  );

  test('declares streams of events for the operations that know them', () => {
    // As in `Streaming` in src/contract/operation.ts.
    expect(streams.map(({ id }) => id)).toEqual(['listTaskChanges']);
  });

  test('shows an event whose id is the token of its page', () => {
    for (const { schema, example } of streams) {
      const events = eventsIn(example);
      expect(events.map(({ event }) => event)).toEqual(['changes']);
      for (const { id, data } of events) {
        expect(JSON.parse(data)).toMatchObject({ next_since: id });
        expect(violations(schema, JSON.parse(data))).toEqual([]);
      }
    }
  });
});

describe('wait', () => {
  test('responds at once when there is something', async () => {
    const one = await api.newUser();
    await one.create({ title: 'First' });
    const { json } = await changes('?wait=30', one);
    expect(json.items).toHaveLength(1);
  });

  test('responds with the change that another request makes meanwhile', async () => {
    const since = await tokenOf();
    const waiting = changes(`?since=${since}&wait=30`);
    const task = await user.create({ title: 'News' });
    const { status, json } = await waiting;
    expect(status).toBe(200);
    expect(json.items).toEqual([{ type: 'task', task }]);
  });

  test('responds with nothing, and with a token, after its time', async () => {
    const since = await tokenOf();
    const { json } = await changes(`?since=${since}&wait=1`);
    expect(json).toMatchObject({ items: [], has_more: false });
    await user.create({ title: 'Later' });
    expect((await changes(`?since=${json.next_since}`)).json.items).toHaveLength(1);
  });

  test.each(['31', '-1', '1.5', 'x', ''])('of %j is refused', async (wait) => {
    const { status, json } = await changes(`?wait=${wait}`);
    expect([status, json.errors[0].loc]).toEqual([422, ['query', 'wait']]);
  });

  test('with a token that is not one is refused at once', async () => {
    expect((await changes('?wait=30&since=nonsense')).status).toBe(400);
  });
});

describe('a stream of events', () => {
  test('begins with everything, goes on with what changes, and continues after the last id', async () => {
    const one = await api.newUser();
    const before = await one.create({ title: 'Before' });
    const stream = await openEvents(api.url, one.token);
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const first = await stream.event(0);
    expect(JSON.parse(first?.data ?? '')).toMatchObject({ items: [{ type: 'task', task: before }] });
    const after = await one.create({ title: 'After' });
    const second = await stream.event(1);
    expect(second?.event).toBe('changes');
    expect(JSON.parse(second?.data ?? '').items).toEqual([{ type: 'task', task: after }]);
    stream.close();

    const missed = await one.create({ title: 'Missed' });
    const next = await openEvents(api.url, one.token, { lastEventId: second?.id, query: '?since=nonsense' });
    expect(JSON.parse((await next.event(0))?.data ?? '').items).toEqual([{ type: 'task', task: missed }]);
    next.close();
  });

  test('is what only a client gets that wants it', async () => {
    const ask = (accept: string) => user.send('GET', 'task-changes', { headers: { Accept: accept } });
    for (const accept of [
      '*/*',
      'application/json',
      'application/*;q=0.5, text/html',
      'text/event-stream;q=0.5, */*',
    ]) {
      expect((await ask(accept)).headers.get('content-type')).toBe('application/json');
    }
    const { status, json } = await ask('text/html');
    expect([status, json.type]).toEqual([406, '/problems/not-acceptable']);
  });

  test('ends when everything is deleted, and its last id is gone', async () => {
    const one = await api.newUser();
    await one.create({ title: 'Soon gone' });
    const stream = await openEvents(api.url, one.token);
    const first = await stream.event(0);
    await one.send('DELETE', '/api/v1/users/me');
    await stream.ended;
    const headers = { 'Last-Event-ID': first?.id ?? '', Accept: 'text/event-stream' };
    expect((await one.send('GET', 'task-changes', { headers })).status).toBe(410);
  });
});

describe('a process that drains', () => {
  test('ends waiting at once, with a token, and streams', async () => {
    const since = await tokenOf();
    const waiting = changes(`?since=${since}&wait=30`);
    const stream = await openEvents(api.url, user.token, { query: `?since=${since}` });
    await expect.poll(async () => (await api.send('GET', '/metrics')).text).toContain('live_waiters 2');
    draining.abort();
    const { json } = await waiting;
    expect(json.items).toEqual([]);
    await stream.ended;
    expect((await changes(`?since=${json.next_since}&wait=30`)).json.items).toEqual([]);
  });
});
