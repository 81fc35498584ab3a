// From an Authorization header to a principal. The algorithms are pinned by the kind of key that
// the operator configured, never taken from the token (RFC 8725, section 3.1).
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { Problem, problems } from '../contract/problem.ts';
import { type Scope, scopes } from '../contract/scopes.ts';
import type { Authenticate, Guard } from './authenticate.ts';
import { grantedScopes } from './granted-scopes.ts';
import { createKeySet, type KeySetLog, type VerificationKeys } from './key-set.ts';
import { clientIdFrom, ownerIdFrom, type Principal } from './principal.ts';
import { createTokenCache } from './token-cache.ts';

export interface TokenSettings {
  /** A shared secret for HS256, or the address of a key set for EdDSA, ES256 and RS256. */
  readonly key: { readonly secret: string } | { readonly jwksUrl: URL };
  /**
   * The accepted values of `iss` and of `aud`; absent or empty for any. All issuers share the key, so
   * a `sub` is the same owner whichever of them the token names.
   */
  readonly issuer?: string | readonly string[] | undefined;
  readonly audience?: string | readonly string[] | undefined;
  /** Whether a token without a claim about scopes has none of them, instead of all. */
  readonly requireScopes?: boolean;
}

/**
 * Longer tokens are refused without reading them, in characters. Real tokens have a tenth of that.
 */
const maxTokenLength = 16_384;

/** How far the issuer's clock may be off ours, in seconds. */
const clockTolerance = 5;

/**
 * The last second that RFC 3339 can write, 9999-12-31T23:59:59Z: a later `exp` cannot be shown to a
 * client.
 */
const latestExpiry = 253_402_300_799;

/** The maximum number of keys that a token without `kid` is tried with. */
const maxCandidates = 10;

// RFC 6750, section 2.1; the scheme is case-insensitive (RFC 9110, section 11.1).
const bearer = /^bearer +([^ ].*)$/i;

const tokenFrom = (authorization: readonly string[]): string => {
  const [token] = authorization.flatMap((line) => bearer.exec(line)?.[1] ?? []);
  if (token === undefined) throw problems.noToken();
  if (authorization.length > 1) throw problems.invalidToken('several Authorization headers');
  if (token.length > maxTokenLength) throw problems.invalidToken('too long for a token');
  return token;
};

/**
 * base64url between dots, the form of a JWS, in its canonical spelling. jose's decoder ignores
 * padding and the unused bits of a last character (RFC 4648, section 3.5), so a changed signature
 * could still verify.
 */
const isCanonical = (token: string): boolean =>
  token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);

const readUnverified = (token: string) => {
  try {
    return { header: decodeProtectedHeader(token), claims: decodeJwt(token) };
  } catch (error) {
    throw problems.invalidToken(error);
  }
};

/**
 * Refuses a token that no signature could make valid, so that it costs no key and no signature
 * check.
 */
const refuseUnverified = (token: string, algorithms: readonly string[]): void => {
  if (!isCanonical(token)) throw problems.invalidToken('not in the form of a token');
  const { header, claims } = readUnverified(token);
  if (!algorithms.some((alg) => alg === header.alg)) throw problems.invalidToken('alg is not allowed');
  const earliest = Math.floor(Date.now() / 1000) - clockTolerance;
  if (typeof claims.exp === 'number' && claims.exp <= earliest)
    throw problems.invalidToken('exp is in the past');
};

/** A shared secret, imported once: with the bytes, jose would import them for every token. */
const secretKey = (secret: string): VerificationKeys => {
  const bytes = new TextEncoder().encode(secret);
  const key = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  return {
    algorithms: ['HS256'],
    find: () => key,
    version: () => 0,
    ready: async () => {},
    renew: async () => false,
    prepare: async () => {},
  };
};

// Errors of jose that are caused by the token.
const tokenFaults = [
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JWKSNoMatchingKey,
];

const toProblem = (error: unknown): Problem => {
  if (error instanceof Problem) return error;
  // That message repeats a name from the token, which must not be logged.
  if (error instanceof errors.JOSENotSupported) return problems.invalidToken(error.code);
  if (tokenFaults.some((Fault) => error instanceof Fault)) return problems.invalidToken(error);
  return problems.unavailable(error);
};

