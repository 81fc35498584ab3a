// The service below a path: a proxy removes the prefix, and every address in a response has it
// again.
import { describe, expect, test } from 'vitest';
import type { AppDependencies } from '../../src/app.ts';
import { loadContract } from '../../src/contract/document.ts';
import { servedContracts } from '../../src/service/served-contract.ts';
import { type Api, sharedPostgres, startApi } from '../support/app.ts';
import { sendRaw } from '../support/raw.ts';

const postgres = sharedPostgres();

const using = async (app: Partial<AppDependencies>, work: (api: Api) => Promise<void>): Promise<void> => {
  const api = await startApi({ postgres: postgres(), app });
  try {
    await work(api);
  } finally {
    await api.close();
  }
};

type Sent = Readonly<Record<string, string>>;

/** The server in each form of the contract. */
const serversOf = async (api: Api, headers: Sent = {}) => {
  const [json, yaml, docs] = await Promise.all(
    ['/openapi.json', '/openapi.yaml', '/docs'].map((path) => api.send('GET', path, { headers })),
  );
  return {
    json: json?.json.servers[0].url,
    yaml: /^servers:\n {2}- url: (.*)$/m.exec(yaml?.text ?? '')?.[1],
    docs: /<span id="server">(?:<code>)?([^<]*)</
      .exec(docs?.text ?? '')?.[1]
      ?.replace('the host of this page', '/'),
  };
};

const all = (server: string) => ({ json: server, yaml: server, docs: server });

/** The prefix that each address in a response has. */
const prefixesOf = async (api: Api, headers: Sent = {}) => {
  const user = await api.newUser();
  const before = (marker: string, text: string | null) => text?.slice(0, text.indexOf(marker));
  const created = await user.send('POST', 'tasks', { json: { title: 'a' }, headers });
  await user.create({ title: 'b' });
  const page = await user.send('GET', 'tasks?limit=1', { headers });
  const root = await api.send('GET', '/', { headers });
  const missing = await api.send('GET', '/nowhere', { headers });
  const anonymous = await api.send('GET', '/api/v1/session', { headers });
  return {
    location: before('/api/', created.headers.get('location')),
    link: before('/api/', page.headers.get('link')),
    root: before('/docs', root.headers.get('location')),
    missing: before('/problems/', missing.json.type),
    anonymous: before('/problems/', anonymous.json.type),
  };
};

const everywhere = (prefix: string) => ({
  location: prefix,
  link: `<${prefix}`,
  root: prefix,
  missing: prefix,
  anonymous: prefix,
});

const forwarded = (prefix: string) => ({ 'X-Forwarded-Prefix': prefix });

