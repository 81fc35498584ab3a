// Who is calling. An OwnerId is made here alone, of a `sub` that was verified (or, for a development token, is about to
// be signed), so a function that takes one shows that its caller was authenticated.
declare const verified: unique symbol;

/** The `sub` of a verified token: 1 to 255 characters, without control characters or lone surrogates. */
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
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  !/[\u0000-\u001f\u007f]/.test(sub) &&
  sub.trim() !== '' &&
  // As a part of a path they mean another path (RFC 3986, section 5.2.4).
  sub !== '.' &&
  sub !== '..';

/** The owner that a verified `sub` names, or null when it cannot name one. */
export const ownerIdFrom = (sub: unknown): OwnerId | null => (isOwnerId(sub) ? sub : null);
