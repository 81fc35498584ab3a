// The server does not start when anything is missing that stands between a request and a handler: a
// gap would show as an unguarded operation, and only when someone finds it.
import { type Document, OpenAPIBackend } from 'openapi-backend';
import { describe, expect, test } from 'vitest';
import type { OperationId } from '../../src/contract/operation.ts';
import { createAdmission } from '../../src/http/admission.ts';
import { assertWired, type BackendDependencies, createBackend } from '../../src/http/backend.ts';
import { document, operations } from '../support/contract.ts';

const handlersOf = (secured: boolean) =>
  Object.fromEntries(
    operations.filter((one) => one.secured === secured).map(({ id }) => [id, async () => ({ status: 200 })]),
  );

type Dependencies = BackendDependencies<OperationId, undefined>;

/**
 * Starts with everything in its place, but for `changes`. The compiler would not let the real
 * application do so.
 */
const start = (changes: { readonly [Key in keyof Dependencies]?: unknown } = {}) =>
  createBackend({
    document,
    entrance: {
      admission: createAdmission({ maxWaiting: 10, maxRequests: 1, cut: () => {} }),
      authenticate: () => Promise.reject(new Error('no one calls')),
      rate: null,
      vital: [],
      trustedProxies: 0,
    },
    secured: handlersOf(true),
    open: handlersOf(false),
    contextOf: () => undefined,
    ...changes,
  } as unknown as Dependencies);

const changed = (change: (copy: typeof document) => void): Document => {
  const copy = structuredClone(document);
  change(copy);
  return copy as Document;
};

// One operation that needs a token, and one that needs none, stand for all.
const samples = [true, false].flatMap((secured) => operations.find((one) => one.secured === secured) ?? []);

const tasks = '/api/v1/users/{user_id}/tasks';

test('starts with everything in its place', async () => {
  expect(await start()).toBeTypeOf('function');
});

describe('does not start', () => {
  test.each(samples.map((operation) => [operation.id, operation] as const))(
    'without a handler of %s',
    async (id, { secured }) => {
      const { [id]: _left, ...others } = handlersOf(secured);
      await expect(start({ [secured ? 'secured' : 'open']: others })).rejects.toThrow(
        `The API is not wired: no ${id}`,
      );
    },
  );

  test('with a handler of an operation that the contract does not have', async () => {
    await expect(start({ open: { ...handlersOf(false), getNothing: async () => ({}) } })).rejects.toThrow(
      'getNothing',
    );
  });

  test('when the contract has an operation more, without an id of its own', async () => {
    const extra = changed(({ paths }) => {
      paths['/extra'] = { get: { responses: { 200: { description: 'Something.' } } } } as never;
    });
    await expect(start({ document: extra })).rejects.toThrow('not wired');
  });

  test.each(samples.map((operation) => [operation.id, operation] as const))(
    'when the contract and the handlers disagree on whether %s needs a token',
    async (id, { method, path, secured }) => {
      const other = changed((copy) => {
        const operation = copy.paths[path]?.[method.toLowerCase() as 'get'];
        if (operation) operation.security = secured ? [] : [{ bearerAuth: [] }];
      });
      await expect(start({ document: other })).rejects.toThrow(
        `The contract and the handlers disagree on whether ${id} needs a token`,
      );
    },
  );

  test.each([
    ['a token is optional', [{ bearerAuth: [] }, {}]],
    ['nothing is required, in a list', [{}]],
  ])('when %s', async (_name, security) => {
    const optional = changed(({ paths }) => {
      const list = paths[tasks]?.get;
      if (list) list.security = security;
    });
    await expect(start({ document: optional })).rejects.toThrow(/listTasks/);
  });

  test.each([
    ['getTask', 'has no scope', undefined],
    ['getTask', 'has an unknown scope', 'tasks:reed'],
    ['getTask', 'has a list of scopes', ['tasks:read']],
    ['getDocs', 'needs no token but has a scope', 'tasks:read'],
  ])('when %s %s', async (id, _name, scope) => {
    const found = operations.find((one) => one.id === id);
    const other = changed(({ paths }) => {
      const { get = {} } = paths[found?.path ?? ''] ?? {};
      Object.assign(get, { 'x-scope': scope });
      if (scope === undefined) Reflect.deleteProperty(get, 'x-scope');
    });
    await expect(start({ document: other })).rejects.toThrow(
      `${id} must have an x-scope if it needs a token`,
    );
  });

  test('when another security scheme is asked for', async () => {
    const keyed = changed((copy) => {
      copy.components = { ...copy.components };
      copy.components.securitySchemes = { apiKey: { type: 'apiKey', in: 'header', name: 'X-Key' } };
      copy.security = [{ apiKey: [] }];
    });
    await expect(start({ document: keyed })).rejects.toThrow(/security handler|bearerAuth/);
  });

  test.each([
    ['of OpenAPI 3.1', { ...document, openapi: '3.1.0' }],
    ['of Swagger 2', { ...document, openapi: undefined, swagger: '2.0' }],
    ['without paths', { ...document, paths: undefined }],
    ['with a parameter nowhere', { ...document, paths: { ...document.paths, '/x': { parameters: [{}] } } }],
    [
      'with a broken reference',
      { ...document, paths: { ...document.paths, '/x': { $ref: '#/components/parameters/None' } } },
    ],
    ['that is no contract', {}],
  ])('with a contract %s', async (_name, broken) => {
    await expect(start({ document: broken })).rejects.toThrow();
  });
});

