// The contract at run time: the hand-written YAML, and the output of `npm run generate`, as they
// are served.
import { readFile } from 'node:fs/promises';

const bundled = new URL('../../generated/openapi.json', import.meta.url);
const docsPage = new URL('../../generated/docs.html', import.meta.url);
const written = new URL('../../openapi.yaml', import.meta.url);

export interface Contract {
  /** The bundled document, parsed. */
  readonly document: { readonly servers: readonly { readonly url: string }[] };
  /** The hand-written document. */
  readonly yaml: Buffer;
  /** The documentation, a self-contained HTML page. */
  readonly docs: Buffer;
}

/** Reads the contract from the package's own files. Throws if the bundle was not generated. */
export const loadContract = async (): Promise<Contract> => {
  const [json, yaml, docs] = await Promise.all([
    readFile(bundled, 'utf8'),
    readFile(written),
    readFile(docsPage),
  ]);
  return { document: JSON.parse(json), yaml, docs };
};

/** The places of the server's address, as they are in a contract whose server is `/`. */
const inYaml = ['\nservers:\n  - url: ', '/', '\n'] as const;
const onPage = ['<span id="server">', 'the host of this page', '</span>'] as const;

/** An address as the page shows it: a path alone would not be understood as one. */
const onPageAs = (server: string): string =>
  `<code>${server}</code>${server.startsWith('/') ? ' on the host of this page' : ''}`;

/** Throws unless the place occurs exactly once: an address must not silently stay unchanged. */
const swapAddress = (
  text: Buffer,
  [before, address, after]: readonly [string, string, string],
  to: string,
): Buffer => {
  const place = before + address + after;
  const at = text.indexOf(place);
  if (at < 0 || text.includes(place, at + 1))
    throw new Error(`The contract must contain exactly one ${place.trim()}`);
  if (to === address) return text;
  return Buffer.concat([
    text.subarray(0, at),
    Buffer.from(before + to + after),
    text.subarray(at + place.length),
  ]);
};

/**
 * The contract's three forms, with the address at which clients reach the server: an absolute URL,
 * or a path that they resolve against the address of the document. The address contains no
 * character that JSON, YAML or HTML would escape.
 */
export const contractAt = ({ document, yaml, docs }: Contract, server: string) => ({
  json: () =>
    Buffer.from(JSON.stringify({ ...document, servers: [{ ...document.servers[0], url: server }] })),
  yaml: () => swapAddress(yaml, inYaml, server),
  docs: () => swapAddress(docs, onPage, server === '/' ? onPage[1] : onPageAs(server)),
});
