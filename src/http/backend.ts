// From a Koa request to a handler and back, by way of openapi-backend: route, authenticate, check
// the owner, read the body, validate, call. This is the one place where its untyped world meets the
// handlers' typed one.
import type { Context, Middleware } from 'koa';
import {
  type Document,
  OpenAPIBackend,
  type Operation,
  type Context as RequestContext,
} from 'openapi-backend';
import type { Principal } from '../auth/principal.ts';
import type { AnyReply, Handlers, OperationId } from '../contract/operation.ts';
import { type Fault, problems } from '../contract/problem.ts';
import { isScope, scopeOf } from '../contract/scopes.ts';
import { checkValueSize } from './body.ts';
import { createCompression } from './compression.ts';
import { deprecationHeaders } from './deprecation.ts';
import { adaptEndpoint, type Endpoint, performWith, type Respond, withEndpoint } from './endpoint.ts';
import { createEntrance, type Entrance, type EntranceOptions } from './entrance.ts';
import { valuesOf } from './header-values.ts';
import { bodyTypesOf, mediaTypesOf, negotiate } from './media-type.ts';
import { RequestValidator } from './request-validator.ts';
import { ContractRouter, checkQuerySize, type RoutedRequest, splitTarget } from './router.ts';
import {
  chooseByDiscriminator,
  countBeforeItems,
  countBeforeMembers,
  customizeAjv,
  faultsFrom,
} from './validation.ts';
import { type Outcome, writeWith } from './write.ts';

// What openapi-backend passes around: it knows nothing of an operation's types.
// biome-ignore lint/suspicious/noExplicitAny: the adapter edge
type AnyHandler = (call: any) => Promise<AnyReply>;

/** What an operation without a token knows about its request. */
export interface OpenContext {
  /** The path below which the client reaches the service; empty for none. */
  readonly prefix: string;
}

/**
 * Calls `left` when the client has gone, or at once if it already has; returns a function that
 * stops this.
 */
export type WhenGone = (left: () => void) => () => void;

/** What an operation can do about its request. */
export interface RequestControl {
  readonly whenGone: WhenGone;
  /**
   * Turns the request from one in progress into one that waits, and returns how to end that. Throws a
   * Problem if too many wait: 429 or 503.
   */
  readonly park: () => () => void;
  /** Counts work that took `took` milliseconds; resolves when its owner may have the next. */
  readonly pace: (took: number) => Promise<void> | undefined;
}

export interface BackendDependencies<Open extends OperationId, HandlerContext> {
  readonly document: Document;
  /** How requests are admitted; the rest follows from the contract. */
  readonly entrance: Omit<EntranceOptions, 'operations'>;
  /** Handlers of the operations that the contract secures. */
  readonly secured: Handlers<Exclude<OperationId, Open>, HandlerContext>;
  /** Handlers of the operations that need no token. */
  readonly open: Handlers<Open, OpenContext>;
  /** What a secured operation can use on behalf of its caller. */
  readonly contextOf: (
    principal: Principal,
    control: RequestControl,
    operation: OperationId,
  ) => HandlerContext;
  readonly endpoint?: Endpoint | null;
}

// A response closes when its client goes away, and otherwise not before the handler is done with
// it.
const whenGone =
  ({ res }: Context): WhenGone =>
  (left) => {
    if (res.closed) left();
    else res.on('close', left);
    return () => res.off('close', left);
  };

const repeatedKey: Fault = {
  loc: ['header', 'idempotency-key'],
  msg: 'must not be repeated',
  type: 'repeated',
};

const requirements = (context: RequestContext) => context.operation.security ?? [];

/** The scope check of every operation: the token must have exactly the scope that it needs. */
const checkScope = ({ operation }: RequestContext, { scopes }: Principal): void => {
  const scope = scopeOf(operation);
  if (scope !== null && !scopes.has(scope)) throw problems.insufficientScope(scope);
};

/** The owner check of every operation: the path's `user_id` must be the caller's, or `me`. */
const checkOwner = (context: RequestContext, principal: Principal): void => {
  const { user_id: userId } = context.request.params;
  if (userId !== undefined && userId !== 'me' && userId !== principal.ownerId) throw problems.notFound();
};

