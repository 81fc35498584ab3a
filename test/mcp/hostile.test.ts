// What a hostile client, a broken one and a page of another site send to /mcp: each gets a declared
// error, and holds no more than over HTTP.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadContract } from '../../src/contract/document.ts';
import { type Api, sharedPostgres, startApi, type User } from '../support/app.ts';
import { headOf, sendAndIgnore } from '../support/hostile.ts';
import { queryPostgres } from '../support/query.ts';
import { testSecret, tokenFor } from '../support/tokens.ts';
import { connect, revisions } from './agent.ts';
import { toolsWith } from './declared.ts';

const postgres = sharedPostgres();
const origin = 'https://app.example.com';

const call = (name: string, given: unknown = {}) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: given },
});

const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
const listen = { ...ping, method: 'subscriptions/listen', params: {} };

const initialize = (clientInfo: object) => ({
  ...ping,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1', ...clientInfo },
  },
});

const numbers = Array(9900).fill(0);
const numbered = (count: number) => Object.fromEntries(numbers.slice(0, count).entries());

const protocol = 'io.modelcontextprotocol/';
const clientMeta = {
  [`${protocol}protocolVersion`]: revisions[0],
  [`${protocol}clientInfo`]: { name: 'test', version: '1' },
  [`${protocol}clientCapabilities`]: {},
};

