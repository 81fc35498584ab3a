// The owner as a run-time setting of each of the owner's transactions, for a proxy that spreads
// owners over several databases. A statement names its owner itself; BEGIN does not, so a proxy
// that is not told opens the transaction on every database, and one of them that is away fails the
// transactions of all owners. Postgres itself takes any setting with a dot in its name, and does
// nothing with it.
import pg from 'pg';
import { type QuerySqlToken, sql } from 'slonik';
import { z } from 'zod';
import type { Statements } from './database.ts';

/**
 * The name of a setting that Postgres knows only from those who set it: an extension's prefix, a
 * dot, a name.
 */
export const isSettingName = (text: string): boolean => /^[a-z_]\w{0,62}\.[a-z_]\w{0,62}$/.test(text);

const nothing = z.strictObject({});

// A literal, because a proxy reads the text and SET takes no parameters. Without name and values it
// goes out in the simple query protocol (extended-query.ts), so no cache of statements keeps one
// for each owner.
const setKey = (setting: string, key: string): QuerySqlToken<typeof nothing> => ({
  ...sql.type(nothing)`SET`,
  sql: `SET LOCAL ${setting} TO ${pg.escapeLiteral(key)}`,
});

/**
 * The same statements, whose transactions begin with `key`, until their end, as the value of
 * `setting`.
 */
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
