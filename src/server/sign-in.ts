// What keeps agents from signing in: they find the identity provider in the metadata of `/mcp`, and
// get a token for that address.
import type { Config } from '../config.ts';
import { isIssuerUrl } from '../contract/resource-metadata.ts';

type Settings = Pick<Config, 'mcp' | 'key' | 'publicUrl' | 'audiences' | 'issuers'>;

/** The warnings for the log at start; none for a development server, whose tokens are pasted. */
export const signInWarnings = ({ mcp, key, publicUrl, audiences, issuers }: Settings): string[] => {
  if (!mcp || key === null || publicUrl === null) return [];
  const resource = `${publicUrl}/mcp`;
  return [
    ...(audiences.length === 0 || audiences.includes(resource)
      ? []
      : [`agents get tokens for ${resource}, which are refused: add it to JWT_AUDIENCE`]),
    ...(issuers.some(isIssuerUrl)
      ? []
      : ['agents cannot find where to sign in: set JWT_ISSUER to an http or https address']),
  ];
};
