// A path outside of the contract whose requests can perform the operations of the contract, such as
// that of another protocol. It shares routing, authentication and limits with all other paths.
import type { IncomingHttpHeaders } from 'node:http';
import type { Context } from 'koa';
import type { Document, Operation, Context as RequestContext } from 'openapi-backend';
import type { Principal } from '../auth/principal.ts';
import type { AnyReply } from '../contract/operation.ts';
import { scopeOf } from '../contract/scopes.ts';
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
  /** The id of the request as a UUID, and the path prefix at which the client reaches the service. */
  readonly requestId: string;
  readonly prefix: string;
  readonly perform: Perform;
  /** Whether the caller's token allows the operation. */
  readonly mayPerform: (operationId: string) => boolean;
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
    const { requestId, prefix } = ctx.state;
    const principal: Principal = ctx.state.principal;
    const { headers } = ctx.req;
    const logged = (fields: object): void => {
      ctx.state.logged = { ...ctx.state.logged, ...fields };
    };
    const perform = performFor(ctx);
    const mayPerform = (operationId: string): boolean => {
      const scope = scopeOf(operationNamed(operationId));
      return scope === null || principal.scopes.has(scope);
    };
    const context: EndpointContext = { principal, headers, requestId, prefix, perform, mayPerform, logged };
    return { reply: await handle(request.requestBody, context), began };
  };

export type Respond = (ctx: Context, request: RoutedRequest) => Promise<Outcome>;

/** How an endpoint performs the operations of the contract. */
export const performWith =
  (router: ContractRouter, entrance: Pick<Entrance, 'delayRefusal'>, respond: Respond) =>
  (ctx: Context): Perform =>
  async (operationId, valuesOf) => {
    // Limits count a request as one call.
    if (ctx.state.performed !== undefined) throw new Error('a request performs one operation');
    const operation = router.operationNamed(operationId);
    ctx.state.performed = operation;
    ctx.state.operationId = operationId;
    try {
      const { reply } = await respond(ctx, router.requestOf(operation, valuesOf()));
      ctx.state.performedStatus = reply.status;
      return reply;
    } catch (error) {
      if (!(error instanceof ClientDisconnected)) ctx.state.problem = toProblem(error);
      await entrance.delayRefusal(ctx, error);
      throw error;
    }
  };
