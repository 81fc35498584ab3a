// Every statement that raises an owner's change number also notes that the webhook has something to
// report: held against the syntax tree of everything that the store can send.
import { beforeAll, describe, expect, test } from 'vitest';
import { calls, type Recorded, renewalOf, type Store, statementsOf } from './store-calls.ts';
import { treeOf } from './syntax-tree.ts';

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/** The columns that each update of the clock assigns; an upsert's are those of its ON CONFLICT. */
const assignedIn = (node: unknown): string[][] => {
  if (!isNode(node)) return [];
  const { UpdateStmt: update, InsertStmt: insert } = node;
  const names = (list: unknown): string[] =>
    (Array.isArray(list) ? list : []).map(({ ResTarget: { name } }) => String(name));
  const isClock = (written: unknown): written is Node =>
    isNode(written) && isNode(written.relation) && written.relation.relname === 'owner_clock';
  const conflict = isClock(insert) && isNode(insert.onConflictClause) ? insert.onConflictClause : null;
  return [
    ...(isClock(update) ? [names(update.targetList)] : []),
    ...(conflict === null ? [] : [names(conflict.targetList)]),
    ...Object.values(node).flatMap(assignedIn),
  ];
};

/** Whether a statement raises the number; and if it does so without a note. */
const examine = async (sql: string): Promise<{ raises: boolean; isSilent: boolean }> => {
  const raising = assignedIn(await treeOf(sql)).filter((columns) => columns.includes('seq'));
  return { raises: raising.length > 0, isSilent: raising.some((columns) => !columns.includes('has_news')) };
};

const names = Object.keys(calls) as (keyof Store)[];

describe('every change is noted', () => {
  const all = new Map<string, readonly Recorded[]>();
  beforeAll(async () => {
    for (const name of names) all.set(name, await statementsOf(name));
    for (const table of ['tasks', 'lists'] as const) {
      all.set(`renewal of ${table}`, await renewalOf(table));
    }
  });

  test.each([...names, 'renewal of tasks', 'renewal of lists'])('%s', async (name) => {
    const texts = new Map((all.get(name) ?? []).map((sent) => [sent.sql, sent.name]));
    const silent = await Promise.all(
      [...texts].map(async ([sql, statement]) => ((await examine(sql)).isSilent ? [statement] : [])),
    );
    expect(silent.flat()).toEqual([]);
  });

  test('most of the store writes the clock, so the check has found it', async () => {
    const texts = new Map([...all.values()].flat().map((sent) => [sent.sql, sent.name]));
    const raising = await Promise.all([...texts].map(async ([sql]) => (await examine(sql)).raises));
    expect(raising.filter(Boolean).length).toBeGreaterThan(20);
  });
});

test.each([
  'UPDATE owner_clock SET seq = seq + 1',
  'WITH c AS (UPDATE owner_clock SET seq = 2 RETURNING seq) SELECT seq FROM c',
  'INSERT INTO owner_clock (owner_id, seq) VALUES ($1, 1) ON CONFLICT (owner_id) DO UPDATE SET seq = 2',
])('the check finds %s', async (sql) => {
  expect((await examine(sql)).isSilent).toBe(true);
});
