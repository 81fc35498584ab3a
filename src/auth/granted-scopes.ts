// The scopes that a token grants, read from its claims.
import { type Scope, scopes } from '../contract/scopes.ts';

/** `scope` (RFC 8693, section 4.2), and the name that Entra ID and Okta use for it. */
const claimNames = ['scope', 'scp'] as const;

/**
 * The names in a claim: a text with spaces between them (RFC 6749, section 3.3), or a list of texts,
 * each of which is one name. Anything else contains none.
 */
const namesIn = (claim: unknown): readonly unknown[] => {
  if (typeof claim === 'string') return claim.split(' ');
  return Array.isArray(claim) && claim.every((name) => typeof name === 'string') ? claim : [];
};

/**
 * The scopes of this service that verified claims grant; null if they have no claim about scopes. A
 * claim that cannot be read grants nothing. With both claims, only what both contain is granted, so
 * it does not matter which of them the issuer means.
 */
export const grantedScopes = (claims: Readonly<Record<string, unknown>>): ReadonlySet<Scope> | null => {
  const present = claimNames.filter((name) => Object.hasOwn(claims, name));
  if (present.length === 0) return null;
  const granted = present.map((name) => new Set(namesIn(claims[name])));
  return new Set(scopes.filter((scope) => granted.every((names) => names.has(scope))));
};
