// The request id, and one line in the log for each request when its answer has left, or when the client has.
import { randomUUID } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import type { Problem } from '../contract/problem.ts';
import { type Logger, type RequestContext, requestContext } from '../log.ts';
import { traceFrom } from './traceparent.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The status in the log when the client hung up before the answer. */
const clientClosedRequest = 499;

/** Told of each request when its answer has left. */
export type RequestObserver = (operation: string | undefined, status: number, seconds: number) => void;

const log = (logger: Logger, observe: RequestObserver, ctx: Context, context: RequestContext): void => {
  const problem: Problem | undefined = ctx.state.problem;
  const cause = problem?.cause;
  const line = {
    // The response closes outside the request's own context.
    ...context,
    operation: ctx.state.operationId,
    method: ctx.method,
    status: ctx.res.writableFinished ? ctx.res.statusCode : clientClosedRequest,
    duration_ms: Math.round((performance.now() - ctx.state.started) * 1000) / 1000,
    owner: ctx.state.principal?.ownerId,
    problem: problem?.slug,
  };
  observe(line.operation, line.status, line.duration_ms / 1000);
  if (problem !== undefined && problem.status >= 500) logger.error({ ...line, err: cause }, 'request');
  else if (cause === undefined) logger.brief(line, 'request');
  else logger.info({ ...line, reason: cause instanceof Error ? cause.message : String(cause) }, 'request');
};

/**
 * Gives the request its id (the client's, when that is a UUID), answers with it, and logs the request, with its trace
 * when the caller sent one.
 */
export const requestLog =
  (logger: Logger, observe: RequestObserver): Middleware =>
  (ctx, next) => {
    ctx.state.started = performance.now();
    const sent = ctx.req.headers['x-request-id'];
    const requestId = typeof sent === 'string' && uuid.test(sent) ? sent.toLowerCase() : randomUUID();
    ctx.state.requestId = requestId;
    ctx.res.setHeader('X-Request-Id', requestId);
    const context = {
      request_id: requestId,
      ...traceFrom(ctx.req.headers.traceparent as string | undefined),
    };
    return requestContext.run(context, () => {
      ctx.res.on('close', () => log(logger, observe, ctx, context));
      return next();
    });
  };
