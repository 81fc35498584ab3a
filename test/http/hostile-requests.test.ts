// A request costs no more than its length, whatever its target and its header fields look like; and
// a query is not read before the caller is known.
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, startApi, type User } from '../support/app.ts';
import { costRatio } from '../support/cpu.ts';

const origin = 'https://app.example.com';

let api: Api;
let user: User;
beforeAll(async () => {
  api = await startApi({ logLevel: 'silent', app: { trustedProxies: 1, corsOrigins: [origin] } });
  user = await api.newUser();
});
afterAll(() => api.close());

/**
 * Sends the requests one after the other, each over a connection of its own; answers their
 * statuses.
 */
const exchange = async (requests: readonly string[]): Promise<number[]> => {
  const { hostname, port } = new URL(api.url);
  const statuses: number[] = [];
  for (const request of requests) {
    const socket = connect(Number(port), hostname);
    socket.write(request);
    const [head] = (await once(socket, 'data')) as [Buffer];
    statuses.push(Number(head.toString('latin1', 9, 12)));
    socket.destroy();
  }
  return statuses;
};

const ask = (method: string, target: string, ...lines: string[]) =>
  [`${method} ${target} HTTP/1.1`, 'Host: x', ...lines, '', ''].join('\r\n');

const list = '/api/v1/users/me/tasks';
const bearer = () => `Authorization: Bearer ${user.token}`;

/** Holds that four times the length costs less than six times as much: more is no longer linear. */
const expectLinear = async (requestsOf: (length: number) => readonly string[], length: number) => {
  // The first requests of a kind cost more than the others.
  await exchange(requestsOf(100));
  const costOf = (n: number) => () => exchange(requestsOf(n));
  expect(await costRatio(costOf(4 * length), costOf(length), 6)).toBeLessThan(6);
};

const queries: Readonly<Record<string, (n: number) => string>> = {
  'one name repeated': (n) => 'a&'.repeat(n),
  'a known name repeated': (n) => 'q=&'.repeat(n),
  'names that differ': (n) => Array.from({ length: n / 2 }, (_, at) => at.toString(36)).join('&'),
  'separators alone': (n) => '&'.repeat(2 * n),
  'empty names': (n) => '=&'.repeat(n),
  'equals signs': (n) => `q${'='.repeat(2 * n)}`,
  escapes: (n) => `q=${'%41'.repeat(n / 2)}`,
  'broken escapes': (n) => `q=${'%'.repeat(2 * n)}`,
  pluses: (n) => `q=${'+'.repeat(2 * n)}`,
  'one long value': (n) => `cursor=${'a'.repeat(2 * n)}`,
  'one long name': (n) => 'a'.repeat(2 * n),
  'digits for a number': (n) => `limit=${'1'.repeat(2 * n)}`,
  'the prototype': (n) => '__proto__=1&'.repeat(n / 4),
};

const names = (count: number) => Array.from({ length: count }, (_, n) => `n${n}=1`).join('&');

describe('a query', () => {
  test.each(Object.entries(queries))('costs no more than its length: %s', async (_name, query) => {
    await expectLinear(
      (n) => [
        ask('GET', `/healthz?${query(n)}`),
        ask('GET', `${list}?${query(n)}`),
        ask('GET', `${list}?${query(n)}`, bearer()),
      ],
      8000,
    );
  });

  test('that is refused costs less than a good request', async () => {
    const refused = Object.values(queries).map((query) => ask('GET', `${list}?${query(4000)}`, bearer()));
    const good = refused.map(() => ask('GET', `${list}?limit=1`, bearer()));
    expect(await exchange(refused)).not.toContain(200);
    expect(new Set(await exchange(good))).toEqual(new Set([200]));
    const ratio = await costRatio(
      () => exchange(refused),
      () => exchange(good),
      1,
    );
    expect(ratio).toBeLessThan(1);
  });

  test('may have a hundred parameters, each named when it is unknown; more are one fault', async () => {
    const most = await user.send('GET', `tasks?${names(100)}`);
    expect(most.status).toBe(422);
    expect(most.json.errors).toHaveLength(100);
    const more = await user.send('GET', `tasks?${names(101)}`);
    expect(more.status).toBe(422);
    expect(more.json.errors).toMatchObject([{ loc: ['query'], type: 'maxProperties' }]);
    expect(more.json.errors[0].msg).toContain('100');
    const long = await user.send('GET', `tasks?q=${'a'.repeat(16_383)}`);
    expect(long.json.errors).toMatchObject([{ loc: ['query'], type: 'maxLength' }]);
    expect(long.json.errors[0].msg).toContain('16384');
    // Refused before the body is looked at, which is in no media type that the operation takes.
    const headers = { 'Content-Type': 'text/plain' };
    expect((await user.send('POST', `tasks?${names(101)}`, { body: '{', headers })).status).toBe(422);
    expect((await user.send('POST', 'tasks', { body: '{', headers })).status).toBe(415);
  });

  test('is not read for a caller without a token, or for another owner', async () => {
    for (const query of ['q=%', names(101), 'limit=x', `q=${'a'.repeat(20_000)}`]) {
      expect((await api.send('GET', `${list}?${query}`)).status).toBe(401);
      expect((await user.send('GET', `/api/v1/users/other/tasks?${query}`)).status).toBe(404);
    }
  });
});

