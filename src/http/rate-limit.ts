// How many requests one owner may make. Each process has counts of its own: with several processes,
// an owner has the limit in each.
import type { Context } from 'koa';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { OwnerId, Principal } from '../auth/principal.ts';
import { problems } from '../contract/problem.ts';
import { Refused } from './admission.ts';

/** The window of the limit, in seconds. */
const window = 60;

/**
 * A response counts as one more request for each time it is this long, in characters, because its
 * cost grows with its length.
 */
export const charactersOfOne = 64 * 1024;

export interface RequestRate {
  /**
   * Counts a request of a principal, and sets the headers that report the count. Throws a Problem:
   * 429.
   */
  count(ctx: Context, principal: Principal): Promise<void>;
  /** Counts what a response of `length` characters costs beyond its request. */
  charge(owner: OwnerId, length: number): void;
}

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
 * `limit` requests of an owner in a minute, in the headers of
 * draft-ietf-httpapi-ratelimit-headers-10.
 */
export const limitOwners = (limit: number): RequestRate => {
  const limiter = new RateLimiterMemory({ points: limit, duration: window });
  const policy = `"owner";q=${limit};w=${window}`;
  return {
    count: async (ctx, { ownerId }) => {
      const [state, isAdmitted] = await taken(limiter, ownerId);
      ctx.res.setHeader('RateLimit-Policy', policy);
      ctx.res.setHeader('RateLimit', `"owner";r=${state.remainingPoints};t=${seconds(state)}`);
      if (!isAdmitted) throw problems.tooManyRequests(seconds(state), new Refused('rate'));
    },
    charge: (owner, length) => {
      const more = Math.floor(length / charactersOfOne);
      // In memory it cannot fail.
      if (more > 0) void limiter.penalty(owner, more);
    },
  };
};
