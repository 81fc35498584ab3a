// The syntax trees of statements, by Postgres's own parser. A store sends few texts, again and again,
// and to parse one takes longer than all that is asked of its tree: so each is parsed once.
import { type ParseResult, parse } from 'libpg-query';

const trees = new Map<string, Promise<ParseResult>>();

/** The tree of a statement. Rejects if it is not SQL. */
export const treeOf = (sql: string): Promise<ParseResult> => {
  const tree = trees.get(sql) ?? parse(sql);
  trees.set(sql, tree);
  return tree;
};
