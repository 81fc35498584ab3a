// The owner as a run-time setting of each of the owner's transactions, for a proxy that spreads
// owners over several databases. A statement names its owner, but BEGIN does not. So without the
// setting, the proxy opens the transaction on every database, and if one of them is down, the
// transactions of all owners fail. Postgres itself accepts any setting with a dot in its name, and
// ignores it.
import pg from 'pg';
import { type QuerySqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { Statements } from './database.ts';

/**
 * The name of a setting that Postgres itself does not define: an extension's prefix, a dot, a name.
 */
export const isSettingName = (text: string): boolean => /^[a-z_]\w{0,62}\.[a-z_]\w{0,62}$/.test(text);

const nothing = z.strictObject({});

// A literal, because a proxy reads the text and SET takes no parameters. Without a name and values
// it is sent in the simple query protocol (extended-query.ts), so no cache of statements fills up
// with one for each owner.
const setKey = (setting: string, key: string): QuerySqlToken<typeof nothing> => ({
  ...sql.type(nothing)`SET`,
  sql: `SET LOCAL ${setting} TO ${pg.escapeLiteral(key)}`,
});

/** The same statements, except that in each of their transactions `setting` has the value `key`. */
export const withShardingKey = (statements: Statements, setting: string, key: string): Statements => {
  return {
    ...statements,
    turn: (work) => statements.turn((inside) => work(withShardingKey(inside, setting, key))),
    transaction: (work) =>
      statements.transaction(async (inside) => {
        await inside.any(setKey(setting, key));
        return work(inside);
      }),
  };
};
