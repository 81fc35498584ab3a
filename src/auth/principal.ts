// The caller. Only this module creates an OwnerId, from a verified `sub` (or, for a development
// token, one that is about to be signed). So a function that takes an OwnerId shows that its caller
// was authenticated.
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
