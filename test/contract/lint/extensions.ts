// The contract's extension that holds a schema, as Redocly sees it: it checks `x-item-schema` like
// any other schema, and knows that the components it refers to are used.

interface NodeType {
  readonly properties: Readonly<Record<string, unknown>>;
}

export default () => ({
  id: 'extensions',
  typeExtension: {
    oas3: ({ MediaType, ...types }: { readonly MediaType: NodeType }) => ({
      ...types,
      MediaType: { ...MediaType, properties: { ...MediaType.properties, 'x-item-schema': 'Schema' } },
    }),
  },
});
