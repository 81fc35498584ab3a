// From an Authorization header to a principal. The algorithms are pinned by the kind of key that the operator
// configured, never taken from the token (RFC 8725, section 3.1).
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { problems } from '../contract/problem.ts';
import { ownerIdFrom, type Principal } from './principal.ts';

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

/** How far the issuer's clock may be off ours, in seconds. */
const clockTolerance = 5;

// RFC 6750, section 2.1; the scheme is case-insensitive (RFC 9110, section 11.1).
const bearer = /^bearer(?: +(.*))?$/i;
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/;

const tokenFrom = (authorization: readonly string[]): string => {
  const match = bearer.exec(authorization[0] ?? '');
  if (authorization.length > 1) throw problems.invalidToken('several Authorization headers');
  const token = match?.[1]?.trim();
  if (!token) throw problems.noToken();
  if (token.length > maxTokenLength || !token68.test(token)) {
    throw problems.invalidToken('not of the form of a token');
  }
  return token;
};

type Verify = (token: string, options: JWTVerifyOptions) => Promise<{ payload: JWTPayload }>;

const verifyWith = (key: TokenSettings['key']): Verify => {
  if ('secret' in key) {
    const secret = new TextEncoder().encode(key.secret);
    return (token, options) => jwtVerify(token, secret, { ...options, algorithms: ['HS256'] });
  }
  const keySet = createRemoteJWKSet(key.jwksUrl);
  return (token, options) =>
    jwtVerify(token, keySet, { ...options, algorithms: ['EdDSA', 'ES256', 'RS256'] });
};

// What the token is to blame for. Everything else (no answer from the key set, a time-out, no JSON) is the key set's.
const tokenFaults = [
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

/** Builds the authenticator for the configured key. It fetches a key set when the first token needs it. */
export const createAuthenticate = ({ key, issuer, audience }: TokenSettings): Authenticate => {
  const verify = verifyWith(key);
  const options: JWTVerifyOptions = {
    requiredClaims: ['exp', 'sub'],
    clockTolerance,
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  };
  return async (authorization) => {
    const token = tokenFrom(authorization);
    const { payload } = await verify(token, options).catch((error: unknown) => {
      if (tokenFaults.some((Fault) => error instanceof Fault)) throw problems.invalidToken(error);
      throw problems.unavailable(error);
    });
    const ownerId = ownerIdFrom(payload.sub);
    if (ownerId === null || payload.exp === undefined) throw problems.invalidToken('sub names no owner');
    return { ownerId, expiresAt: payload.exp };
  };
};
