// A path outside of the contract whose requests can perform the operations of the contract, such as
// that of another protocol. It shares routing, authentication and limits with all other paths.
import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from 'koa';
import type { Document, Operation, Context as RequestContext } from 'openapi-backend';
import type { Principal } from '../auth/principal.ts';
import type { AnyReply } from '../contract/operation.ts';
import { type Scope, scopeOf } from '../contract/scopes.ts';
import type { Entrance } from './entrance.ts';
import { ClientDisconnected, toProblem } from './on-error.ts';
import type { CallValues, ContractRouter, RoutedRequest } from './router.ts';
import type { Outcome } from './write.ts';

/**
 * Performs an operation of the contract for the caller of the present request, of which this is the
 * only one. It takes the same path as a request of its own: scopes, limits, owner, validation,
 * handler. Throws what that throws, and what `valuesOf` throws.
 */
export type Perform = (operationId: string, valuesOf: () => CallValues) => Promise<AnyReply>;

/** What the handler of an endpoint can use. */
export interface EndpointContext {
  readonly principal: Principal;
  readonly headers: IncomingHttpHeaders;
  /** The id of the request as a UUID. */
  readonly requestId: string;
  readonly perform: Perform;
  /** The scope that the operation needs and the caller's token lacks; null if the token allows it. */
  readonly missingScope: (operationId: string) => Scope | null;
  /** Adds fields to the request's log line. */
  readonly logged: (fields: Readonly<Record<string, string>>) => void;
}

/**
 * An operation that is not in the contract, because another standard defines its messages: POST of
 * JSON to a path, with a token.
 */
export interface Endpoint {
  readonly path: string;
  /** Its name in the log and the metrics. */
  readonly name: string;
  /** The longest body, in kB. */
  readonly bodyLimit: number;
  readonly handle: (body: unknown, context: EndpointContext) => Promise<AnyReply>;
}

/** The document with an operation for the endpoint. Its handler checks the body, which may be any JSON. */
export const withEndpoint = (document: Document, { path, name, bodyLimit }: Endpoint): Document => {
  const post = {
    operationId: name,
    security: [{ bearerAuth: [] }],
    // Each operation that it performs has its own.
    'x-scope': null,
    'x-body-limit': bodyLimit,
    requestBody: { required: true, content: { 'application/json': { schema: {} } } },
    responses: { 200: { description: 'A message', content: { 'application/json': {} } } },
  };
  return Object.assign({}, document, { paths: { ...document.paths, [path]: { post } } });
};

/** The endpoint's handler as openapi-backend calls it. */
export const adaptEndpoint =
  (
    { handle }: Endpoint,
    operationNamed: (operationId: string) => Operation,
    performFor: (ctx: Context) => Perform,
  ) =>
  async ({ request }: RequestContext, ctx: Context): Promise<Outcome> => {
    const began = performance.now();
    const { requestId } = ctx.state;
    // Nothing so far: its response may be refused, as that of a write may not.
    ctx.state.performed = null;
    const principal: Principal = ctx.state.principal;
    const { headers } = ctx.req;
    const logged = (fields: object): void => {
      ctx.state.logged = { ...ctx.state.logged, ...fields };
    };
    const perform = performFor(ctx);
    const missingScope = (operationId: string): Scope | null => {
      const scope = scopeOf(operationNamed(operationId));
      return scope === null || principal.scopes.has(scope) ? null : scope;
    };
    const context: EndpointContext = { principal, headers, requestId, perform, missingScope, logged };
    return { reply: await handle(request.requestBody, context), began };
  };

export type Respond = (ctx: Context, request: RoutedRequest) => Promise<Outcome>;

/** How an endpoint performs the operations of the contract. */
export const performWith =
  (router: ContractRouter, entrance: Pick<Entrance, 'delayRefusal'>, respond: Respond) =>
  (ctx: Context): Perform =>
  async (operationId, valuesOf) => {
    // Limits count a request as one call.
    if (ctx.state.performed !== null) throw new Error('a request performs one operation');
    const operation = router.operationNamed(operationId);
    ctx.state.performed = operation;
    ctx.state.operationId = operationId;
    try {
      const { reply } = await respond(ctx, router.requestOf(operation, valuesOf));
      ctx.state.performedStatus = reply.status;
      return reply;
    } catch (error) {
      if (!(error instanceof ClientDisconnected)) ctx.state.problem = toProblem(error);
      await entrance.delayRefusal(ctx, error);
      throw error;
    }
  };
