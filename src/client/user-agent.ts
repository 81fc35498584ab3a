// The header field by which the log of a server distinguishes this client from other programs.
import { version } from '../../generated/clients/typescript/operations.ts';

/**
 * The header fields with the name of this client: none in a browser, whose own says everything, and
 * where another one costs a preflight. Node's own contains no more than `node`.
 */
export const agent = (): Readonly<Record<string, string>> => {
  const { process } = globalThis as { process?: { versions?: { node?: unknown } } };
  const isNode = typeof process?.versions?.node === 'string' && !('document' in globalThis);
  return isNode ? { 'User-Agent': `tasks-api-client/${version}` } : {};
};
