// How an agent finds out where to get a token, as the official client library does it.
import {
  checkResourceAllowed,
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
} from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Api, sharedPostgres, startApi } from '../support/app.ts';
import { newOwner, tokenFor } from '../support/tokens.ts';

const postgres = sharedPostgres();
const issuer = 'https://id.example.com';

describe.each(['https://tasks.example.com', 'https://example.com/apps/tasks'])('at %s', (publicUrl) => {
  let api: Api;
  beforeAll(async () => {
    api = await startApi({ postgres: postgres(), app: { publicUrl, issuers: [issuer], mcp: true } });
  });
  afterAll(() => api.close());

  const endpoint = `${publicUrl}/mcp`;
  /** What the client requests, and nothing else, by way of a proxy that removes the prefix. */
  const reach = (address: string | URL, init?: RequestInit): Promise<Response> => {
    const { href, origin, pathname } = new URL(address);
    const target = pathname.startsWith('/.well-known/')
      ? href.slice(origin.length)
      : href.slice(publicUrl.length);
    expect(href.startsWith(target === pathname ? origin : publicUrl)).toBe(true);
    return fetch(api.url + target, init);
  };
  const post = (token?: string, body = '{}') =>
    reach(endpoint, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Accept: 'application/json, text/event-stream',
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      body,
    });
  const expectMetadata = (metadata: Awaited<ReturnType<typeof discoverOAuthProtectedResourceMetadata>>) => {
    expect(metadata.authorization_servers).toEqual([issuer]);
    expect(metadata.scopes_supported).toEqual(['tasks:read', 'tasks:write']);
    expect(metadata.resource).toBe(endpoint);
    expect(checkResourceAllowed({ requestedResource: endpoint, configuredResource: metadata.resource })).toBe(
      true,
    );
  };

  test('the challenge leads to the metadata of the endpoint', async () => {
    const { resourceMetadataUrl } = extractWWWAuthenticateParams(await post());
    if (resourceMetadataUrl === undefined) throw new Error('the challenge has no resource_metadata');
    expectMetadata(
      await discoverOAuthProtectedResourceMetadata(endpoint, { resourceMetadataUrl }, (url, init) =>
        reach(url, init),
      ),
    );
  });

  test('without a challenge, the address of the endpoint leads there', async () => {
    expectMetadata(
      await discoverOAuthProtectedResourceMetadata(endpoint, undefined, (url, init) => reach(url, init)),
    );
  });

  test('a refusal for lack of a scope names it, and the metadata', async () => {
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'add_tasks', arguments: { tasks: [{ title: 'a' }] } },
    };
    const token = await tokenFor(newOwner(), { scope: 'tasks:read' });
    const refused = await post(token, JSON.stringify(call));
    expect(refused.status).toBe(403);
    const { resourceMetadataUrl, ...rest } = extractWWWAuthenticateParams(refused);
    expect(rest).toMatchObject({ scope: 'tasks:read tasks:write', error: 'insufficient_scope' });
    expect(resourceMetadataUrl?.href.startsWith(publicUrl)).toBe(true);
  });
});
