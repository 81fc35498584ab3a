// Where errors become responses: whatever is thrown below this middleware is sent as a problem
// document, and only this file does that.
import type { Context, Middleware } from 'koa';
import { Problem, problems } from '../contract/problem.ts';
import { breakOff } from './break-off.ts';
import type { CompleteChallenge } from './challenge.ts';
import { pathOf } from './request-target.ts';

/** The client hung up before its request was read: there is no one to respond to. */
export class ClientDisconnected extends Error {
  constructor(options?: ErrorOptions) {
    super('the client hung up', options);
    this.name = 'ClientDisconnected';
  }
}

/** The problem for an error. An unforeseen error becomes an internal error that reveals nothing. */
export const toProblem = (error: unknown): Problem =>
  error instanceof Problem ? error : problems.internal(error);

const write = (ctx: Context, problem: Problem, complete: CompleteChallenge | null): void => {
  ctx.respond = true;
  ctx.status = problem.status;
  ctx.set({ ...problem.headers, 'Content-Type': 'application/problem+json' });
  const challenge = problem.headers['WWW-Authenticate'];
  if (challenge !== undefined && complete !== null)
    ctx.set('WWW-Authenticate', complete(challenge, pathOf(ctx.req)));
  ctx.body = JSON.stringify(problem.toDocument(ctx.state.requestId, ctx.state.prefix));
};

/**
 * Responds to what the rest throws, or breaks off a response that has begun; leaves the problem in
 * `ctx.state.problem` for the log. `complete` is null if challenges have nothing to add.
 */
export const onError =
  (complete: CompleteChallenge | null): Middleware =>
  async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (error instanceof ClientDisconnected) {
        ctx.respond = false;
        ctx.res.destroy();
        return;
      }
      const problem = toProblem(error);
      ctx.state.problem = problem;
      if (ctx.headerSent) breakOff(ctx.res, problem);
      else write(ctx, problem, complete);
    }
  };
