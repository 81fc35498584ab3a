// The names of the time zones that the database knows. They are the same for every owner. Postgres
// opens a file for each of them, so they are not to be read at each request.
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database } from '../postgres/database.ts';

const statement = sql.prepared('time_zones', z.strictObject({ name: z.string() }))`
  SELECT name
  FROM pg_timezone_names
  WHERE name NOT LIKE 'posix/%' AND name NOT LIKE 'right/%'
`;

/** Reads the names. */
export const readTimeZones = async (database: Pick<Database, 'probe'>): Promise<readonly string[]> =>
  (await database.probe(statement)).map(({ name }) => name);
