// The contract's extensions, as Redocly sees them: it checks `x-item-schema` like any other schema,
// knows that the components it refers to are used, and has rules for `x-scope` and `x-mcp`.
import { operationScope } from './scopes.ts';
import { operationTools } from './tools.ts';

interface NodeType {
  readonly properties: Readonly<Record<string, unknown>>;
}

export default () => ({
  id: 'extensions',
  rules: { oas3: { 'operation-scope': operationScope, 'operation-tools': operationTools } },
  typeExtension: {
    oas3: ({ MediaType, ...types }: { readonly MediaType: NodeType }) => ({
      ...types,
      MediaType: { ...MediaType, properties: { ...MediaType.properties, 'x-item-schema': 'Schema' } },
    }),
  },
});
