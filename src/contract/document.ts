// The contract at run time: the hand-written YAML as it is served, and what `npm run generate` made of it.
import { readFile } from 'node:fs/promises';
import type { Reply } from './operation.ts';

const bundled = new URL('../../generated/openapi.json', import.meta.url);
const docsPage = new URL('../../generated/docs.html', import.meta.url);
const written = new URL('../../openapi.yaml', import.meta.url);

export interface Contract {
  /** The bundled document, parsed. */
  readonly document: Reply<'getOpenApiJson'>['body'];
  /** The hand-written document, as text. */
  readonly yaml: string;
  /** The documentation, a self-contained HTML page. */
  readonly docs: string;
}

/** Reads the contract from the package's own files. Throws when the bundle was not generated. */
export const loadContract = async (): Promise<Contract> => {
  const [json, yaml, docs] = await Promise.all(
    [bundled, written, docsPage].map((file) => readFile(file, 'utf8')),
  );
  return { document: JSON.parse(json ?? ''), yaml: yaml ?? '', docs: docs ?? '' };
};
