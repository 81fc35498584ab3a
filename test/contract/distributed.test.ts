// What Citus refuses of statements on distributed tables, and Postgres itself takes: each was
// refused by Citus 13.2 in a statement of the store, and the way around it costs one Postgres
// nothing. Held against the syntax tree, because no Citus is there to ask.

import { describe, expect, test } from 'vitest';
import { calls, type Store, statementsOf } from './store-calls.ts';
import { treeOf } from './syntax-tree.ts';

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** All nodes of a kind below `from`. */
const all = (kind: string, from: unknown): Node[] => {
  if (!isNode(from)) return [];
  return Object.entries(from).flatMap(([name, value]) => [
    ...(name === kind && isNode(value) ? [value] : []),
    ...all(kind, value),
  ]);
};

const calling = (from: unknown): boolean =>
  all('FuncCall', from).length + all('SQLValueFunction', from).length > 0;

const refusals = async (sql: string): Promise<string[]> => {
  const tree = await treeOf(sql);
  const inserts = all('InsertStmt', tree);
  const readsPlace = all('ColumnRef', tree).some((column) =>
    all('String', column).some(({ sval }) => sval === 'ctid'),
  );
  return [
    ...all('SelectStmt', tree)
      .filter(({ targetList, valuesLists, larg }) => !targetList && !valuesLists && !larg)
      .map(() => 'a query without columns: its result cannot be passed on'),
    ...all('onConflictClause', tree)
      .filter(({ whereClause }) => calling(whereClause))
      .map(() => 'a function in the WHERE of ON CONFLICT: it may not be immutable'),
    ...inserts
      .filter(({ onConflictClause, returningClause }) => onConflictClause && calling(returningClause))
      .map(() => 'a function in RETURNING of an upsert: it may be volatile'),
    ...(readsPlace && inserts.length > 0 ? ['ctid in a statement that inserts: it is not routed'] : []),
  ];
};

describe('Citus refuses no statement of', () => {
  test.each(Object.keys(calls) as (keyof Store)[])('%s', async (name) => {
    const found = await Promise.all(
      [...new Set((await statementsOf(name)).map(({ sql }) => sql))].map(
        async (sql) => [sql, await refusals(sql)] as const,
      ),
    );
    expect(found.filter(([, faults]) => faults.length > 0)).toEqual([]);
  });
});

test.each([
  ['SELECT EXISTS (SELECT FROM t)', /without columns/],
  ['INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2 WHERE now() > t.at', /ON CONFLICT/],
  [
    'INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2 RETURNING clock_timestamp()',
    /RETURNING/,
  ],
  ['WITH a AS (INSERT INTO t (a) VALUES (1)) DELETE FROM t USING u WHERE t.ctid = u.place', /ctid/],
])('the check finds what is wrong with %s', async (sql, fault) => {
  expect(await refusals(sql)).toEqual([expect.stringMatching(fault)]);
});
