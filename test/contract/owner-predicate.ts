// The rule that keeps owners apart, as a check of a statement's syntax tree: whatever reads or
// writes an owner's table names the owner itself, by a parameter, at the very place where the table
// is named.
import { parse } from 'libpg-query';

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

/**
 * Says in which ways a statement reaches rows without naming their owner; nothing when it does not.
 */
export const findings = async ({ sql, values }: Statement, { tables, owner }: Rule): Promise<string[]> => {
  const found: string[] = [];

  const isOwner = (value: unknown): boolean => {
    const parameter = as('ParamRef', value);
    return parameter !== undefined && values[Number(parameter.number) - 1] === owner;
  };

  // Qualified, even where one table alone has the column: proxies that route by it read a bare name
  // less well.
  const names = (column: unknown, alias: string): boolean => {
    const fields = list(as('ColumnRef', column)?.fields).map(text);
    return fields.at(-1) === 'owner_id' && fields.slice(0, -1).join('.') === alias;
  };

  const checkRows = (
    kind: string,
    all: readonly Table[],
    where: unknown,
    ctes: ReadonlySet<string>,
  ): void => {
    const owned = all.filter(({ name }) => tables.has(name) && !ctes.has(name));
    for (const { name } of all) {
      if (!tables.has(name) && !ctes.has(name)) found.push(`${kind} on ${name}, which is no owner's table`);
    }
    for (const { name, alias } of owned) {
      const isBound = conjuncts(where).some((condition) => {
        const { kind: operator, name: symbol, lexpr, rexpr } = as('A_Expr', condition) ?? {};
        if (operator !== 'AEXPR_OP' || text(list(symbol)[0]) !== '=' || list(symbol).length !== 1)
          return false;
        return names(lexpr, alias) && isOwner(rexpr);
      });
      if (!isBound) found.push(`${kind} on ${name} without ${alias}.owner_id = the owner`);
    }
  };

  const checkAssignments = (kind: string, targets: unknown): void => {
    const assigned = list(targets).map((target) => as('ResTarget', target)?.name);
    if (assigned.includes('owner_id')) found.push(`${kind} gives a row to another owner`);
  };

  const checkInsert = (insert: Node, { name }: Table): void => {
    if (!tables.has(name)) found.push(`INSERT into ${name}, which is no owner's table`);
    const at = list(insert.cols).findIndex((column) => as('ResTarget', column)?.name === 'owner_id');
    const source = as('SelectStmt', insert.selectStmt);
    const rows = list(source?.valuesLists).map((row) => list(as('List', row)?.items)[at]);
    const selected = as('ResTarget', list(source?.targetList)[at])?.val;
    const written = rows.length > 0 ? rows : [selected];
    if (at < 0 || source?.op !== 'SETOP_NONE' || !written.every(isOwner)) {
      found.push(`INSERT into ${name} without the owner as owner_id`);
    }
    const conflict = insert.onConflictClause as Node | undefined;
    if (conflict?.action !== 'ONCONFLICT_UPDATE') return;
    checkAssignments('ON CONFLICT', conflict.targetList);
    const key = list((conflict.infer as Node | undefined)?.indexElems).map((e) => as('IndexElem', e)?.name);
    // The row in the way has the same key, so it is the owner's only if the owner is part of that
    // key.
    if (!key.includes('owner_id')) found.push(`ON CONFLICT on ${name} by a key without owner_id`);
  };

  const checkStatement = (kind: string, node: Node, ctes: ReadonlySet<string>): void => {
    if (kind === 'SelectStmt') {
      if (node.intoClause) found.push('SELECT INTO makes a table');
      checkRows('SELECT', tablesIn(node.fromClause), node.whereClause, ctes);
      return;
    }
    // What is written is a table, even where a WITH query has its name.
    const target = toTable(node.relation as Node);
    if (ctes.has(target.name)) found.push(`${target.name} is both a table and a WITH query`);
    if (kind === 'InsertStmt') checkInsert(node, target);
    else if (kind === 'UpdateStmt') {
      checkAssignments('UPDATE', node.targetList);
      checkRows('UPDATE', [target, ...tablesIn(node.fromClause)], node.whereClause, ctes);
    } else {
      checkRows('DELETE', [target, ...tablesIn(node.usingClause)], node.whereClause, ctes);
    }
  };

  const walk = (value: unknown, ctes: ReadonlySet<string>): void => {
    if (!isNode(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      // The two sides of a UNION stand there without their kind.
      const kind = key === 'larg' || key === 'rarg' ? isNode(inner) && 'op' in inner && 'SelectStmt' : key;
      if (kind && /^[A-Z]\w*Stmt$/.test(kind) && isNode(inner)) visit(kind, inner, ctes);
      else walk(inner, ctes);
    }
  };

  const visit = (kind: string, node: Node, outer: ReadonlySet<string>): void => {
    const { withClause, ...rest } = node;
    if (!['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt'].includes(kind)) {
      found.push(`${kind} is not a statement that this check understands`);
      return;
    }
    let ctes = outer;
    for (const cte of list((withClause as Node | undefined)?.ctes)) {
      const { ctename, ctequery } = as('CommonTableExpr', cte) ?? {};
      // A query sees those before it, and itself only in WITH RECURSIVE.
      const within = (withClause as Node).recursive ? new Set([...ctes, String(ctename)]) : ctes;
      walk(ctequery, within);
      ctes = new Set([...ctes, String(ctename)]);
    }
    checkStatement(kind, rest, ctes);
    walk(rest, ctes);
  };

  const { stmts } = await parse(sql);
  for (const { stmt } of stmts ?? []) walk(stmt, new Set());
  return found;
};
