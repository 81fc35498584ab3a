// The interface of token verification for the rest of the service: from a header to a principal.
import type { Problem } from '../contract/problem.ts';
import type { Principal } from './principal.ts';

/**
 * Decides when a signature is checked, which is the expensive part of a bad token. If the signature
 * is wrong, `check` resolves to a Problem, which the guard counts and throws. `check` itself throws
 * anything else that is wrong with a token.
 */
export type Guard = <T extends object>(check: () => Promise<T | Problem>) => Promise<T>;

/**
 * Turns the values of the Authorization header lines into the caller. Throws a Problem: 401, or 503
 * without keys.
 */
export interface Authenticate {
  (authorization: readonly string[], guard?: Guard): Promise<Principal>;
  /**
   * The caller of a token that was verified before and is still valid; undefined for any other
   * token.
   */
  readonly recall?: (authorization: readonly string[]) => Principal | undefined;
}
