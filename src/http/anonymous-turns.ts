// Limits how much of the process's time goes to callers that no token identifies, and to refusals.
// Such a request waits for its turn: one begins in each turn of the event loop, and the addresses
// are served round robin. So a thousand connections that send as fast as they can delay a request
// with a good token by one of their requests, not by a thousand. If there is nothing else to do,
// the turns follow each other at once, so no address has a fixed limit: an office behind one
// address, or a proxy that hides its clients, becomes slower under load but is never locked out. A
// limit on the rate of an address would protect less, because a refusal costs as much as the
// response that it replaces.
import type { ServerResponse } from 'node:http';
import type { Context, Middleware } from 'koa';
import type { Authenticate } from '../auth/authenticate.ts';
import { addressOf } from './client-address.ts';
import { valuesOf } from './header-values.ts';

/**
 * The waiting requests of a key. Each connection has one at most, so the limit on connections
 * bounds them.
 */
interface Line {
  readonly key: string;
  readonly waiting: (() => void)[];
}

export interface Turns {
  /**
   * Takes a turn for the key, an address or an owner. Undefined if it has begun at once, because no
   * other has in this turn of the event loop. Otherwise resolves when it begins, or when the
   * response has closed.
   */
  take(key: string, response: ServerResponse): Promise<void> | undefined;
}

export const createTurns = (): Turns => {
  const lines = new Map<string, Line>();
  const ring: Line[] = [];
  let isTaken = false;
  const beginNext = (): void => {
    const line = ring.shift();
    if (line === undefined) {
      isTaken = false;
      return;
    }
    setImmediate(beginNext);
    const begin = line.waiting.shift();
    if (line.waiting.length > 0) ring.push(line);
    else lines.delete(line.key);
    begin?.();
  };
  const lineOf = (key: string): Line => {
    const known = lines.get(key);
    if (known !== undefined) return known;
    const line = { key, waiting: [] };
    lines.set(key, line);
    ring.push(line);
    return line;
  };
  return {
    take: (key, response) => {
      if (!isTaken) {
        isTaken = true;
        setImmediate(beginNext);
        return undefined;
      }
      if (response.closed) return undefined;
      return new Promise((begun) => {
        const { waiting } = lineOf(key);
        const begin = (): void => {
          response.off('close', leave);
          begun();
        };
        const leave = (): void => {
          waiting.splice(waiting.indexOf(begin), 1);
          begun();
        };
        response.once('close', leave);
        waiting.push(begin);
      });
    },
  };
};

export interface AnonymousTurnsOptions {
  readonly turns: Turns;
  readonly recall: NonNullable<Authenticate['recall']>;
  readonly trustedProxies: number;
}

/**
 * Lets a request with a known token pass, with its principal in `ctx.state.known`; others wait for
 * their turn.
 */
export const anonymousTurns =
  ({ turns, recall, trustedProxies }: AnonymousTurnsOptions): Middleware =>
  (ctx, next) => {
    const authorization = valuesOf(ctx.req, 'authorization');
    ctx.state.known = authorization.length === 0 ? undefined : recall(authorization);
    if (ctx.state.known !== undefined) return next();
    const wait = turns.take(addressOf(ctx.req, trustedProxies), ctx.res);
    return wait === undefined ? next() : wait.then(() => proceed(ctx, next));
  };

/** Nothing is done for a client that has gone while it waited. */
const proceed = async (ctx: Context, next: () => Promise<unknown>): Promise<void> => {
  if (ctx.res.closed) ctx.respond = false;
  else await next();
};
