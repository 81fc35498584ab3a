// What a token can allow. The contract names the scope that each operation needs in `x-scope`.

/** The scopes, in the order in which they are reported. */
export const scopes = ['tasks:read', 'tasks:write', 'tasks:erase'] as const;

export type Scope = (typeof scopes)[number];

export const isScope = (text: unknown): text is Scope => scopes.some((scope) => scope === text);

/** The scope that an operation needs; null if it needs none. */
export const scopeOf = (operation: object): Scope | null => {
  const scope = 'x-scope' in operation ? operation['x-scope'] : null;
  return isScope(scope) ? scope : null;
};