describe('the address of the service', () => {
  test('is the server’s own root if no other is known', () =>
    using({}, async (api) => {
      expect(await serversOf(api, forwarded('/tasks'))).toEqual(all('/'));
      expect(await prefixesOf(api, forwarded('/tasks'))).toEqual(everywhere(''));
    }));

  test('is the public URL, whatever a header field contains', () =>
    using({ publicUrl: 'https://example.com/below/tasks', trustedProxies: 1 }, async (api) => {
      expect(await serversOf(api, forwarded('/other'))).toEqual(all('https://example.com/below/tasks'));
      expect(await prefixesOf(api, forwarded('/other'))).toEqual(everywhere('/below/tasks'));
    }));

  test('is the same in a response to a request that could not be read', async () => {
    const api = await startApi({ postgres: postgres(), server: { prefix: '/below/tasks' } });
    try {
      const refused = await sendRaw(api.url, 'GET', '/nowhere', 'nonsense\r\n\r\n');
      expect(JSON.parse(refused.text).type).toBe('/below/tasks/problems/malformed-request');
    } finally {
      await api.close();
    }
  });

  test('is the same in a result that was stored with another address', () =>
    using({ trustedProxies: 1 }, async (api) => {
      const user = await api.newUser();
      const create = (prefix: string) => {
        const headers = { 'Idempotency-Key': 'one', ...forwarded(prefix) };
        return user.send('POST', 'tasks', { json: { title: 'a' }, headers });
      };
      const [first, second] = [await create('/first'), await create('/second')];
      expect(second.headers.get('idempotency-replayed')).toBe('true');
      expect(second.headers.get('location')).toBe(
        first.headers.get('location')?.replace('/first', '/second'),
      );
    }));

  test('is the public URL without a path', () =>
    using({ publicUrl: 'https://example.com' }, async (api) => {
      expect(await serversOf(api)).toEqual(all('https://example.com'));
      expect(await prefixesOf(api)).toEqual(everywhere(''));
    }));

  test('is the prefix that a trusted proxy has removed', () =>
    using({ trustedProxies: 1 }, async (api) => {
      expect(await serversOf(api, forwarded('/tasks'))).toEqual(all('/tasks'));
      expect(await prefixesOf(api, forwarded('/tasks'))).toEqual(everywhere('/tasks'));
      expect(await prefixesOf(api, forwarded('/a/b-c_d.e~f/'))).toEqual(everywhere('/a/b-c_d.e~f'));
      expect(await prefixesOf(api, forwarded('/'))).toEqual(everywhere(''));
      expect(await serversOf(api)).toEqual(all('/'));
    }));

  test('is the prefix that each of several proxies has removed, and nothing that the client sent', () =>
    using({ trustedProxies: 2 }, async (api) => {
      expect(await prefixesOf(api, forwarded('/client, /outer, /inner/'))).toEqual(
        everywhere('/outer/inner'),
      );
    }));

  test.each([
    '//evil.example',
    '/a//b',
    '/a/../b',
    '/..',
    '/.',
    'https://evil.example',
    'tasks',
    '/a b',
    '/a;b',
    '/a>b',
    '/a"b',
    '/%2e%2e',
    '/a?b',
    '/a'.repeat(101),
  ])('is not %s', (prefix) =>
    using({ trustedProxies: 1 }, async (api) => {
      const root = await api.send('GET', '/', { headers: forwarded(prefix) });
      expect(root.headers.get('location')).toBe('/docs');
      const missing = await api.send('GET', '/nowhere', { headers: forwarded(prefix) });
      expect(missing.json.type).toBe('/problems/not-found');
      const contract = await api.send('GET', '/openapi.json', { headers: forwarded(prefix) });
      expect(contract.json.servers[0].url).toBe('/');
    }),
  );

  test('is the prefix of the request, however many prefixes clients invent', () =>
    using({ trustedProxies: 1 }, async (api) => {
      const servers: string[] = [];
      for (let n = 0; n < 20; n++) {
        const { json } = await api.send('GET', '/openapi.json', { headers: forwarded(`/p${n}`) });
        servers.push(json.servers[0].url);
      }
      expect(servers).toEqual(Array.from({ length: 20 }, (_, n) => `/p${n}`));
    }));

  test('costs a copy of the documents for only a few prefixes: the one used last longest ago gives way', async () => {
    const contractFor = servedContracts(await loadContract(), null);
    const [first, second] = [contractFor('/p0'), contractFor('/p1')];
    for (const prefix of ['/p2', '/p3', '/p0', '/p4']) contractFor(prefix);
    expect(contractFor('/p0')).toBe(first);
    expect(contractFor('/p1')).not.toBe(second);
  });

  test('costs few compressions at once, however many prefixes clients invent', async () => {
    const contractFor = servedContracts(await loadContract(), null);
    const request = (first: number) =>
      Promise.all(Array.from({ length: 8 }, (_, n) => contractFor(`/p${first + n}`).docs.represent('br')));
    const [codings, again] = [await request(0), await request(8)].map((all) =>
      all.map(({ coding }) => coding),
    );
    const expected = ['br', 'br', 'br', 'br', 'identity', 'identity', 'identity', 'identity'];
    expect([codings, again]).toEqual([expected, expected]);
    expect((await contractFor('/p15').docs.represent('br')).coding).toBe('br');
    const own = contractFor('').docs.represent;
    expect((await Promise.all([request(16), own('br')]))[1].coding).toBe('br');
  });

  test('costs only the form of the contract that is requested', async () => {
    const contract = await loadContract();
    let written = 0;
    const document = new Proxy(contract.document, {
      ownKeys: (target) => {
        written += 1;
        return Reflect.ownKeys(target);
      },
    });
    const contractFor = servedContracts({ ...contract, document }, null);
    const before = written;
    const { yaml } = contractFor('/prefix');
    expect(String((await yaml.represent('identity')).bytes)).toContain('- url: /prefix\n');
    expect(written).toBe(before);
    const { json } = contractFor('/prefix');
    expect(String((await json.represent('identity')).bytes)).toContain('"url":"/prefix"');
    expect(written).toBeGreaterThan(before);
  });

  test('is not in links between pages, which work below any prefix', () =>
    using({}, async (api) => {
      const page = await api.send('GET', '/problems/not-found');
      expect(page.text).toContain('<a href="../docs#ownership">');
      const root = await api.send('GET', '/');
      expect(root.text).toContain('<a href="docs">');
      const docs = await api.send('GET', '/docs');
      expect(docs.text.includes('<a href="problems/not-found">')).toBe(true);
      expect(docs.text.includes('<a href="/problems/')).toBe(false);
    }));
});
