// What the rest of the service knows of tokens: a header goes in, a principal comes out.
import type { Problem } from '../contract/problem.ts';
import type { Principal } from './principal.ts';

/**
 * Decides when a signature is checked, the expensive part of a bad token. `check` resolves to a Problem when it was
 * checked in vain, which the guard counts and throws; what else is wrong with a token, `check` throws itself.
 */
export type Guard = <T extends object>(check: () => Promise<T | Problem>) => Promise<T>;

/** Turns the values of the Authorization header lines into the caller. Throws a Problem: 401, or 503 without keys. */
export interface Authenticate {
  (authorization: readonly string[], guard?: Guard): Promise<Principal>;
  /** The caller of a token that was verified before and is still good; undefined for any other. */
  readonly recall?: (authorization: readonly string[]) => Principal | undefined;
}
