// The challenge of a 401 or 403, with the address of the resource's metadata (RFC 9728, section
// 5.1).
import { metadataUrl, type ResourcePath } from '../contract/resource-metadata.ts';

/** Adds to a challenge what is known about the resource at a path. */
export type CompleteChallenge = (challenge: string, path: string) => string;

/** For the resources that have metadata; others keep their challenge. */
export const challengeWith =
  (publicUrl: string, resources: readonly ResourcePath[]): CompleteChallenge =>
  (challenge, path) => {
    const resource = resources.find((one) => one === path) ?? '';
    const parameter = `resource_metadata="${metadataUrl(publicUrl, resource)}"`;
    return challenge.includes(' ') ? `${challenge}, ${parameter}` : `${challenge} ${parameter}`;
  };
