// The names of the time zones that the database knows. They are the same for every owner, and are
// read once: Postgres opens a file for each of them.
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database } from '../postgres/database.ts';

const statement = sql.prepared('time_zones', z.strictObject({ name: z.string() }))`
  SELECT name
  FROM pg_timezone_names
  WHERE name NOT LIKE 'posix/%' AND name NOT LIKE 'right/%'
`;

/** Returns what `of` makes of the names. They are read at the first use, and again only if that failed. */
export const timeZonesOf = <T>(
  database: Pick<Database, 'probe'>,
  of: (names: readonly string[]) => T,
): (() => Promise<T>) => {
  let names: Promise<T> | undefined;
  const read = async () => of((await database.probe(statement)).map(({ name }) => name));
  return () => {
    names ??= read().catch((error: unknown) => {
      names = undefined;
      throw error;
    });
    return names;
  };
};
