// The request id, and one line in the log for each request when its response has been sent, or when
// the client has gone.
import type { Context, Middleware } from 'koa';
import { NotReady, Problem } from '../contract/problem.ts';
import { type Logger, type RequestContext, requestContext } from '../observability/log.ts';
import { Refused } from './admission.ts';
import { requestIdOf, uuidOf } from './request-id.ts';
import { traceFrom } from './traceparent.ts';

/** The status in the log when the client hung up before the response. */
const clientClosedRequest = 499;

export interface RequestObserver {
  /** Called for each request when its response has been sent. */
  request(operation: string | undefined, status: number, seconds: number): void;
  /** Called for each request that was refused, with the reason. */
  refused(reason: string): void;
}

const rounded = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

const log = (logger: Logger, observer: RequestObserver, ctx: Context, context: RequestContext): void => {
  const { res } = ctx;
  // A response that the server itself broke off has the reason in `errored`.
  const failure = res.errored instanceof Problem ? res.errored : undefined;
  const problem: Problem | undefined = failure ?? ctx.state.problem;
  const cause = problem?.cause ?? res.errored ?? undefined;
  // The status of the operation, which the response to a tool call has only in its content.
  const performed: number | undefined = ctx.state.performed
    ? (problem?.status ?? ctx.state.performedStatus)
    : undefined;
  const status = res.writableFinished
    ? (performed ?? res.statusCode)
    : (failure?.status ?? clientClosedRequest);
  const line = {
    // The response closes outside the request's own context.
    ...context,
    operation: ctx.state.operationId,
    method: ctx.method,
    ...ctx.state.logged,
    status,
    // What the client has seen of a response that was broken off, or of one to a tool call.
    sent_status: (failure && res.headersSent) || status === performed ? res.statusCode : undefined,
    duration_ms: rounded(performance.now() - ctx.state.started),
    // How much of it was spent waiting for changes.
    waited_ms:
      ctx.state.parkedAt && rounded((ctx.state.parkedUntil ?? performance.now()) - ctx.state.parkedAt),
    owner: ctx.state.principal?.ownerId,
    problem: problem?.slug,
  };
  observer.request(line.operation, line.status, (line.duration_ms - (line.waited_ms ?? 0)) / 1000);
  // There may be very many of these, and nothing is wrong with the service.
  if (cause instanceof Refused) {
    observer.refused(cause.message);
    logger.brief({ ...line, reason: cause.message }, 'request refused');
  } else if (problem !== undefined && problem.status >= 500 && !(cause instanceof NotReady))
    logger.error({ ...line, err: cause }, 'request');
  else if (cause === undefined) logger.brief(line, 'request');
  else logger.info({ ...line, reason: cause instanceof Error ? cause.message : String(cause) }, 'request');
};

/**
 * Gives the request its id, which is the client's when that is a UUID or 32 hexadecimal digits,
 * returns it in X-Request-Id in the form in which it arrived, and logs the request with it, and
 * with its trace when the caller sent one.
 */
export const requestLog =
  (logger: Logger, observer: RequestObserver): Middleware =>
  (ctx, next) => {
    ctx.state.started = performance.now();
    const requestId = requestIdOf(ctx.req);
    ctx.state.requestId = uuidOf(requestId);
    ctx.res.setHeader('X-Request-Id', requestId);
    const context = {
      request_id: requestId,
      ...traceFrom(ctx.req.headers.traceparent as string | undefined),
    };
    return requestContext.run(context, () => {
      ctx.res.on('close', () => log(logger, observer, ctx, context));
      return next();
    });
  };
