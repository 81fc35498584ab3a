// From an Authorization header to a principal. The algorithms are pinned by the kind of key that the operator
// configured, never taken from the token (RFC 8725, section 3.1).
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { problems } from '../contract/problem.ts';
import { ownerIdFrom, type Principal } from './principal.ts';
import { remember } from './remember.ts';

export interface TokenSettings {
  /** A shared secret for HS256, or the address of a key set for EdDSA, ES256 and RS256. */
  readonly key: { readonly secret: string } | { readonly jwksUrl: URL };
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** Turns the values of the Authorization header lines into the caller. Throws a Problem: 401, or 503 without keys. */
export type Authenticate = (authorization: readonly string[]) => Promise<Principal>;

/** Longer tokens are refused unread, in characters. Real ones are a tenth of it. */
const maxTokenLength = 16_384;

/** How long a key that left the key set still works for a token that is in use, in milliseconds. */
const rememberedWithKeySet = 60_000;

/** How far the issuer's clock may be off ours, in seconds. */
const clockTolerance = 5;

/** The last second that RFC 3339 can write, 9999-12-31T23:59:59Z: no later `exp` can be told to a client. */
const latestExpiry = 253_402_300_799;

/** How long a key set may take to answer before its callers get 503, in milliseconds. */
const keySetTimeout = 5_000;

/** How long an unknown `kid` is refused without asking the key set again, in milliseconds. */
const keySetCooldown = 30_000;

/** How long fetched keys count; without a key set to refresh them from, callers get 503 then. In milliseconds. */
const keySetMaxAge = 600_000;

// RFC 6750, section 2.1; the scheme is case-insensitive (RFC 9110, section 11.1).
const bearer = /^bearer +(.+)$/i;

/**
 * base64url between dots, as a JWS has it, in its one spelling: jose's decoder passes over padding and the unused bits
 * of a last character (RFC 4648, section 3.5), so that a changed signature could still verify.
 */
const isCanonical = (token: string): boolean =>
  token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);

const tokenFrom = (authorization: readonly string[]): string => {
  const [token] = authorization.flatMap((line) => bearer.exec(line)?.[1] ?? []);
  if (token === undefined) throw problems.noToken();
  if (authorization.length > 1) throw problems.invalidToken('several Authorization headers');
  if (token.length > maxTokenLength || !isCanonical(token)) {
    throw problems.invalidToken('not of the form of a token');
  }
  return token;
};

interface Verifier {
  readonly verify: (token: string, options: JWTVerifyOptions) => Promise<{ payload: JWTPayload }>;
  /** Whether the keys that a token was verified with may still be used; always, when absent. */
  readonly areKeysFresh?: () => boolean;
}

const verifierOf = (key: TokenSettings['key']): Verifier => {
  if ('secret' in key) {
    // Imported once: given the bytes, jose would import them for every token.
    const secret = crypto.subtle.importKey(
      'raw',
      new TextEncoder().encode(key.secret),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['verify'],
    );
    const options = { algorithms: ['HS256'] };
    return { verify: async (token, checks) => jwtVerify(token, await secret, { ...checks, ...options }) };
  }
  const keySet = createRemoteJWKSet(key.jwksUrl, {
    timeoutDuration: keySetTimeout,
    cooldownDuration: keySetCooldown,
    cacheMaxAge: keySetMaxAge,
  });
  const verify: Verifier['verify'] = async (token, options) => {
    const pinned = { ...options, algorithms: ['EdDSA', 'ES256', 'RS256'] };
    try {
      return await jwtVerify(token, keySet, pinned);
    } catch (error) {
      if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
      // Without a kid the token may be of any of them (RFC 7515, section 4.1.4: kid is optional).
      for await (const candidate of error) {
        try {
          return await jwtVerify(token, candidate, pinned);
        } catch (mismatch) {
          if (!(mismatch instanceof errors.JWSSignatureVerificationFailed)) throw mismatch;
        }
      }
      throw new errors.JWSSignatureVerificationFailed();
    }
  };
  return { verify, areKeysFresh: () => keySet.fresh };
};

// What the token is to blame for. Everything else (no answer from the key set, a time-out, no JSON) is the key set's.
const tokenFaults = [
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JWKSNoMatchingKey,
];

/** Builds the authenticator for the configured key. It fetches a key set when the first token needs it. */
export const createAuthenticate = ({ key, issuer, audience }: TokenSettings): Authenticate => {
  const { verify, areKeysFresh } = verifierOf(key);
  const options: JWTVerifyOptions = {
    requiredClaims: ['exp', 'sub'],
    clockTolerance,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  };
  const authenticate: Authenticate = async (authorization) => {
    const token = tokenFrom(authorization);
    const { payload } = await verify(token, options).catch((error: unknown) => {
      // That message repeats a name from the token, which is for no log.
      if (error instanceof errors.JOSENotSupported) throw problems.invalidToken(error.code);
      if (tokenFaults.some((Fault) => error instanceof Fault)) throw problems.invalidToken(error);
      throw problems.unavailable(error);
    });
    const ownerId = ownerIdFrom(payload.sub);
    if (ownerId === null) throw problems.invalidToken('sub names no owner');
    if (payload.exp === undefined || payload.exp > latestExpiry) {
      throw problems.invalidToken('exp is no time that can be written');
    }
    return { ownerId, expiresAt: payload.exp };
  };
  // A shared secret changes with a restart only.
  const maxAge = 'secret' in key ? Number.POSITIVE_INFINITY : rememberedWithKeySet;
  return remember(authenticate, { maxAge, clockTolerance, areKeysFresh });
};
