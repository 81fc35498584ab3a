// A cache of verified tokens. A valid signature stays valid until the token expires or the keys
// change, and checking it again for every request would cost more than everything else that the
// request does.
import { hash } from 'node:crypto';
import type { OwnerId, Principal } from './principal.ts';

export interface TokenCacheSettings {
  /** The version of the keys that may be trusted now, or null if there is none. */
  readonly keyVersion: () => number | null;
  /** How far the issuer's clock may be off ours, in seconds. */
  readonly clockTolerance: number;
}

export interface TokenCache {
  /** The principal of a token that was verified with the current keys and has not expired. */
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

/** The cache holds at most two generations of this many tokens. */
const generationSize = 10_000;

/**
 * Tokens of one owner in a generation; another one replaces the owner's oldest. So it takes
 * hundreds of owners to displace the tokens of others, and the only cost is that those are verified
 * once more.
 */
const maxPerOwner = 16;

// A token may be 16 kB long, and its digest is 32 bytes. It is infeasible to find two tokens with
// the same digest.
const keyOf = (token: string): string => hash('sha256', token, 'binary');

/**
 * Creates a cache of verified tokens; refusals are not cached. The least recently used are removed
 * first: a token that is used moves into the young generation, and the old generation is dropped as
 * a whole.
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
