// Where a client without a token learns who issues one (RFC 9728), and the challenge that leads
// there.
import { describe, expect, test } from 'vitest';
import type { AppDependencies } from '../../src/app.ts';
import { type Api, sharedPostgres, startApi } from '../support/app.ts';
import { sendRaw } from '../support/raw.ts';
import { newOwner, tokenFor } from '../support/tokens.ts';

const postgres = sharedPostgres();
const path = '/.well-known/oauth-protected-resource';
const session = '/api/v1/session';

const using = async (app: Partial<AppDependencies>, work: (api: Api) => Promise<void>): Promise<void> => {
  const api = await startApi({ postgres: postgres(), app });
  try {
    await work(api);
  } finally {
    await api.close();
  }
};

/** Requests `target`, which stands for `known`, a path of the contract. */
const getAs = (api: Api, known: string, target: string) =>
  sendRaw(api.url, 'GET', known, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);

const publicUrl = 'https://tasks.example.com';
const issuers = ['https://id.example.com/realms/a', 'https://agents.example.com'];

const challengeOf = async (api: Api, token: string | null, target = session) =>
  (await api.send('GET', target, { token })).headers.get('www-authenticate');

describe('with an issuer and a public URL', () => {
  test('the metadata names the resource, its issuers and its scopes, and everyone may keep it', () =>
    using({ publicUrl, issuers }, async (api) => {
      const { status, json, headers } = await api.send('GET', path);
      expect(status).toBe(200);
      expect(json).toEqual({
        resource: publicUrl,
        authorization_servers: issuers,
        scopes_supported: ['tasks:read', 'tasks:write', 'tasks:erase'],
        bearer_methods_supported: ['header'],
        resource_name: 'Tasks API',
        resource_documentation: `${publicUrl}/docs`,
      });
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('cache-control')).toBe('public, max-age=3600');
      const head = await api.send('HEAD', path);
      expect([head.status, head.text]).toEqual([200, '']);
    }));

  test('each challenge has the address of the metadata', () =>
    using({ publicUrl, issuers }, async (api) => {
      const parameter = `resource_metadata="${publicUrl}${path}"`;
      expect(await challengeOf(api, null)).toBe(`Bearer ${parameter}`);
      expect(await challengeOf(api, 'a.b.c')).toBe(`Bearer error="invalid_token", ${parameter}`);
      const token = await tokenFor(newOwner(), { scope: 'tasks:write' });
      expect(await challengeOf(api, token, '/api/v1/users/me/tasks')).toBe(
        `Bearer error="insufficient_scope", scope="tasks:read", ${parameter}`,
      );
      // Nothing else has a challenge.
      expect(await challengeOf(api, token, '/api/v1/users/another/tasks/1')).toContain('insufficient_scope');
      expect(await challengeOf(api, await tokenFor(newOwner()), '/api/v1/users/another/tasks')).toBeNull();
      expect(await challengeOf(api, null, '/nowhere')).toBeNull();
    }));

  test('/mcp has metadata of its own if it is served', () =>
    using({ publicUrl, issuers, mcp: true }, async (api) => {
      const { json } = await api.send('GET', `${path}/mcp`);
      // Agents ask for all of these.
      expect(json).toMatchObject({
        resource: `${publicUrl}/mcp`,
        scopes_supported: ['tasks:read', 'tasks:write'],
      });
      expect((await api.send('GET', path)).json.resource).toBe(publicUrl);
      expect((await api.send('GET', `${path}/mcp/`)).status).toBe(404);
      const { status, headers } = await fetch(`${api.url}/mcp`, { method: 'POST' });
      expect([status, headers.get('www-authenticate')]).toEqual([
        401,
        `Bearer resource_metadata="${publicUrl}${path}/mcp"`,
      ]);
      expect((await api.send('GET', `${path}/api`)).status).toBe(404);
    }));

  test('/mcp has none if it is not served', () =>
    using({ publicUrl, issuers }, async (api) => {
      const { status, headers } = await api.send('GET', `${path}/mcp`);
      expect(status).toBe(404);
      expect(headers.get('cache-control')).toBe('private, no-cache, no-transform');
    }));
});

