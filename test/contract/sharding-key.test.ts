// With a sharding key, each transaction of the store begins with its owner, before anything a proxy
// would have to send to every database: seen in what the store sends, whichever of its functions is
// called.
import { describe, expect, test } from 'vitest';
import type { Statements } from '../../src/postgres/database.ts';
import { withShardingKey } from '../../src/postgres/sharding-key.ts';
import { calls, owner, recorder, type Store, storeOn, tolerant } from './store-calls.ts';

const key = `SET LOCAL pgdog.sharding_key TO '${owner}'`;

/**
 * What each transaction of these calls sends first; `through` is what the store gets its statements
 * from.
 */
const beginningsOf = async (
  name: keyof Store,
  through: (statements: Statements) => Statements,
): Promise<(string | undefined)[]> => {
  const { database, sent } = recorder();
  const beginnings: number[] = [];
  const begun: Statements = {
    ...database,
    turn: (work) => work(begun),
    transaction: (work) => {
      beginnings.push(sent.length);
      return work(database);
    },
  };
  const run = storeOn(through(begun))[name] as (...parameters: unknown[]) => Promise<unknown>;
  for (const parameters of calls[name]) await tolerant(run(...parameters));
  return beginnings.map((at) => sent[at]?.sql);
};

const names = Object.keys(calls) as (keyof Store)[];

describe('each transaction begins with the sharding key', () => {
  test.each(names)('%s', async (name) => {
    const keyed = await beginningsOf(name, (on) => withShardingKey(on, 'pgdog.sharding_key', owner));
    expect(keyed.filter((statement) => statement !== key)).toEqual([]);
    // What the check would find without it.
    const plain = await beginningsOf(name, (on) => on);
    expect(plain).toHaveLength(keyed.length);
    expect(plain).not.toContain(key);
  });

  test('and some functions of the store have transactions', async () => {
    const counts = await Promise.all(
      names.map(async (name) => [name, (await beginningsOf(name, (on) => on)).length]),
    );
    const transactional = counts.filter(([, count]) => Number(count) > 0).map(([name]) => name);
    expect(transactional).toEqual(expect.arrayContaining(['applyBatch', 'deleteAll', 'once']));
  });
});
