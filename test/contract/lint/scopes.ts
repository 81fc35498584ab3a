// The lint rule of the contract's `x-scope`: each operation that needs a token names its scope, or
// null, and an operation that needs none names none.
import { isScope } from '../../../src/contract/scopes.ts';

type Security = readonly object[];

interface Context {
  report(problem: { readonly message: string; readonly location: unknown }): void;
  readonly location: { child(name: string): unknown };
}

interface Operation {
  readonly security?: Security;
  readonly 'x-scope'?: unknown;
  readonly responses?: Readonly<Record<string, unknown>>;
}

/** What is wrong with the scope of an operation; null if nothing is. */
const faultOf = (operation: Operation, security: Security): string | null => {
  const { 'x-scope': scope, responses = {} } = operation;
  if (security.length === 0)
    return scope === undefined ? null : 'An operation that needs no token has no x-scope.';
  if (scope === null) return null;
  if (!isScope(scope))
    return 'An operation that needs a token has an x-scope: a scope of src/contract/scopes.ts, or null.';
  return '403' in responses ? null : 'An operation with a scope declares 403.';
};

export const operationScope = () => {
  let security: Security = [];
  return {
    Root: {
      enter: (root: { readonly security?: Security }) => {
        security = root.security ?? [];
      },
    },
    Operation: {
      enter: (operation: Operation, { report, location }: Context) => {
        const message = faultOf(operation, operation.security ?? security);
        if (message !== null) report({ message, location: location.child('x-scope') });
      },
    },
  };
};