const open: Api[] = [];
const start = async (options: Parameters<typeof startApi>[0] = {}): Promise<Api> => {
  const api = await startApi({ postgres: postgres(), ...options, app: { mcp: true, ...options.app } });
  open.push(api);
  return api;
};
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** Sends a message; the response with its body, parsed if there is one. */
const sendTo = async (
  api: Api,
  token: string | null,
  body: unknown,
  headers: Record<string, string> = {},
) => {
  const response = await fetch(`${api.url}/mcp`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(token && { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === '' ? null : JSON.parse(text),
  };
};

describe('a message', () => {
  let api: Api;
  let user: User;
  beforeAll(async () => {
    api = await startApi({ postgres: postgres(), app: { mcp: true, corsOrigins: [origin] } });
    user = await api.newUser();
  });
  afterAll(() => api.close());

  const send = (body: unknown, headers?: Record<string, string>) => sendTo(api, user.token, body, headers);

  test.each<[string, unknown, number, number]>([
    ['that is a batch', [ping, ping], 400, -32600],
    ['that is an empty batch', [], 400, -32600],
    ['that is no object', 5, 400, -32600],
    ['that is not JSON-RPC', { id: 1, method: 'ping' }, 400, -32600],
    ['with an id that is none', { ...ping, id: {} }, 400, -32600],
    ['of an unknown method', { ...ping, method: 'nope' }, 200, -32601],
    ['of an unknown tool', call('drop_tables'), 200, -32602],
    ['of a tool with a name of a megabyte', call('x'.repeat(1_000_000)), 200, -32602],
    ['of a tool whose name every object has', call('__proto__'), 200, -32602],
    ['with arguments that are no object', call('find_tasks', 'x'), 200, -32602],
    ['with arguments that are a list', call('find_tasks', []), 200, -32602],
    ['with a name that is none', call(5 as never), 200, -32602],
    ['of a tool without params', { ...ping, method: 'tools/call' }, 200, -32602],
    ['with params that are a list', { ...ping, params: [] }, 200, -32602],
    ['that begins without params', { ...ping, method: 'initialize' }, 200, -32602],
    ['that begins with wrong values', initialize({ icons: Array(100).fill(0) }), 200, -32602],
    ['that begins with very many', initialize({ icons: Array(9900).fill(0) }), 200, -32602],
    ['that begins as a long name', initialize({ name: 'x'.repeat(2_000_000) }), 200, -32602],
    ['with very many names', { ...ping, params: { _meta: numbered(4000) } }, 200, -32602],
    ['with an id of two megabytes', { ...ping, id: 'x'.repeat(2_000_000) }, 400, -32600],
    ['with an id that is null', { ...ping, id: null }, 400, -32600],
    ['with an id that no number is', { ...ping, id: 2 ** 53 }, 400, -32600],
    ['of a method of two megabytes', { ...ping, method: 'x'.repeat(2_000_000) }, 400, -32600],
    ['that subscribes with an id that is none', { ...listen, id: { a: [1] } }, 400, -32600],
    ['that subscribes', listen, 404, -32601],
  ])('%s gets an error of JSON-RPC', async (_name, body, status, code) => {
    const response = await send(body);
    expect([response.status, response.json.error.code]).toEqual([status, code]);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.text.length).toBeLessThan(500);
    expect(response.json.error.message).toMatch(/^[A-Z][^\n[]*$|^(?:params|id|method)\b[^\n[]*$/);
  });

  test('of the current revision gets no longer error, whatever is in it and in its headers', async () => {
    const long = 'x'.repeat(2_000_000);
    const wrong = { ...clientMeta, [`${protocol}clientInfo`]: { name: 'x', version: '1', icons: numbers } };
    for (const [method, params, headers] of [
      ['tools/call', { name: long, arguments: {}, _meta: clientMeta }, { 'Mcp-Name': 'get_task' }],
      ['tools/call', { name: 'get_task', _meta: clientMeta }, { 'Mcp-Name': 'y'.repeat(9000) }],
      ['tools/list', { _meta: wrong }, {}],
      ['tools/list', { _meta: { ...clientMeta, [`${protocol}protocolVersion`]: long } }, {}],
      ['tools/list', { _meta: clientMeta }, { 'Mcp-Method': 'z'.repeat(9000) }],
      ['tools/list', { _meta: clientMeta }, { 'MCP-Protocol-Version': 'v'.repeat(9000) }],
    ] as const) {
      const message = { jsonrpc: '2.0', id: 1, method, params };
      const { json, text } = await send(message, {
        'MCP-Protocol-Version': revisions[0],
        'Mcp-Method': method,
        ...headers,
      });
      expect(json.error.message).not.toMatch(/^\[|\n/);
      expect(text.length).toBeLessThan(500);
    }
  });

  test('with absent arguments, or null, calls the tool without any', async () => {
    for (const params of [{ name: 'get_summary' }, { name: 'get_summary', arguments: null }]) {
      const { json } = await send({ ...ping, method: 'tools/call', params });
      expect(json.result.structuredContent.open).toBe(0);
    }
  });

  test('without an id gets no response, and does nothing', async () => {
    for (const body of [ping, listen, call('add_tasks', { tasks: [{ title: 'A' }] }), call(5 as never)]) {
      const { status, text } = await send({ ...body, id: undefined });
      expect([status, text]).toEqual([202, '']);
    }
    const { json } = await send(call('get_summary'));
    expect(json.result.structuredContent.open).toBe(0);
  });

  test('with an argument that is named as the prototype is refused as any unknown one', async () => {
    for (const given of [
      '{"tasks": [{"title": "A"}], "__proto__": {"a": 1}}',
      '{"tasks": [{"title": "A", "__proto__": {"a": 1}}]}',
    ]) {
      const { json } = await send(JSON.stringify(call('add_tasks', 'GIVEN')).replace('"GIVEN"', given));
      const [{ argument, type }] = JSON.parse(json.result.content[0].text).errors;
      expect([argument, type]).toEqual([
        expect.stringMatching(/^(?:tasks\[0\]\.)?__proto__$/),
        'additionalProperties',
      ]);
    }
  });

  test('has the Idempotency-Key of HTTP, or none that is meant', async () => {
    const add = async (key: unknown, title = 'Once') => {
      const { json } = await send(call('add_tasks', { tasks: [{ title }], idempotency_key: key }));
      return json.result.isError
        ? JSON.parse(json.result.content[0].text).errors[0]
        : json.result.structuredContent.results[0].task.id;
    };
    for (const key of [true, {}, [], 5, ['a']]) {
      expect(await add(key)).toEqual({ argument: 'idempotency_key', msg: 'must be a string', type: 'type' });
    }
    const spaced = `a${' '.repeat(1_000_000)}a`;
    for (const key of ['', '   ', '\t', 'ä', 'x'.repeat(256), spaced]) {
      expect(await add(key)).toMatchObject({ argument: 'idempotency_key' });
    }
    const { json: update } = await send(call('get_task', { task_id: await add('  a key\t') }));
    expect(await add('a key')).toBe(update.result.structuredContent.id);
    expect(await add('  a key\t', 'Other')).toMatchObject({ type: 'reused' });
  });

  test.each<[string, string, number]>([
    ['that is not JSON', '{', 400],
    ['that is empty', '', 422],
    ['that is longer than a batch', `"${'x'.repeat(2800 * 1024)}"`, 413],
    ['that is nested too deep', '['.repeat(100), 422],
  ])('%s gets a problem', async (_name, body, status) => {
    const { json, headers } = await send(body);
    expect([json.status, headers.get('content-type')]).toEqual([status, 'application/problem+json']);
  });

  test('in another media type gets a problem', async () => {
    const { status } = await send(JSON.stringify(ping), { 'Content-Type': 'text/plain' });
    expect(status).toBe(415);
  });

  test('with an argument of 2 MB gets a short error, and changes nothing', async () => {
    const { json, text } = await send(call('add_tasks', { tasks: [{ title: 'x'.repeat(2_000_000) }] }));
    expect(json.result.isError).toBe(true);
    expect(JSON.parse(json.result.content[0].text).errors).toEqual([
      { argument: 'tasks[0].title', msg: 'must have at most 200 characters', type: 'maxLength' },
    ]);
    expect(text.length).toBeLessThan(1000);
  });

  test('with very many arguments, or names of invented ones, gets a short error', async () => {
    const names = Object.fromEntries(Array.from({ length: 9000 }, (_, index) => [`a${index}`, 1]));
    const long = { ['n'.repeat(1_000_000)]: 1 };
    for (const given of [names, long, { tasks: [long] }, { tasks: [{ title: 'A', ...names }] }]) {
      const { json, text } = await send(call('add_tasks', given));
      expect(json.result.isError).toBe(true);
      expect(text.length).toBeLessThan(20_000);
    }
  });

  test('for one tool is not longer than its operation accepts', async () => {
    const add = async (kilobytes: number) => {
      const description = 'x'.repeat(kilobytes * 1024);
      const { json } = await send(call('add_tasks', { tasks: [{ title: 'Long', description }] }));
      return JSON.parse(json.result.content[0].text);
    };
    expect(await add(2750)).toMatchObject({ status: 413, type: 'payload-too-large' });
    expect((await add(2690)).errors[0]).toMatchObject({ argument: 'tasks[0].description' });
  });

  test('has no longer argument than a query, a path or a header', async () => {
    const long = 'x'.repeat(1_000_000);
    for (const [name, argument] of [
      ['find_tasks', 'q'],
      ['find_tasks', 'cursor'],
      ['get_task', 'task_id'],
      ['delete_tasks', 'idempotency_key'],
    ] as const) {
      const { json } = await send(call(name, { [argument]: long }));
      expect(JSON.parse(json.result.content[0].text).errors).toContainEqual(
        expect.objectContaining({ argument, msg: 'must have at most 16384 characters', type: 'maxLength' }),
      );
    }
  });

  test('of a page of another site is refused, and those of allowed pages and of no page are not', async () => {
    for (const [from, status] of [
      ['https://evil.example', 403],
      ['null', 403],
      ['http://localhost.evil.example', 403],
      [origin, 200],
      ['http://localhost:6274', 200],
    ] as const) {
      expect([(await send(ping, { Origin: from })).status, from]).toEqual([status, from]);
    }
  });

  test('is preflighted like any other request', async () => {
    const { status, headers } = await fetch(`${api.url}/mcp`, {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
    });
    expect([status, headers.get('access-control-allow-methods')]).toEqual([204, 'OPTIONS, POST']);
    expect(headers.get('access-control-allow-headers')).toContain('Mcp-Method');
  });

  test('gets no stream: not by GET, and not by a session', async () => {
    for (const method of ['GET', 'DELETE', 'PUT']) {
      const { status, headers } = await fetch(`${api.url}/mcp`, {
        method,
        headers: { Authorization: `Bearer ${user.token}`, Accept: 'text/event-stream' },
      });
      expect([status, headers.get('allow')]).toEqual([405, 'OPTIONS, POST']);
    }
    const { status, headers } = await send(ping, { Accept: 'text/event-stream', 'Mcp-Session-Id': 'x' });
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
  });

  test('without a token, or with a bad one, gets a challenge before it is read', async () => {
    for (const [token, challenge] of [
      [null, /^Bearer(?! error)/],
      ['x', /^Bearer error="invalid_token"/],
    ] as const) {
      const { status, headers } = await sendTo(api, token, '{');
      expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringMatching(challenge)]);
    }
  });
});

test('a token for another audience, or without one, gets 401', async () => {
  const audience = 'https://tasks.example.com';
  const api = await start({ tokens: { key: { secret: testSecret }, audience } });
  const { id } = await api.newUser();
  expect((await sendTo(api, await tokenFor(id, { aud: audience }), ping)).status).toBe(200);
  for (const claims of [{}, { aud: 'https://other.example.com' }]) {
    expect((await sendTo(api, await tokenFor(id, claims), ping)).status).toBe(401);
  }
});

test('a token that expires in the middle of a session gets 401, and the next one continues', async () => {
  const api = await start();
  const { id } = await api.newUser();
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const tokenOfNow = () => tokenFor(id, { exp: Math.floor(Date.now() / 1000) + 60 });
    const first = await tokenOfNow();
    expect((await sendTo(api, first, call('get_summary'))).status).toBe(200);
    vi.setSystemTime(Date.now() + 70_000);
    expect((await sendTo(api, first, call('get_summary'))).status).toBe(401);
    expect((await sendTo(api, await tokenOfNow(), call('get_summary'))).status).toBe(200);
  } finally {
    vi.useRealTimers();
  }
});

describe('a token that may only read', () => {
  test('sees the tools that read', async () => {
    const api = await start();
    const { id, create } = await api.newUser();
    await create({ title: 'Stay' });
    const agent = await connect(api, await tokenFor(id, { scope: 'openid tasks:read' }));
    expect(agent.tools.map(({ annotations }) => annotations?.readOnlyHint)).not.toContain(undefined);
    expect(agent.tools.map(({ name }) => name)).toEqual(toolsWith('tasks:read'));
    expect((await agent.call('find_tasks')).items).toHaveLength(1);
    await agent.close();
  });

  test('gets 403 with a challenge from each that writes, whatever the arguments are', async () => {
    const api = await start();
    const { id } = await api.newUser();
    const token = await tokenFor(id, { scope: 'openid tasks:read' });
    const writing = toolsWith('tasks:write');
    expect(writing.length).toBeGreaterThanOrEqual(5);
    for (const name of writing) {
      for (const given of [{}, { tasks: [{}] }, { nothing: 1 }]) {
        const { status, headers, json } = await sendTo(api, token, call(name, given));
        expect([name, status, headers.get('www-authenticate')]).toEqual([
          name,
          403,
          expect.stringMatching(/error="insufficient_scope", scope="tasks:read tasks:write"/),
        ]);
        expect(json.type).toBe('/problems/insufficient-scope');
      }
    }
  });

  test('and one that allows no tool gets a challenge that names the scopes to ask for', async () => {
    const api = await start();
    const { id } = await api.newUser();
    for (const scope of ['', 'openid tasks:erase']) {
      const token = await tokenFor(id, { scope });
      const { status, headers, json } = await sendTo(api, token, { ...ping, method: 'tools/list' });
      expect([status, headers.get('www-authenticate'), json.type]).toEqual([
        403,
        expect.stringContaining('Bearer error="insufficient_scope", scope="tasks:read tasks:write"'),
        '/problems/insufficient-scope',
      ]);
      expect((await sendTo(api, token, ping)).status).toBe(200);
    }
  });
});

test('a refusal that no other token would change is a result', async () => {
  const api = await start({ app: { historyDays: 0 } });
  const { token } = await api.newUser();
  for (const message of [call('list_changes'), call('undo_change', { change: '1' })]) {
    const { status, json } = await sendTo(api, token, message);
    expect([status, json.result.isError]).toEqual([200, true]);
    expect(JSON.parse(json.result.content[0].text)).toMatchObject({
      status: 403,
      detail: 'This server keeps no history',
    });
  }
});

test('a tool call counts as one request of its owner', async () => {
  const api = await start({ app: { rateLimit: 3 } });
  const { token } = await api.newUser();
  const statuses: number[] = [];
  for (let sent = 0; sent < 4; sent += 1)
    statuses.push((await sendTo(api, token, call('get_summary'))).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  const { json, headers } = await sendTo(api, token, ping);
  expect([json.status, headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
});

test('a tool has the limit of its operation on calls at once', async () => {
  const api = await start();
  const { token } = await api.newUser();
  await sendTo(api, token, ping);
  const calls = Array.from({ length: 20 }, () => sendTo(api, token, call('get_summary')));
  const results = (await Promise.all(calls)).map(({ json }) => json.result);
  const refused = results.filter(({ isError }) => isError);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(20);
  for (const { content } of refused) {
    expect(JSON.parse(content[0].text)).toMatchObject({ status: 429, retry_after: 1 });
  }
});

test('nothing is served when it is off', async () => {
  const api = await start({ app: { mcp: false } });
  const { token } = await api.newUser();
  expect((await sendTo(api, token, ping)).status).toBe(404);
});

test('behind a proxy, pages of its origin are allowed, and not those of this machine', async () => {
  const api = await start({ app: { publicUrl: 'https://example.com/todo' } });
  // A page of this machine is one of others there.
  const { token } = await api.newUser();
  expect((await sendTo(api, token, ping, { Origin: 'http://localhost:6274' })).status).toBe(403);
  expect((await sendTo(api, token, ping, { Origin: 'https://example.com' })).status).toBe(200);
});

test('what a message makes the library report is cut in the log', async () => {
  const api = await start({ logLevel: 'debug' });
  const { token } = await api.newUser();
  const headers = { 'MCP-Protocol-Version': 'v'.repeat(9000), 'Mcp-Method': 'w'.repeat(9000) };
  for (const version of ['2026-07-29', 'v'.repeat(9000)]) {
    const _meta = { ...clientMeta, [`${protocol}protocolVersion`]: version };
    for (const sent of [{}, headers, { 'MCP-Protocol-Version': version }]) {
      await sendTo(api, token, { ...ping, method: 'tools/list', params: { _meta } }, sent);
    }
  }
  const lines = api.logs.filter(({ msg }) => msg === 'a message could not be served');
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(JSON.stringify(line).length).toBeLessThan(4000);
});

/** Clients that send a message again and again and read no response, once some of them are refused. */
const sendUntilRefused = async (api: Api, token: string, message: object) => {
  const body = JSON.stringify(message);
  const head = headOf(
    'POST',
    '/mcp',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  );
  const clients = Array.from({ length: 20 }, () => sendAndIgnore(api.url, (head + body).repeat(4)));
  await expect
    .poll(async () => (await api.send('GET', '/metrics')).text, { timeout: 20_000 })
    // On a slow machine, one that has read nothing for five seconds makes room first.
    .toMatch(/refused_total\{reason="responses_share"\} [1-9]|cut_total\{reason="stalled"\} [1-9]/);
  return clients;
};

test('a client that reads no responses to messages that do nothing is refused more of them', async () => {
  const { document, ...contract } = await loadContract();
  const instructions = { 'x-mcp-instructions': 'x'.repeat(4_000_000) };
  const api = await start({
    app: {
      rateLimit: 10_000,
      contract: { ...contract, document: Object.assign({}, document, instructions) },
    },
  });
  const { token } = await api.newUser();
  const clients = await sendUntilRefused(api, token, initialize({}));
  for (const client of clients) client.destroy();
});

test('an agent that reads nothing of long results is refused more of them', async () => {
  const api = await start({ app: { rateLimit: 10_000 } });
  const user = await api.newUser();
  await queryPostgres(
    api.postgres.url,
    `INSERT INTO tasks (owner_id, title, description, completed, created_at, updated_at, change_seq)
     SELECT $1, 't' || n, repeat(chr(1), 2000), false, now(), now(), n FROM generate_series(1, 100) AS n`,
    [user.id],
  );
  const clients = await sendUntilRefused(api, user.token, call('find_tasks', { limit: 100 }));
  const other = await api.newUser();
  expect((await sendTo(api, other.token, call('get_summary'))).status).toBe(200);
  for (const client of clients) client.destroy();
});
