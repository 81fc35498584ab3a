// What Postgres is about to do with the statements of the store, for the tests of their plans.
import pg from 'pg';
import { calls, type Recorded, type Store, statementsOf } from '../contract/store-calls.ts';

/** Postgres plans a prepared statement for its parameters at first, then for any. */
export const planModes = ['force_custom_plan', 'force_generic_plan'] as const;

/** A recorded value as a literal of SQL. */
export const literal = (value: unknown): string => {
  // Where a statement goes on with what another one answered, the recorder has nothing to give.
  if (value === null || value === '') return 'NULL';
  return pg.escapeLiteral(
    Array.isArray(value) ? `{${value.map((item) => JSON.stringify(item)).join(',')}}` : String(value),
  );
};

/** Executes the statement that is prepared as `planned` with these values. */
export const executionWith = (values: readonly unknown[]): string =>
  `EXECUTE planned${values.length === 0 ? '' : `(${values.map(literal).join(', ')})`}`;

/** The different statements that a function of the store sends, each as it may be sorted if it ever is. */
export const differentOf = async (name: keyof Store): Promise<readonly Recorded[]> => {
  const all = await statementsOf(name);
  const sortedLast = all.toSorted((a, b) => Number(a.mayBeSorted) - Number(b.mayBeSorted));
  return [...new Map(sortedLast.map((statement) => [statement.sql, statement])).values()];
};

// The default of jit_above_cost. To compile a plan takes longer than to read a page. An estimate of
// what is never read, behind a limit or a condition, can be that high.
const compiledAbove = 100_000;

/** The statements of the store whose plans Postgres would compile, with their estimated costs. */
export const compiledOn = async (client: pg.Client): Promise<string[]> => {
  const compiled: string[] = [];
  await client.query('RESET enable_sort');
  for (const name of Object.keys(calls) as (keyof Store)[]) {
    for (const statement of await differentOf(name)) {
      // The transactions that keep Postgres from sorting keep it from compiling, too.
      if (!statement.mayBeSorted) continue;
      await client.query(`PREPARE planned AS ${statement.sql}`);
      for (const mode of planModes) {
        await client.query(`SET plan_cache_mode = ${mode}`);
        const { rows } = await client.query(`EXPLAIN (FORMAT JSON) ${executionWith(statement.values)}`);
        const cost = rows[0]['QUERY PLAN'][0].Plan['Total Cost'];
        if (!(cost <= compiledAbove)) compiled.push(`${statement.name}, ${mode}: ${cost}`);
      }
      await client.query('RESET plan_cache_mode');
      await client.query('DEALLOCATE planned');
    }
  }
  return compiled;
};
