// An operation that an endpoint performs for another protocol: it is refused before its values are
// read, and the refusal costs as much as that of a request of its own.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import type { Document } from 'openapi-backend';
import { expect, test } from 'vitest';
import { ownerIdFrom } from '../../src/auth/principal.ts';
import type { OperationId } from '../../src/contract/operation.ts';
import { createAdmission } from '../../src/http/admission.ts';
import { type BackendDependencies, createBackend } from '../../src/http/backend.ts';
import type { Endpoint } from '../../src/http/endpoint.ts';
import { onError } from '../../src/http/on-error.ts';
import { document, operations } from '../support/contract.ts';

const handlersOf = (secured: boolean) =>
  Object.fromEntries(
    operations.filter((one) => one.secured === secured).map(({ id }) => [id, async () => ({ status: 200 })]),
  );

/** Serves an endpoint that performs `listTasks`; what it and the entrance have done. */
const serve = async (scopes: readonly string[]) => {
  const done: string[] = [];
  const middleware = await createBackend({
    document: document as Document,
    entrance: {
      admission: createAdmission({ maxWaiting: 10, maxRequests: 10, cut: () => {} }),
      authenticate: async () => ({ ownerId: ownerIdFrom('ann'), scopes: new Set(scopes) }),
      rate: null,
      turns: { take: () => void done.push('waits') },
      light: [],
      monitoring: 'getMetrics',
      trustedProxies: 0,
    },
    secured: handlersOf(true),
    open: handlersOf(false),
    contextOf: () => undefined,
    endpoint: {
      path: '/rpc',
      name: 'rpc',
      bodyLimit: 10,
      handle: async (_body: unknown, { perform }: Parameters<Endpoint['handle']>[1]) =>
        perform('listTasks', () => {
          done.push('reads');
          return { path: { user_id: 'me' }, query: {}, headers: {}, body: undefined };
        }),
    },
  } as unknown as BackendDependencies<OperationId, undefined>);
  const server = new Koa().use(onError(null)).use(middleware).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/rpc`, {
    method: 'POST',
    headers: { Authorization: 'Bearer x', 'Content-Type': 'application/json' },
    body: '{}',
  });
  server.close();
  return { status: response.status, done };
};

test('is performed with its values, which are read once', async () => {
  expect(await serve(['tasks:read'])).toEqual({ status: 200, done: ['reads'] });
});

test('is refused without its scope before its values are read, after one turn of waiting', async () => {
  expect(await serve(['tasks:write'])).toEqual({ status: 403, done: ['waits'] });
});
