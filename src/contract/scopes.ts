// What a token can allow. The contract names the scope that each operation needs in `x-scope`.

/** The scopes, in the order in which they are reported. */
export const scopes = ['tasks:read', 'tasks:write', 'tasks:erase'] as const;

export type Scope = (typeof scopes)[number];

export const isScope = (text: unknown): text is Scope => scopes.some((scope) => scope === text);

const membersOf = (value: unknown): readonly object[] =>
  typeof value === 'object' && value !== null
    ? Object.values(value).filter((member) => typeof member === 'object' && member !== null)
    : [];

/** The scopes that the tools of a contract need (`x-mcp`), in their order. */
export const scopesOfTools = (document: object): readonly Scope[] => {
  const operations = membersOf('paths' in document ? document.paths : {}).flatMap(membersOf);
  const needed = operations
    .filter((operation) => 'x-mcp' in operation && operation['x-mcp'] !== false)
    .map(scopeOf);
  return scopes.filter((scope) => needed.includes(scope));
};

/** The scope that an operation needs; null if it needs none. */
export const scopeOf = (operation: object): Scope | null => {
  const scope = 'x-scope' in operation ? operation['x-scope'] : null;
  return isScope(scope) ? scope : null;
};
