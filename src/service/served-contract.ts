// The contract and its documentation as they are served, with the address at which clients reach
// the server.
import { type Contract, contractAt } from '../contract/document.ts';
import { pagePolicy } from './page-policy.ts';
import { representationsOf } from './represent.ts';

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

/**
 * The copy for each address takes some megabytes, so only this many are kept, whatever clients send
 * in a header field.
 */
const most = 4;

/**
 * The contract for clients that reach the service below a prefix: with the public URL if there is
 * one, otherwise with the prefix. Throws at once if the contract has no place for it.
 */
export const servedContracts = (contract: Contract, publicUrl: string | null) => {
  const plain = serveAt(contract, publicUrl ?? '/');
  const byPrefix = new Map<string, typeof plain>();
  return (prefix: string): typeof plain => {
    if (publicUrl !== null || prefix === '') return plain;
    const own = byPrefix.get(prefix) ?? serveAt(contract, prefix);
    // Last in the map is the one used last, and the first one gives way.
    byPrefix.delete(prefix);
    byPrefix.set(prefix, own);
    const [oldest] = byPrefix.size > most ? byPrefix.keys() : [];
    if (oldest !== undefined) byPrefix.delete(oldest);
    return own;
  };
};
