// Where the metadata of the service's protected resources is (RFC 9728): a client that has no token
// finds there who issues one.

/** The path of the metadata; that of a resource below the root follows it (section 3.1). */
export const metadataPath = '/.well-known/oauth-protected-resource';

/** The resources of the service, by their path below the public URL: the API, and `/mcp`. */
export type ResourcePath = '' | '/mcp';

/** The address of the metadata of a resource. */
export const metadataUrl = (publicUrl: string, resource: ResourcePath): string =>
  `${publicUrl}${metadataPath}${resource}`;

/**
 * Whether clients can find an issuer by its name: it is the address of its metadata (RFC 8414,
 * section 2). Other issuers have names that are only compared.
 */
export const isIssuerUrl = (issuer: string): boolean =>
  /^https?:\/\//.test(issuer) && !/[?#\s]/.test(issuer) && URL.canParse(issuer);