const targets: Readonly<Record<string, (n: number) => string>> = {
  slashes: (n) => '/'.repeat(2 * n),
  'a long segment': (n) => `/api/v1/users/me/tasks/${'a'.repeat(2 * n)}`,
  'a long owner': (n) => `/api/v1/users/${'a'.repeat(2 * n)}/tasks`,
  'an escaped owner': (n) => `/api/v1/users/${'%41'.repeat(n / 2)}/tasks`,
  'many segments': (n) => `/api/v1/users${'/a'.repeat(n)}`,
  'the same segments': (n) => `/api/v1/users/me/tasks${'/tasks'.repeat(n / 4)}`,
  'a slug': (n) => `/problems/${'-'.repeat(2 * n)}`,
  'a host': (n) => `http://${'a'.repeat(2 * n)}/healthz`,
  'a host of colons': (n) => `http://${':'.repeat(2 * n)}/healthz`,
  'a host of at signs': (n) => `http://${'@'.repeat(2 * n)}/healthz`,
};

test.each(Object.entries(targets))('a path costs no more than its length: %s', async (_name, target) => {
  await expectLinear((n) => [ask('GET', target(n), bearer())], 8000);
});

const fillers = ['a', ' ', '\t,', ',', '"', '"1",', ' ,', 'W/"a", ', '; a=', '-', ':', '%'];
const fields = [
  'Accept',
  'Accept-Encoding',
  'Access-Control-Request-Method',
  'Authorization',
  'Connection',
  'Content-Encoding',
  'Content-Type',
  'Cookie',
  'Expect',
  'Host',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Origin',
  'Range',
  'traceparent',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Prefix',
  'X-Forwarded-Proto',
  'X-Request-Id',
];

describe('a header field costs no more than its length:', () => {
  test.each(fields)('%s', async (field) => {
    const { id } = await user.create({ title: 'a task' });
    const before = field === 'Authorization' ? 'Bearer ' : '"1"';
    const own = field === 'Authorization' ? [] : [bearer()];
    const body = field === 'Content-Type' ? [] : ['Content-Type: application/json'];
    await expectLinear(
      (length) =>
        fillers.flatMap((filler) => {
          const line = `${field}: ${before}${filler.repeat(length / filler.length)}x`;
          return [
            ask('GET', `${list}/${id}`, line, ...own),
            ask('GET', list, line, ...own),
            ask('GET', '/healthz', line),
            ask('GET', '/problems/not-found', line),
            ask('OPTIONS', list, line, ...(field === 'Origin' ? [] : [`Origin: ${origin}`])),
            `${ask('POST', list, line, ...own, ...body, 'Content-Length: 2')}{}`,
          ];
        }),
      25_000,
    );
  });

  test.each(['If-Match', 'If-None-Match'])('%s, with entity tags as it should have them', async (field) => {
    const { id } = await user.create({ title: 'a task' });
    await expectLinear((length) => {
      const line = `${field}: ${'"2",'.repeat(length / 4)}"3"`;
      return [ask('GET', `${list}/${id}`, line, bearer()), ask('GET', list, line, bearer())];
    }, 25_000);
  });

  test.each([
    'Authorization: Bearer x',
    'X-Forwarded-For: 192.0.2.1',
    'Idempotency-Key: k',
    'If-None-Match: "1"',
    'Cookie: a=b',
    'X: y',
  ])('%s, many times', async (line) => {
    const own = line.startsWith('Auth') ? [] : [bearer()];
    await expectLinear(
      (count) => [ask('GET', list, ...own, ...Array.from({ length: count }, () => line))],
      200,
    );
  });

  test('more lines than Node reads are 431, not a request without some of them', async () => {
    const lines = Array.from({ length: 3000 }, () => 'X: y');
    const ifMatch = 'If-Match: "999"';
    const { id } = await user.create({ title: 'kept' });
    const remove = ask('DELETE', `${list}/${id}`, bearer(), ...lines, ifMatch);
    expect(await exchange([remove])).toEqual([431]);
    expect((await user.send('GET', `tasks/${id}`)).status).toBe(200);
  });
});
