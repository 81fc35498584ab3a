// The tools that the contract declares, for tests to hold against what is served and documented.
import { type Scope, scopeOf } from '../../src/contract/scopes.ts';
import { type Document, isDocument } from '../../src/mcp/contract.ts';
import { toolsOf } from '../../src/mcp/tools.ts';
import { document } from '../support/contract.ts';

export const contract = ((value: object): Document => {
  if (!isDocument(value)) throw new Error('the contract has no paths');
  return value;
})(document);

export const tools = [...toolsOf(contract).values()];

/** The names of the tools whose operation needs this scope. */
export const toolsWith = (scope: Scope): string[] =>
  tools.flatMap(({ operation: { definition }, description: { name } }) =>
    scopeOf(definition) === scope ? [name] : [],
  );
