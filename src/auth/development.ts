// Tokens for trying the API, signed with the server's own shared secret. There are none with a key
// set: the identity provider issues the tokens.
import { SignJWT } from 'jose';
import type { Scope } from '../contract/scopes.ts';

export interface DevelopmentToken {
  readonly secret: string;
  readonly subject: string;
  /** The accepted issuers, of which the token names the first. */
  readonly issuers?: readonly string[];
  /** The accepted audiences; the token is for all of them. */
  readonly audiences?: readonly string[];
  /** What the token allows; without it, the token has no claim about scopes. */
  readonly scopes?: readonly Scope[] | undefined;
  /** The client that the token is issued to. */
  readonly clientId?: string | undefined;
}

/** An HS256 token for `subject`, valid for 30 days. */
export const mintToken = ({
  secret,
  subject,
  issuers: [issuer] = [],
  audiences = [],
  scopes,
  clientId,
}: DevelopmentToken): Promise<string> => {
  const claims = {
    ...(scopes !== undefined && { scope: scopes.join(' ') }),
    ...(clientId !== undefined && { client_id: clientId }),
  };
  const token = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setSubject(subject).setIssuedAt();
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audiences.length > 0) token.setAudience([...audiences]);
  return token.setExpirationTime('30d').sign(new TextEncoder().encode(secret));
};
