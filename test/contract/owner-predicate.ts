// The rule that keeps owners apart, as a check of a statement's syntax tree: whatever reads or
// writes an owner's table names the owner itself, by a parameter, at the very place where the table
// is named.
import { treeOf } from './syntax-tree.ts';

type Node = Readonly<Record<string, unknown>>;

export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

export interface Rule {
  /** The tables that have an owner_id column. */
  readonly tables: ReadonlySet<string>;
  /** The value that the parameter of each predicate must have. */
  readonly owner: string;
}

interface Table {
  readonly name: string;
  readonly alias: string;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** The inner node of `{ [kind]: node }`. */
const as = (kind: string, value: unknown): Node | undefined =>
  isNode(value) && isNode(value[kind]) ? value[kind] : undefined;

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const text = (value: unknown): string | undefined => as('String', value)?.sval as string | undefined;

const toTable = (range: Node): Table => {
  const name = [range.schemaname, range.relname].filter(Boolean).join('.');
  return { name, alias: ((range.alias as Node | undefined)?.aliasname as string | undefined) ?? name };
};

/** The tables that a FROM or USING clause names itself; subqueries are statements of their own. */
const tablesIn = (from: unknown): Table[] => {
  if (!isNode(from)) return [];
  const range = as('RangeVar', from);
  if (range) return [toTable(range)];
  return Object.entries(from).flatMap(([key, inner]) => (key.endsWith('Stmt') ? [] : tablesIn(inner)));
};

const conjuncts = (where: unknown): readonly unknown[] => {
  const and = as('BoolExpr', where);
  return and?.boolop === 'AND_EXPR' ? list(and.args).flatMap(conjuncts) : [where];
};

const ownerParameter =
  ({ values }: Statement, owner: string) =>
  (value: unknown): boolean => {
    const parameter = as('ParamRef', value);
    return parameter !== undefined && values[Number(parameter.number) - 1] === owner;
  };

// Qualified, even where one table alone has the column: proxies that route by it read a bare name
// less well.
const isOwnerColumn = (column: unknown, alias: string): boolean => {
  const fields = list(as('ColumnRef', column)?.fields).map(text);
  return fields.at(-1) === 'owner_id' && fields.slice(0, -1).join('.') === alias;
};

/** What a statement is checked against. */
interface Check extends Pick<Rule, 'tables'> {
  /** Whether an expression is the parameter that contains the owner. */
  readonly isOwner: (value: unknown) => boolean;
}

/** The names of the WITH queries that a statement sees. */
type Ctes = ReadonlySet<string>;

/** Whether a condition compares the owner column of `alias` with the owner, and nothing else. */
const isOwnerPredicate = (condition: unknown, alias: string, { isOwner }: Check): boolean => {
  const { kind, name: symbol, lexpr, rexpr } = as('A_Expr', condition) ?? {};
  if (kind !== 'AEXPR_OP' || text(list(symbol)[0]) !== '=' || list(symbol).length !== 1) return false;
  return isOwnerColumn(lexpr, alias) && isOwner(rexpr);
};

const checkRows = (
  kind: string,
  all: readonly Table[],
  where: unknown,
  ctes: Ctes,
  check: Check,
): string[] => {
  const real = all.filter(({ name }) => !ctes.has(name));
  const unowned = real.filter(({ name }) => !check.tables.has(name));
  const unbound = real.filter(
    ({ name, alias }) =>
      check.tables.has(name) &&
      !conjuncts(where).some((condition) => isOwnerPredicate(condition, alias, check)),
  );
  return [
    ...unowned.map(({ name }) => `${kind} on ${name}, which is no owner's table`),
    ...unbound.map(({ name, alias }) => `${kind} on ${name} without ${alias}.owner_id = the owner`),
  ];
};

const checkAssignments = (kind: string, targets: unknown): string[] => {
  const assigned = list(targets).map((target) => as('ResTarget', target)?.name);
  return assigned.includes('owner_id') ? [`${kind} gives a row to another owner`] : [];
};

/** Whether each row that an INSERT writes has the owner as its owner_id. */
const writesOwner = (insert: Node, { isOwner }: Check): boolean => {
  const at = list(insert.cols).findIndex((column) => as('ResTarget', column)?.name === 'owner_id');
  const source = as('SelectStmt', insert.selectStmt);
  const rows = list(source?.valuesLists).map((row) => list(as('List', row)?.items)[at]);
  const selected = as('ResTarget', list(source?.targetList)[at])?.val;
  const written = rows.length > 0 ? rows : [selected];
  return at >= 0 && source?.op === 'SETOP_NONE' && written.every(isOwner);
};

const checkConflict = (conflict: Node | undefined, name: string): string[] => {
  if (conflict?.action !== 'ONCONFLICT_UPDATE') return [];
  const key = list((conflict.infer as Node | undefined)?.indexElems).map((e) => as('IndexElem', e)?.name);
  return [
    ...checkAssignments('ON CONFLICT', conflict.targetList),
    // The row in the way has the same key, so it is the owner's only if the owner is part of that
    // key.
    ...(key.includes('owner_id') ? [] : [`ON CONFLICT on ${name} by a key without owner_id`]),
  ];
};

const checkInsert = (insert: Node, { name }: Table, check: Check): string[] => [
  ...(check.tables.has(name) ? [] : [`INSERT into ${name}, which is no owner's table`]),
  ...(writesOwner(insert, check) ? [] : [`INSERT into ${name} without the owner as owner_id`]),
  ...checkConflict(insert.onConflictClause as Node | undefined, name),
];

/** Checks what a statement does itself; its subqueries are checked on their own. */
const checkStatement = (kind: string, node: Node, ctes: Ctes, check: Check): string[] => {
  if (kind === 'SelectStmt') {
    return [
      ...(node.intoClause ? ['SELECT INTO makes a table'] : []),
      ...checkRows('SELECT', tablesIn(node.fromClause), node.whereClause, ctes, check),
    ];
  }
  // What is written is a table, even where a WITH query has its name.
  const target = toTable(node.relation as Node);
  const ambiguous = ctes.has(target.name) ? [`${target.name} is both a table and a WITH query`] : [];
  if (kind === 'InsertStmt') return [...ambiguous, ...checkInsert(node, target, check)];
  const [verb, others] = kind === 'UpdateStmt' ? ['UPDATE', node.fromClause] : ['DELETE', node.usingClause];
  return [
    ...ambiguous,
    ...(kind === 'UpdateStmt' ? checkAssignments(verb, node.targetList) : []),
    ...checkRows(verb, [target, ...tablesIn(others)], node.whereClause, ctes, check),
  ];
};

/** Finds the statements in a syntax tree, at whatever depth. */
const walk = (value: unknown, ctes: Ctes, check: Check): string[] => {
  if (!isNode(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    // The two sides of a UNION stand there without their kind.
    const kind = key === 'larg' || key === 'rarg' ? isNode(inner) && 'op' in inner && 'SelectStmt' : key;
    return kind && /^[A-Z]\w*Stmt$/.test(kind) && isNode(inner)
      ? visit(kind, inner, ctes, check)
      : walk(inner, ctes, check);
  });
};

const visit = (kind: string, node: Node, outer: Ctes, check: Check): string[] => {
  const { withClause, ...rest } = node;
  if (!['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt'].includes(kind)) {
    return [`${kind} is not a statement that this check understands`];
  }
  const found: string[] = [];
  let ctes = outer;
  for (const cte of list((withClause as Node | undefined)?.ctes)) {
    const { ctename, ctequery } = as('CommonTableExpr', cte) ?? {};
    const following = new Set([...ctes, String(ctename)]);
    // A query sees those before it, and itself only in WITH RECURSIVE.
    found.push(...walk(ctequery, (withClause as Node).recursive ? following : ctes, check));
    ctes = following;
  }
  return [...found, ...checkStatement(kind, rest, ctes, check), ...walk(rest, ctes, check)];
};

/** Lists the ways in which a statement reaches rows without naming their owner. */
export const findings = async (statement: Statement, { tables, owner }: Rule): Promise<string[]> => {
  const check = { tables, isOwner: ownerParameter(statement, owner) };
  const { stmts } = await treeOf(statement.sql);
  return (stmts ?? []).flatMap(({ stmt }) => walk(stmt, new Set(), check));
};
