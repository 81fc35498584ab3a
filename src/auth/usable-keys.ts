// Which keys of a published set are used (RFC 7517, section 5): those that verify signatures of an
// algorithm that we accept. The others are removed before any token is verified, so that they
// cannot affect a valid one.
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { JWK } from 'jose';
import { isRecord } from '../contract/record.ts';

/**
 * The algorithms of tokens whose keys are published. `EdDSA` and `Ed25519` (RFC 9864) are two names
 * for the same algorithm.
 */
export const publishedAlgorithms: readonly string[] = ['EdDSA', 'Ed25519', 'ES256', 'RS256'];

/** How many keys of a set are used; real sets have fewer than twenty. */
const maxKeys = 100;

/** RFC 7518, section 3.3: RS256 needs a modulus of 2048 bits or more. */
const minModulusLength = 2048;

/** Longer names of keys are shortened in the log, in characters. */
const maxNameLength = 64;

export interface SkippedKey {
  /** Its `kid`, or its position in the set. */
  readonly key: string | number;
  readonly reason: string;
}

export interface UsableKeys {
  readonly keys: readonly JWK[];
  /** Keys for other uses or algorithms. Many sets have some. */
  readonly ignored: readonly SkippedKey[];
  /** Keys that do not belong in any set. */
  readonly faulty: readonly SkippedKey[];
}

type Members = Readonly<Record<string, unknown>>;

interface KeyKind {
  /** The values of `alg` that a key of this kind may have. */
  readonly names: readonly unknown[];
  /** Binds the key to its algorithm; empty for the algorithm that has two names. */
  readonly binding: Pick<JWK, 'alg'>;
}

const kindOf = ({ kty, crv }: Members): KeyKind | undefined => {
  if (kty === 'RSA') return { names: [undefined, 'RS256'], binding: { alg: 'RS256' } };
  if (kty === 'EC' && crv === 'P-256') return { names: [undefined, 'ES256'], binding: { alg: 'ES256' } };
  if (kty === 'OKP' && crv === 'Ed25519') return { names: [undefined, 'EdDSA', 'Ed25519'], binding: {} };
  return undefined;
};

/** Why a key of this kind is not for our tokens, or null. */
const otherPurpose = ({ use, key_ops: operations, alg }: Members, { names }: KeyKind): string | null => {
  if (use !== undefined && use !== 'sig') return 'not for signatures';
  if (Array.isArray(operations) && !operations.includes('verify')) return 'not for verifying';
  return names.includes(alg) ? null : 'of another algorithm';
};

/** The key itself, or why it cannot be trusted. */
const publicKeyOf = (jwk: Members): JsonWebKey | string => {
  // Anyone who reads the set can sign with it.
  if (jwk.d !== undefined) return 'private';
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const { modulusLength = minModulusLength, publicExponent = 65_537n } = key.asymmetricKeyDetails ?? {};
    if (modulusLength < minModulusLength || publicExponent < 3n) return 'weak';
    return key.export({ format: 'jwk' });
  } catch {
    return 'broken';
  }
};

/** The key in the form that jose accepts, or why it is not used. */
const sorted = (jwk: unknown): JWK | { readonly ignored: string } | { readonly faulty: string } => {
  if (!isRecord(jwk)) return { faulty: 'broken' };
  const kind = kindOf(jwk);
  if (kind === undefined) return { ignored: 'of another algorithm' };
  const purpose = otherPurpose(jwk, kind);
  if (purpose !== null) return { ignored: purpose };
  const key = publicKeyOf(jwk);
  if (typeof key === 'string') return { faulty: key };
  return { ...key, ...kind.binding, ...(typeof jwk.kid === 'string' && { kid: jwk.kid }) };
};

const nameOf = (jwk: unknown, place: number): string | number =>
  isRecord(jwk) && typeof jwk.kid === 'string' ? jwk.kid.slice(0, maxNameLength) : place;

/** Sorts the members of a key set. Throws if it is not a key set. */
export const usableKeysOf = (set: unknown): UsableKeys => {
  if (!isRecord(set) || !Array.isArray(set.keys)) throw new Error('the response is not a key set');
  const members: readonly unknown[] = set.keys;
  const keys: JWK[] = [];
  const ignored: SkippedKey[] = [];
  const faulty: SkippedKey[] = [];
  for (const [place, jwk] of members.slice(0, maxKeys).entries()) {
    const key = nameOf(jwk, place);
    const found = sorted(jwk);
    if ('ignored' in found) ignored.push({ key, reason: found.ignored });
    else if ('faulty' in found) faulty.push({ key, reason: found.faulty });
    else keys.push(found);
  }
  if (members.length > maxKeys) ignored.push({ key: maxKeys, reason: 'this one and all after it: too many' });
  return { keys, ignored, faulty };
};