/** Throws an error that lists everything that is missing: no operation may be served unguarded. */
export const assertWired = (api: OpenAPIBackend): void => {
  const operations = api.router.getOperations();
  const schemes = new Set(operations.flatMap(({ security = [] }) => security.flatMap(Object.keys)));
  const missing = [
    ...operations.map(({ operationId }) => operationId ?? '(an operation without operationId)'),
    'notFound',
    'methodNotAllowed',
    'postSecurityHandler',
    'unauthorizedHandler',
    'validationFail',
  ].filter((name) => !api.handlers[name]);
  for (const scheme of schemes) if (!api.securityHandlers[scheme]) missing.push(`security handler ${scheme}`);
  if (missing.length > 0) throw new Error(`The API is not wired: no ${missing.join(', no ')}`);
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Throws on a reference that leads nowhere, and on a parameter whose `in` is unknown. */
const assertWhole = (document: object, value: unknown = document): void => {
  if (!isObject(value)) return;
  const { $ref, parameters } = value;
  if (typeof $ref === 'string') {
    const parts = $ref.slice(2).split('/');
    const found = parts.reduce<unknown>(
      (at, part) => isObject(at) && at[part.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );
    if (!found) throw new Error(`The contract has nothing at ${$ref}`);
  }
  for (const parameter of Array.isArray(parameters) ? parameters : []) {
    if (!parameter.$ref && !['path', 'query', 'header', 'cookie'].includes(parameter.in)) {
      throw new Error(`The contract has a parameter whose 'in' is unknown: ${JSON.stringify(parameter)}`);
    }
  }
  for (const inner of Object.values(value)) assertWhole(document, inner);
};

/**
 * Throws if a secured operation has no `x-scope`, or an unknown one: it would be open to any token.
 * Null means that it is.
 */
const assertScope = (operation: Operation, isSecured: boolean): void => {
  const { 'x-scope': scope } = operation as { readonly 'x-scope'?: unknown };
  if (isSecured ? scope !== null && !isScope(scope) : scope !== undefined) {
    throw new Error(`${operation.operationId} must have an x-scope if it needs a token, and otherwise none`);
  }
};

const assertSecurity = (api: OpenAPIBackend, secured: object, open: object): void => {
  for (const operation of api.router.getOperations()) {
    const { operationId = '', security = [] } = operation;
    const isSecured = security.length > 0;
    // An alternative without a token would admit a caller that has no owner.
    if (security.some((scheme) => Object.keys(scheme).join() !== 'bearerAuth')) {
      throw new Error(`${operationId} must require bearerAuth, or nothing`);
    }
    if (isSecured ? !(operationId in secured) : !(operationId in open)) {
      throw new Error(`The contract and the handlers disagree on whether ${operationId} needs a token`);
    }
    assertScope(operation, isSecured);
  }
};

/** The steps that all operations share, and what is known about each operation. */
interface Parts {
  readonly router: ContractRouter;
  readonly entrance: Entrance;
  readonly mediaTypes: ReadonlyMap<Operation, ReadonlyMap<number, readonly string[]>>;
  readonly deprecations: ReadonlyMap<Operation, Readonly<Record<string, string>>>;
}

/** The handlers as openapi-backend calls them. */
const adapt = (
  handlers: object,
  contextFor: (ctx: Context, operation: OperationId) => unknown,
  { mediaTypes }: Pick<Parts, 'mediaTypes'>,
): Record<string, (context: RequestContext, ctx: Context) => Promise<Outcome>> => {
  const serve =
    (operationId: OperationId, handler: AnyHandler) =>
    async ({ request, operation }: RequestContext, ctx: Context): Promise<Outcome> => {
      const { params: path, query, headers, requestBody: body } = request;
      const began = performance.now();
      const types = mediaTypes.get(operation);
      const mediaType = negotiate(ctx, types?.get(200) ?? []);
      const context = contextFor(ctx, operationId);
      const reply = await handler({ path, query, headers, body, mediaType, context });
      return { reply, mediaType: reply.mediaType ?? types?.get(reply.status)?.[0], began };
    };
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [name, serve(name as OperationId, handler)]),
  );
};

/** The steps between openapi-backend's own. */
const stepsOf = ({ router, entrance, deprecations }: Parts) => ({
  notFound: () => {
    throw problems.notFound();
  },
  methodNotAllowed: (_context: RequestContext, ctx: Context, request: RoutedRequest): Outcome => {
    const { allow = '', methods } = router.find(request)?.route ?? {};
    if (ctx.method !== 'OPTIONS') throw problems.methodNotAllowed(allow);
    const patch = methods?.get('patch');
    const patches = patch && bodyTypesOf(patch)?.join(', ');
    return { reply: { status: 204, headers: { Allow: allow, 'Accept-Patch': patches } }, began: 0 };
  },
  postRoutingHandler: (context: RequestContext, ctx: Context) => {
    const deprecation = deprecations.get(context.operation);
    for (const name in deprecation) ctx.res.setHeader(name, deprecation[name] ?? '');
  },
  postSecurityHandler: async (context: RequestContext, ctx: Context, request: RoutedRequest) => {
    const isSecured = requirements(context).length > 0;
    if (isSecured) {
      if (!context.security?.authorized) return;
      ctx.state.principal = context.security.bearerAuth;
      if (request.valuesOf === undefined) await entrance.admit(ctx, context.operation, ctx.state.principal);
      else entrance.admitCall(ctx, context.operation, ctx.state.principal);
      // After the owner's limits, which count refusals as well, and before anything is looked up or
      // read.
      checkScope(context, ctx.state.principal);
    }
    router.readValues(request);
    if (isSecured) checkOwner(context, ctx.state.principal);
    if (request.valuesOf !== undefined) {
      checkValueSize(ctx, context.operation, context.request.requestBody);
      return;
    }
    // Node joins repeated header fields into one value, which would be a key that no client has
    // sent.
    if (valuesOf(ctx.req, 'idempotency-key').length > 1) throw problems.invalid([repeatedKey]);
    // Before the body: with a fault in the query, it need not be read.
    checkQuerySize(request.rawQuery);
    const body = await entrance.readRest(ctx, context.operation);
    if (body === undefined) return;
    context.request.requestBody = body;
    // The validator knows JSON by this name only; readBody has checked the actual media type.
    context.request.headers['content-type'] = 'application/json';
  },
  unauthorizedHandler: (context: RequestContext) => {
    throw context.security?.bearerAuth?.error ?? problems.noToken();
  },
  validationFail: (context: RequestContext) => {
    throw problems.invalid(faultsFrom(context.validation.errors ?? []));
  },
});