describe('does not start with a format in a request that is not checked', () => {
  const odd = { type: 'string', format: 'phone-number' } as const;

  test('in a body', async () => {
    const other = changed((copy) => {
      Object.assign(copy.components?.schemas?.TaskUpdate ?? {}, { properties: { phone: odd } });
    });
    await expect(start({ document: other })).rejects.toThrow(
      /^\w+: the format phone-number cannot be validated$/,
    );
  });

  test('in a parameter', async () => {
    const other = changed(({ paths }) => {
      paths[tasks]?.get?.parameters?.push({ name: 'phone', in: 'query', schema: odd });
    });
    await expect(start({ document: other })).rejects.toThrow(
      'listTasks: the format phone-number cannot be validated',
    );
  });

  test('but with one in a response', async () => {
    const other = changed((copy) => {
      Object.assign(copy.components?.schemas?.Health ?? {}, { properties: { phone: odd } });
    });
    expect(await start({ document: other })).toBeTypeOf('function');
  });
});

describe('assertWired', () => {
  const nothing = () => {};
  const guards = [
    'notFound',
    'methodNotAllowed',
    'postSecurityHandler',
    'unauthorizedHandler',
    'validationFail',
  ];
  const wire = async (guardsLeft: readonly string[], schemes: readonly string[]) => {
    const api = new OpenAPIBackend({
      // A copy: references are replaced in place.
      definition: structuredClone(document) as Document,
      validate: false,
      handlers: Object.fromEntries(
        [...operations.map(({ id }) => id), ...guardsLeft].map((n) => [n, nothing]),
      ),
      securityHandlers: Object.fromEntries(schemes.map((scheme) => [scheme, nothing])),
    });
    await api.init();
    return api;
  };

  test('is content with everything', async () => {
    const api = await wire(guards, ['bearerAuth']);
    expect(() => assertWired(api)).not.toThrow();
  });

  test.each(guards)('throws without %s', async (guard) => {
    const api = await wire(
      guards.filter((name) => name !== guard),
      ['bearerAuth'],
    );
    expect(() => assertWired(api)).toThrow(`The API is not wired: no ${guard}`);
  });

  test('throws without the security handler', async () => {
    const api = await wire(guards, []);
    expect(() => assertWired(api)).toThrow('The API is not wired: no security handler bearerAuth');
  });

  test('names everything that is missing at once', async () => {
    const api = await wire([], []);
    expect(() => assertWired(api)).toThrow(
      'The API is not wired: no notFound, no methodNotAllowed, no postSecurityHandler, no unauthorizedHandler, no validationFail, no security handler bearerAuth',
    );
  });
});
