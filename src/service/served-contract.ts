// The contract and its documentation as they are served, with the address at which clients reach
// the server.
import { type Contract, contractAt } from '../contract/document.ts';
import { pagePolicy } from './page-policy.ts';
import { type CompressionRoom, createCompressionRoom, representationsOf } from './represent.ts';

/** A self-contained page, with its policy. */
export const pageOf = (html: Buffer) => ({
  status: 200 as const,
  headers: { 'Content-Security-Policy': pagePolicy(html.toString()) },
  represent: representationsOf(html),
});

const serveAt = (contract: Contract, server: string) => {
  const { json, yaml, docs } = contractAt(contract, server);
  return {
    json: { status: 200 as const, represent: representationsOf(json()) },
    yaml: { status: 200 as const, represent: representationsOf(yaml()) },
    docs: pageOf(docs()),
  };
};

type Served = ReturnType<typeof serveAt>;

/**
 * A copy for a prefix, of which each form is made when it is first requested. The policy of the page
 * is that of `plain`: a prefix changes no style.
 */
const copyAt = (contract: Contract, { prefix, plain, room }: CopyOptions): Served => {
  const forms = contractAt(contract, prefix);
  const formOf = <Name extends keyof Served>(name: Name): (() => Served[Name]) => {
    let made: Served[Name] | undefined;
    return () => {
      made ??= { ...plain[name], represent: representationsOf(forms[name](), room) };
      return made;
    };
  };
  const [json, yaml, docs] = [formOf('json'), formOf('yaml'), formOf('docs')];
  return {
    get json() {
      return json();
    },
    get yaml() {
      return yaml();
    },
    get docs() {
      return docs();
    },
  };
};

interface CopyOptions {
  readonly prefix: string;
  readonly plain: Served;
  readonly room: CompressionRoom;
}

/**
 * The copy for each address takes some megabytes, so only this many are kept, and so many compressed
 * at once, whatever clients send in a header field.
 */
const most = 4;

/**
 * The contract for clients that reach the service below a prefix: with the public URL if there is
 * one, otherwise with the prefix. Throws at once if the contract has no place for it.
 */
export const servedContracts = (contract: Contract, publicUrl: string | null) => {
  const plain = serveAt(contract, publicUrl ?? '/');
  const byPrefix = new Map<string, Served>();
  const room = createCompressionRoom(most);
  return (prefix: string): Served => {
    if (publicUrl !== null || prefix === '') return plain;
    const own = byPrefix.get(prefix) ?? copyAt(contract, { prefix, plain, room });
    // Last in the map is the one used last, and the first one gives way.
    byPrefix.delete(prefix);
    byPrefix.set(prefix, own);
    const [oldest] = byPrefix.size > most ? byPrefix.keys() : [];
    if (oldest !== undefined) byPrefix.delete(oldest);
    return own;
  };
};
