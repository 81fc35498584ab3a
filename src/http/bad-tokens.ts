// Bounds what the bad tokens of one address may cost. Their expensive part is the check of the
// signature, so only tokens with a wrong signature are counted. Expired tokens and unknown keys are
// refused without that check and are not counted, because a busy office, or a rotation of keys,
// causes many of them. A good token is accepted whatever else comes from its address. Each process
// has counts of its own.
import type { Authenticate, Guard } from '../auth/authenticate.ts';
import { Problem, problems } from '../contract/problem.ts';
import { networkOf } from './client-address.ts';

/** How long bad tokens are counted before the count begins anew, in milliseconds. */
const window = 60_000;

/** Addresses counted one by one in a window; the rest share one count. About a megabyte. */
const maxAddresses = 10_000;

/** The shared count; no address is spelled like it. */
const others = '';

/** Authenticates the requests of an address, which is computed only if it is needed. */
export type AuthenticateFrom = (
  authorization: readonly string[],
  address: () => string,
) => ReturnType<Authenticate>;

interface Count {
  /** Bad tokens of an address in this window. */
  of(address: string): number;
  add(address: string): void;
  /** Until the next window, in whole seconds. */
  secondsLeft(): number;
}

const createCount = (): Count => {
  const counts = new Map<string, number>();
  let end = 0;
  const turnWindow = (): void => {
    const now = performance.now();
    if (now < end) return;
    counts.clear();
    end = now + window;
  };
  const keyOf = (address: string): string => {
    const network = networkOf(address);
    return counts.has(network) || counts.size < maxAddresses ? network : others;
  };
  return {
    of: (address) => {
      turnWindow();
      // Most windows have none; then no address needs to be computed.
      return counts.size === 0 ? 0 : (counts.get(keyOf(address)) ?? 0);
    },
    add: (address) => {
      turnWindow();
      const key = keyOf(address);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    secondsLeft: () => Math.max(1, Math.ceil((end - performance.now()) / 1000)),
  };
};

/**
 * Runs one piece of work after the other. Waiting work belongs to requests in progress, whose limit
 * bounds it.
 */
const createLane = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
};

/**
 * Counts the bad tokens of each address. Beyond `limit` in a minute, further ones get 429 instead
 * of 401, and the signatures from all such addresses are checked one at a time: a flood of forged
 * tokens occupies one thread at most, and the tokens of other addresses do not wait behind it.
 * Throws what `authenticate` throws, or a Problem: 429.
 */
export const limitBadTokens = (authenticate: Authenticate, limit: number): AuthenticateFrom => {
  const badTokens = createCount();
  const inTurn = createLane();
  return (authorization, address) => {
    const guard: Guard = async (check) => {
      const isSuspect = badTokens.of(address()) >= limit;
      const found = await (isSuspect ? inTurn(check) : check());
      if (!(found instanceof Problem)) return found;
      badTokens.add(address());
      throw isSuspect ? problems.tooManyRequests(badTokens.secondsLeft()) : found;
    };
    return authenticate(authorization, guard);
  };
};
