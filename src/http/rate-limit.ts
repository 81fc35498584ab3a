// How much one owner may ask, and how often one address may come with a token that is not good. The counts are this
// process' own: with several, an owner may have as many times the limit.
import type { Context } from 'koa';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Principal } from '../auth/principal.ts';
import type { Authenticate } from '../auth/verify.ts';
import { Problem, problems } from '../contract/problem.ts';

/** The window of both limits, in seconds. */
const window = 60;

/** Tokens that are not good, from one address in a window. */
const badTokens = 100;

/** Counts a request of a principal, and says in its headers where the count stands. Throws a Problem: 429. */
export type Admit = (ctx: Context, principal: Principal) => Promise<void>;

const seconds = ({ msBeforeNext }: RateLimiterRes) => Math.max(1, Math.ceil(msBeforeNext / 1000));

const taken = async (limiter: RateLimiterMemory, key: string): Promise<[RateLimiterRes, boolean]> => {
  try {
    return [await limiter.consume(key), true];
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return [refusal, false];
    throw refusal;
  }
};

/**
 * `limit` requests of an owner in a minute, in the headers of draft-ietf-httpapi-ratelimit-headers-10, and `atOnce` in
 * progress.
 */
export const limitOwners = (limit: number, atOnce: number): Admit => {
  const running = new Map<string, number>();
  const limiter = new RateLimiterMemory({ points: limit, duration: window });
  const policy = `"owner";q=${limit};w=${window}`;
  return async (ctx, { ownerId }) => {
    const [state, isAdmitted] = await taken(limiter, ownerId);
    ctx.res.setHeader('RateLimit-Policy', policy);
    ctx.res.setHeader('RateLimit', `"owner";r=${state.remainingPoints};t=${seconds(state)}`);
    if (!isAdmitted) throw problems.tooManyRequests(seconds(state));
    const others = running.get(ownerId) ?? 0;
    if (others >= atOnce) throw problems.tooManyRequests(1);
    running.set(ownerId, others + 1);
    ctx.res.on('close', () => {
      const left = (running.get(ownerId) ?? 1) - 1;
      if (left > 0) running.set(ownerId, left);
      else running.delete(ownerId);
    });
  };
};

/** Authenticates the requests of an address, which is asked for where it is needed. */
export type AuthenticateFrom = (
  authorization: readonly string[],
  address: () => string,
) => ReturnType<Authenticate>;

/**
 * Looks at no token of an address that has brought too many bad ones in this minute. Throws a Problem: 429, or what
 * `authenticate` throws.
 */
export const limitBadTokens = (authenticate: Authenticate): AuthenticateFrom => {
  const limiter = new RateLimiterMemory({ points: badTokens, duration: window });
  // Nobody has to be looked up while nobody has brought one.
  let latest = Number.NEGATIVE_INFINITY;
  return async (authorization, address) => {
    if (performance.now() - latest <= window * 1000) {
      const state = await limiter.get(address());
      if (state !== null && state.consumedPoints >= badTokens) throw problems.tooManyRequests(seconds(state));
    }
    try {
      return await authenticate(authorization);
    } catch (error) {
      if (error instanceof Problem && error.status === 401 && authorization.length > 0) {
        latest = performance.now();
        await taken(limiter, address());
      }
      throw error;
    }
  };
};
