// Verified tokens, remembered: a signature that was good is good until the token expires, and checking it again for
// every request costs more than the rest of the request's own work.

import type { Principal } from './principal.ts';
import type { Authenticate } from './verify.ts';

export interface RememberSettings {
  /** How long an answer may be used, in milliseconds: a key that was withdrawn works no longer than this. */
  readonly maxAge: number;
  /** How far the issuer's clock may be off ours, in seconds. */
  readonly clockTolerance: number;
  /** Whether the keys may still be trusted; once they may not, everything is forgotten. Always, when absent. */
  readonly areKeysFresh?: (() => boolean) | undefined;
}

interface Remembered {
  readonly principal: Principal;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Two generations of this many headers are kept at most. */
const generation = 10_000;

/** Longer headers are verified each time, so that memory is bounded too; in characters. */
const maxLength = 4096;

/**
 * Answers for a header that `authenticate` accepted before, and asks it for every other. Refusals are not remembered.
 * The least recently used go first: what is used moves into the young generation, and the old one is dropped whole.
 */
export const remember = (
  authenticate: Authenticate,
  { maxAge, clockTolerance, areKeysFresh = () => true }: RememberSettings,
): Authenticate => {
  let young = new Map<string, Remembered>();
  let old = new Map<string, Remembered>();
  const keep = (header: string, remembered: Remembered): void => {
    if (young.size >= generation) {
      old = young;
      young = new Map();
    }
    young.set(header, remembered);
  };
  return async (authorization) => {
    const [header = ''] = authorization;
    if (authorization.length !== 1 || header.length > maxLength) return authenticate(authorization);
    if (!areKeysFresh()) {
      young.clear();
      old.clear();
    }
    const now = Date.now();
    const known = young.get(header) ?? old.get(header);
    if (known !== undefined && now < known.until) {
      if (!young.has(header)) keep(header, known);
      return known.principal;
    }
    const principal = await authenticate(authorization);
    keep(header, { principal, until: Math.min(now + maxAge, (principal.expiresAt + clockTolerance) * 1000) });
    return principal;
  };
};
