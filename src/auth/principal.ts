// The caller. Only this module creates an OwnerId, from a verified `sub` (or, for a development
// token, one that is about to be signed). So a function that takes an OwnerId shows that its caller
// was authenticated.
import type { Scope } from '../contract/scopes.ts';

declare const verified: unique symbol;

/**
 * The `sub` of a verified token: 1 to 255 characters, without control characters or lone
 * surrogates.
 */
export type OwnerId = string & { readonly [verified]: true };

export interface Principal {
  readonly ownerId: OwnerId;
  /** When the token expires, in seconds since the epoch (RFC 7519, section 4.1.4). */
  readonly expiresAt: number;
  /**
   * The client that the token was issued to: `client_id` (RFC 9068, section 2.2) or else `azp`
   * (OpenID Connect Core, section 2), of 1 to 255 characters without control characters; null if
   * the token has no such name. It identifies no one: two issuers can use the same one.
   */
  readonly clientId: string | null;
  /** What the token allows: each operation needs exactly the scope that the contract names. */
  readonly scopes: ReadonlySet<Scope>;
}

const isOwnerId = (sub: unknown): sub is OwnerId =>
  typeof sub === 'string' &&
  sub.length >= 1 &&
  sub.length <= 255 &&
  sub.isWellFormed() &&
  // biome-ignore lint/suspicious/noControlCharactersInRegex: matches control characters on purpose
  !/[\u0000-\u001f\u007f]/.test(sub) &&
  sub.trim() !== '' &&
  // As a segment of a path, these refer to another path (RFC 3986, section 5.2.4).
  sub !== '.' &&
  sub !== '..';

/** The owner that a verified `sub` identifies, or null if it is not a valid owner. */
export const ownerIdFrom = (sub: unknown): OwnerId | null => (isOwnerId(sub) ? sub : null);

/** Whether `name` can be the name of a client. */
export const isClientId = (name: unknown): name is string =>
  typeof name === 'string' &&
  name.length >= 1 &&
  name.length <= 255 &&
  name.isWellFormed() &&
  !/\p{Cc}/u.test(name);

/** The client that verified claims name, or null. A name that is not valid is as good as none. */
export const clientIdFrom = (claims: Readonly<Record<string, unknown>>): string | null =>
  [claims.client_id, claims.azp].find(isClientId) ?? null;