/** The claims of a token, or a Problem if its signature is wrong. Throws jose's errors. */
const checkSignature = async (
  token: string,
  find: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTPayload | Problem> => {
  try {
    return (await jwtVerify(token, find, options)).payload;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return toProblem(error);
    if (error instanceof errors.JWTClaimValidationFailed) return toProblem(error);
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // Without a kid, any of the keys may be the token's (RFC 7515, section 4.1.4: kid is optional).
    let tried = 0;
    for await (const candidate of error) {
      const found = await checkSignature(token, async () => candidate, options);
      const isOther =
        found instanceof Problem && found.cause instanceof errors.JWSSignatureVerificationFailed;
      tried += 1;
      if (!isOther || tried === maxCandidates) return found;
    }
    return problems.invalidToken('no key in the set fits');
  }
};

/**
 * Whether a new key could make the token valid: its `kid` is unknown or, without a `kid`, no key
 * fits.
 */
const wantsNewKeys = (token: string, error: unknown): boolean => {
  if (error instanceof errors.JWKSNoMatchingKey) return true;
  const isForged = error instanceof Problem && error.cause instanceof errors.JWSSignatureVerificationFailed;
  return isForged && !('kid' in decodeProtectedHeader(token));
};

interface Verified {
  readonly claims: JWTPayload;
  /** The version of the keys, or an earlier one. */
  readonly version: number | null;
}

const verify = async (
  token: string,
  keys: VerificationKeys,
  options: JWTVerifyOptions,
  guard: Guard,
): Promise<Verified> => {
  const check = () => checkSignature(token, keys.find, options);
  await keys.ready();
  const version = keys.version();
  try {
    return { claims: await guard(check), version };
  } catch (error) {
    if (!wantsNewKeys(token, error)) throw error;
    // Another request may have fetched the keys while this signature was checked.
    if (keys.version() === version && !(await keys.renew())) throw error;
    const newVersion = keys.version();
    if (newVersion === version) throw error;
    return { claims: await guard(check), version: newVersion };
  }
};

const principalOf = (claims: JWTPayload, unclaimed: readonly Scope[]): Principal => {
  const { sub, exp } = claims;
  const ownerId = ownerIdFrom(sub);
  if (ownerId === null) throw problems.invalidToken('sub is not a valid owner');
  if (exp === undefined || exp > latestExpiry) throw problems.invalidToken('exp cannot be written as a time');
  return {
    ownerId,
    expiresAt: exp,
    clientId: clientIdFrom(claims),
    scopes: grantedScopes(claims) ?? new Set(unclaimed),
  };
};

/** A guard that allows everything. */
const unguarded: Guard = async (check) => {
  const found = await check();
  if (found instanceof Problem) throw found;
  return found;
};

const silent: KeySetLog = { info: () => {}, warn: () => {} };

/**
 * Builds the authenticator for the configured key. It fetches a key set in `prepare`, which ends
 * when the fetch has ended, or when the first token needs it.
 */
export const createAuthenticate = (
  { key, issuer, audience, requireScopes = false }: TokenSettings,
  log: KeySetLog = silent,
): Authenticate & Pick<VerificationKeys, 'prepare'> => {
  const keys = 'secret' in key ? secretKey(key.secret) : createKeySet(key.jwksUrl, log);
  const cache = createTokenCache({ keyVersion: keys.version, clockTolerance });
  const [issuers, audiences] = [[issuer ?? []].flat(2), [audience ?? []].flat(2)];
  const options: JWTVerifyOptions = {
    algorithms: [...keys.algorithms],
    requiredClaims: ['exp', 'sub'],
    clockTolerance,
    ...(issuers.length > 0 && { issuer: issuers }),
    ...(audiences.length > 0 && { audience: audiences }),
  };
  const authenticate: Authenticate = async (authorization, guard = unguarded) => {
    const token = tokenFrom(authorization);
    const known = cache.recall(token);
    if (known !== undefined) return known;
    refuseUnverified(token, keys.algorithms);
    const { claims, version } = await verify(token, keys, options, guard).catch((error: unknown) => {
      throw toProblem(error);
    });
    const principal = principalOf(claims, requireScopes ? [] : scopes);
    cache.keep(token, principal, version);
    return principal;
  };
  const recall = (authorization: readonly string[]): Principal | undefined => {
    const token = authorization.length === 1 ? bearer.exec(authorization[0] ?? '')?.[1] : undefined;
    return token === undefined || token.length > maxTokenLength ? undefined : cache.recall(token);
  };
  return Object.assign(authenticate, { recall, prepare: keys.prepare });
};