describe('below a path', () => {
  const below = 'https://example.com/apps/tasks';

  test('the metadata is where the proxy leads to the service, and where RFC 9728 looks for it', () =>
    using({ publicUrl: below, issuers, mcp: true }, async (api) => {
      expect(await challengeOf(api, null)).toBe(`Bearer resource_metadata="${below}${path}"`);
      // The proxy has removed the prefix from the first, and passes the second on as it is.
      for (const [resource, known] of [
        [below, path],
        [`${below}/mcp`, `${path}/mcp`],
      ] as const) {
        for (const target of [known, known.replace(path, `${path}/apps/tasks`)]) {
          const { text, headers } = await getAs(api, known, target);
          expect(JSON.parse(text).resource).toBe(resource);
          expect(headers.get('access-control-allow-origin')).toBe('*');
        }
      }
      for (const target of [`${path}/apps`, `${path}/apps/tasksmcp`, `${path}/apps/tasks/mcp/mcp`]) {
        expect((await api.send('GET', target)).status).toBe(404);
      }
      // Nothing else loses its beginning.
      expect((await api.send('GET', '/apps/tasks/healthz')).status).toBe(404);
      expect((await api.send('GET', `${path}/apps/tasks/healthz`)).status).toBe(404);
    }));
});

describe('without', () => {
  test.each<[string, Partial<AppDependencies>]>([
    ['anything', {}],
    ['an issuer', { publicUrl }],
    ['a public URL', { issuers }],
    [
      'an issuer with an address',
      { publicUrl, issuers: ['tasks', 'urn:example:id', 'https://a.example/?b'] },
    ],
  ])('%s, there is no metadata, and challenges do not name it', (_name, app) =>
    using({ ...app, mcp: true }, async (api) => {
      for (const target of [path, `${path}/mcp`]) {
        const { status, json } = await api.send('GET', target);
        expect([status, json.type]).toEqual([404, '/problems/not-found']);
      }
      expect(await challengeOf(api, null)).toBe('Bearer');
      expect(await challengeOf(api, 'a.b.c')).toBe('Bearer error="invalid_token"');
    }),
  );

  test('an issuer that is only a name is left out', () =>
    using({ publicUrl, issuers: ['tasks', ...issuers] }, async (api) => {
      expect((await api.send('GET', path)).json.authorization_servers).toEqual(issuers);
    }));
});

describe('pages', () => {
  test.each<[string, readonly string[]]>([
    ['no', []],
    ['other', ['https://app.example.com']],
  ])('of any origin may read the metadata, although %s origins are allowed', (_name, corsOrigins) =>
    using({ publicUrl, issuers, corsOrigins }, async (api) => {
      for (const origin of ['https://anywhere.example', 'null', 'https://app.example.com']) {
        const headers = { Origin: origin };
        const read = await api.send('GET', path, { headers });
        expect(read.headers.get('access-control-allow-origin')).toBe('*');
        const preflight = await api.send('OPTIONS', path, {
          headers: {
            ...headers,
            'Access-Control-Request-Method': 'GET',
            'Access-Control-Request-Headers': 'mcp-protocol-version',
          },
        });
        expect(preflight.status).toBe(204);
        expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
        expect(preflight.headers.get('access-control-allow-methods')).toContain('GET');
      }
      const other = await api.send('GET', session, { headers: { Origin: 'https://anywhere.example' } });
      expect(other.headers.get('access-control-allow-origin')).toBeNull();
    }),
  );

  test('and a target in absolute form is the same', () =>
    using({ publicUrl: 'https://example.com/tasks', issuers }, async (api) => {
      for (const target of [path, `http://localhost${path}`]) {
        const { status, headers } = await getAs(api, path, target);
        expect([status, headers.get('access-control-allow-origin')]).toEqual([200, '*']);
      }
    }));
});