/**
 * openapi-backend with its references resolved, its schemas as this service reads them, and a
 * router of our own.
 */
const openApi = async (document: Document) => {
  // Later versions have no `nullable`, which the schemas use, so the schemas would be misread.
  if (!/^3\.0\.\d+$/.test(document.openapi)) throw new Error('The contract is not OpenAPI 3.0');
  assertWhole(document);
  const api = new OpenAPIBackend({
    // A copy: the references in it are replaced in place.
    definition: structuredClone(document),
    // That it is valid OpenAPI is checked when it is linted and bundled, not at every start.
    quick: true,
    strict: true,
    // The router and the validator replace its own.
    validate: false,
  });
  await api.init();
  chooseByDiscriminator(api.definition);
  countBeforeItems(api.definition);
  countBeforeMembers(api.definition);
  const router = new ContractRouter(api.definition);
  const validator = new RequestValidator({
    definition: api.definition,
    router,
    // Optimising the generated code takes a third of the time that compiling all schemas takes after
    // each start, and the code does not run measurably faster.
    ajvOpts: { allErrors: true, verbose: true, code: { optimize: false } },
    customizeAjv,
  });
  validator.shareCompiled(document);
  Object.assign(api, { router, validator, validate: true });
  return { api, router, validator };
};

/** Builds the middleware. Throws when the contract is not OpenAPI 3.0 or something is not wired. */
export const createBackend = async <Open extends OperationId, HandlerContext>({
  document,
  entrance: entranceOptions,
  secured,
  open,
  contextOf,
  endpoint = null,
}: BackendDependencies<Open, HandlerContext>): Promise<Middleware> => {
  const whole = endpoint === null ? document : withEndpoint(document, endpoint);
  const { api, router, validator } = await openApi(whole);
  const operations = router.getOperations();
  const entrance = createEntrance({ ...entranceOptions, operations });
  const parts: Parts = {
    router,
    entrance,
    mediaTypes: new Map(operations.map((operation) => [operation, mediaTypesOf(operation)])),
    deprecations: new Map(operations.map((operation) => [operation, deprecationHeaders(operation)])),
  };
  const respond: Respond = (ctx, request) => api.handleRequest(request, ctx, request);
  const endpoints = endpoint && {
    [endpoint.name]: adaptEndpoint(
      endpoint,
      router.operationNamed.bind(router),
      performWith(router, entrance, respond),
    ),
  };
  api.register({
    ...endpoints,
    ...adapt(
      secured,
      (ctx, operation) =>
        contextOf(
          ctx.state.principal,
          {
            whenGone: whenGone(ctx),
            park: () => entrance.park(ctx),
            pace: (took) => entrance.pace(ctx, took),
          },
          operation,
        ),
      parts,
    ),
    ...adapt(open, (ctx): OpenContext => ({ prefix: ctx.state.prefix }), parts),
    ...stepsOf(parts),
  });
  api.registerSecurityHandler(
    'bearerAuth',
    (_context: RequestContext, ctx: Context, request: RoutedRequest) =>
      request.valuesOf === undefined ? entrance.verify(ctx) : ctx.state.principal,
  );
  assertWired(api);
  assertSecurity(api, { ...secured, ...endpoints }, open);
  validator.compileInTurn();

  const write = writeWith(createCompression(), entrance);
  return (ctx) => {
    const request: RoutedRequest = {
      method: ctx.method.toLowerCase(),
      ...splitTarget(ctx.req.url ?? '/'),
      headers: ctx.req.headers as RoutedRequest['headers'],
    };
    const operation = router.operationOf(request);
    ctx.state.operationId = operation?.operationId;
    return entrance.enter(ctx, operation, async () => write(ctx, await respond(ctx, request)));
  };
};
