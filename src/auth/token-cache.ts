// Verified tokens, remembered: a signature that was good is good until the token expires or the keys change, and
// checking it again for every request costs more than the rest of the request's own work.
import { hash } from 'node:crypto';
import type { OwnerId, Principal } from './principal.ts';

export interface TokenCacheSettings {
  /** The version of the keys that may be trusted now, or null when none may be. */
  readonly keyVersion: () => number | null;
  /** How far the issuer's clock may be off ours, in seconds. */
  readonly clockTolerance: number;
}

export interface TokenCache {
  /** The principal of a token that was verified with the present keys and has not expired since. */
  recall(token: string): Principal | undefined;
  /** Remembers a token that was verified while the keys had this version. */
  keep(token: string, principal: Principal, version: number | null): void;
}

interface Entry {
  readonly principal: Principal;
  readonly version: number | null;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** Two generations of this many tokens are kept at most. */
const generationSize = 10_000;

/**
 * Tokens of one owner in a generation; a further one takes the place of the owner's oldest. So it takes hundreds of
 * owners to displace the tokens of others, and the only cost is that those are verified once more.
 */
const maxPerOwner = 16;

// A token may be 16 kB long, its digest is 32 bytes; no two tokens with one digest can be found.
const keyOf = (token: string): string => hash('sha256', token, 'binary');

/**
 * Creates a cache of verified tokens; refusals are not remembered. The least recently used go first: what is used moves
 * into the young generation, and the old one is dropped whole.
 */
export const createTokenCache = ({ keyVersion, clockTolerance }: TokenCacheSettings): TokenCache => {
  let young = new Map<string, Entry>();
  let old = new Map<string, Entry>();
  /** The keys of each owner's entries in the young generation, oldest first. */
  let owned = new Map<OwnerId, string[]>();
  const put = (key: string, entry: Entry): void => {
    if (!young.has(key)) {
      if (young.size >= generationSize) {
        old = young;
        young = new Map();
        owned = new Map();
      }
      const { ownerId } = entry.principal;
      const own = owned.get(ownerId) ?? [];
      if (own.length >= maxPerOwner) young.delete(own.shift() ?? '');
      own.push(key);
      owned.set(ownerId, own);
    }
    young.set(key, entry);
  };
  return {
    recall: (token) => {
      const key = keyOf(token);
      const inYoung = young.get(key);
      const entry = inYoung ?? old.get(key);
      if (entry === undefined || Date.now() >= entry.until || entry.version !== keyVersion())
        return undefined;
      if (inYoung === undefined) put(key, entry);
      return entry.principal;
    },
    keep: (token, principal, version) => {
      if (version === null) return;
      put(keyOf(token), { principal, version, until: (principal.expiresAt + clockTolerance) * 1000 });
    },
  };
};
