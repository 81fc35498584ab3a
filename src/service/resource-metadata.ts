// The metadata of the service's protected resources (RFC 9728).
import type { components } from '../contract/operation.ts';
import { problems } from '../contract/problem.ts';
import { isIssuerUrl, type ResourcePath } from '../contract/resource-metadata.ts';
import { type Scope, scopes } from '../contract/scopes.ts';

export interface ResourceMetadataOptions {
  /** Where clients reach the service; null if unknown. */
  readonly publicUrl: string | null;
  /** The issuers whose tokens are accepted; empty if any is. */
  readonly issuers: readonly string[];
  /** The resources that are served. */
  readonly resources: readonly ResourcePath[];
  /**
   * The scopes that agents need. They ask for all that the metadata of `/mcp` lists, so it lists no
   * other.
   */
  readonly toolScopes: readonly Scope[];
}

/** Returns the metadata of a resource. Throws a Problem, 404, if there is none. */
export const resourceMetadata = ({ publicUrl, issuers, resources, toolScopes }: ResourceMetadataOptions) => {
  const servers = issuers.filter(isIssuerUrl);
  return (resource: ResourcePath): components['schemas']['ResourceMetadata'] => {
    if (publicUrl === null || servers.length === 0 || !resources.includes(resource))
      throw problems.notFound();
    return {
      resource: publicUrl + resource,
      authorization_servers: servers,
      scopes_supported: [...(resource === '/mcp' ? toolScopes : scopes)],
      bearer_methods_supported: ['header'],
      resource_name: 'Tasks API',
      resource_documentation: `${publicUrl}/docs`,
    };
  };
};
