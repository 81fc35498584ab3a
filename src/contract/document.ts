// The contract at run time: the bundle that `npm run generate` wrote, and the hand-written YAML as it is served.
import { readFile } from 'node:fs/promises';
import type { Reply } from './operation.ts';

const bundled = new URL('../../generated/openapi.json', import.meta.url);
const written = new URL('../../openapi.yaml', import.meta.url);

export interface Contract {
  /** The bundled document, parsed. */
  readonly document: Reply<'getOpenApiJson'>['body'];
  /** The hand-written document, as text. */
  readonly yaml: string;
}

/** Reads the contract from the package's own files. Throws when the bundle was not generated. */
export const loadContract = async (): Promise<Contract> => {
  const [json, yaml] = await Promise.all([readFile(bundled, 'utf8'), readFile(written, 'utf8')]);
  return { document: JSON.parse(json), yaml };
};
