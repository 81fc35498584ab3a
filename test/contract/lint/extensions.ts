// The contract's extensions, as Redocly sees them: it checks `x-item-schema` like any other schema,
// knows that the components it refers to are used, and has a rule for `x-scope`.
import { operationScope } from './scopes.ts';

interface NodeType {
  readonly properties: Readonly<Record<string, unknown>>;
}

export default () => ({
  id: 'extensions',
  rules: { oas3: { 'operation-scope': operationScope } },
  typeExtension: {
    oas3: ({ MediaType, ...types }: { readonly MediaType: NodeType }) => ({
      ...types,
      MediaType: { ...MediaType, properties: { ...MediaType.properties, 'x-item-schema': 'Schema' } },
    }),
  },
});
