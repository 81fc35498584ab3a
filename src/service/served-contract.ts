// The contract and its documentation as they are served, each in the address of the server that clients reach it at.
import { type Contract, contractAt } from '../contract/document.ts';
import { pagePolicy } from './page-policy.ts';
import { representationsOf } from './represent.ts';

/** A page that is complete in itself, with its policy. */
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

/** Each server's copy is some megabytes: more than these are not kept, whatever clients write into a header field. */
const most = 4;

/**
 * The contract for clients that reach the service below a prefix: with the public URL where there is one, with the
 * prefix otherwise. Throws at once when the contract has no place for it.
 */
export const servedContracts = (contract: Contract, publicUrl: string | null) => {
  const plain = serveAt(contract, publicUrl ?? '/');
  const byPrefix = new Map<string, typeof plain>();
  return (prefix: string): typeof plain => {
    if (publicUrl !== null || prefix === '') return plain;
    const known = byPrefix.get(prefix);
    if (known !== undefined || byPrefix.size >= most) return known ?? plain;
    const own = serveAt(contract, prefix);
    byPrefix.set(prefix, own);
    return own;
  };
};
