// The lint rule of the contract's `x-mcp`: each operation says which tools it is, or that it is none.
// Generators that make a tool of each operation leave out those that are none.
import { declarationsOf } from '../../../src/mcp/extension.ts';

interface Context {
  report(problem: { readonly message: string; readonly location: unknown }): void;
  readonly location: { child(name: string): unknown };
}

interface Operation {
  readonly operationId?: string;
  readonly 'x-mcp'?: unknown;
}

/** What is wrong with the tools of an operation; null if nothing is. */
const faultOf = ({ operationId = '', 'x-mcp': extension }: Operation): string | null => {
  if (extension === undefined) return 'An operation has x-mcp: which tools it is, or false.';
  try {
    declarationsOf({ operationId, extension });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

export const operationTools = () => ({
  Operation: {
    enter: (operation: Operation, { report, location }: Context) => {
      const message = faultOf(operation);
      if (message !== null) report({ message, location: location.child('x-mcp') });
    },
  },
});
