// The rule that each change of a task or list is recorded, as a check of a statement's syntax tree:
// whatever inserts into, updates or deletes from the two tables is read by an INSERT into the history
// in the same statement.
import { treeOf } from './syntax-tree.ts';

type Node = Readonly<Record<string, unknown>>;

/** A WITH query, or the statement itself: what it writes, and what its rows are from. */
export interface Part {
  readonly name: string | null;
  /** The table that it writes; null if it only reads. */
  readonly writes: string | null;
  readonly isInsert: boolean;
  readonly reads: ReadonlySet<string>;
}

const tables: readonly (string | null)[] = ['tasks', 'lists'];

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

const namesIn = (from: unknown): string[] => {
  if (!isNode(from)) return [];
  return Object.entries(from).flatMap(([key, inner]) =>
    key === 'relname' && typeof inner === 'string' ? [inner] : namesIn(inner),
  );
};

// Where the rows of a query are from, on both sides of a UNION; what its columns look up is not.
const sourcesOfQuery = (query: unknown): string[] =>
  isNode(query) ? [...namesIn(query.fromClause), ...[query.larg, query.rarg].flatMap(sourcesOfQuery)] : [];

const partOf = (name: string | null, kind: string, node: Node): Part => {
  const { relation, selectStmt } = node;
  const query = kind === 'InsertStmt' && isNode(selectStmt) ? selectStmt.SelectStmt : node;
  return {
    name,
    writes: kind !== 'SelectStmt' && isNode(relation) ? String(relation.relname) : null,
    isInsert: kind === 'InsertStmt',
    reads: new Set(sourcesOfQuery(query)),
  };
};

/** Takes a statement apart. What writes is in no other place (PostgreSQL, section 7.8.4). */
export const partsOf = async (sql: string): Promise<Part[]> => {
  const { stmts } = await treeOf(sql);
  return (stmts ?? []).flatMap(({ stmt }) =>
    Object.entries(stmt ?? {}).flatMap(([kind, node]) => {
      if (!isNode(node)) return [];
      const ctes = isNode(node.withClause) && Array.isArray(node.withClause.ctes) ? node.withClause.ctes : [];
      const queries = ctes.flatMap(({ CommonTableExpr: cte }) =>
        Object.entries<Node>(cte.ctequery).map(([own, query]) => partOf(cte.ctename, own, query)),
      );
      return [...queries, partOf(null, kind, node)];
    }),
  );
};

const isRecording = ({ writes, isInsert }: Part): boolean => writes === 'history' && isInsert;

/** Whether it records anything. */
export const records = (parts: readonly Part[]): boolean => parts.some(isRecording);

/** Whether it writes tasks or lists. */
export const changes = (parts: readonly Part[]): boolean =>
  parts.some(({ writes }) => tables.includes(writes));

/** The names of all that a part reads, also through others that only read. */
const sourcesOf = ({ reads }: Part, parts: readonly Part[], seen = new Set<string>()): Set<string> => {
  for (const name of reads) {
    if (seen.has(name)) continue;
    seen.add(name);
    const source = parts.find((part) => part.name === name);
    if (source?.writes === null) sourcesOf(source, parts, seen);
  }
  return seen;
};

/**
 * The changes of tasks and lists that the statement does not record. `given`: where a recording has
 * the rows of a change from, by the name of the change, if not from the change itself.
 */
export const unrecorded = (parts: readonly Part[], given: Readonly<Record<string, string>> = {}): Part[] => {
  const recorded = parts.filter(isRecording).map((part) => sourcesOf(part, parts));
  return parts.filter(
    ({ name, writes }) =>
      tables.includes(writes) &&
      !recorded.some((sources) => name !== null && sources.has(given[name] ?? name)),
  );
};
