// Schema migrations: the plain SQL files of migrations/, run by node-pg-migrate in one transaction, each statement as a
// query of its own. Its lock and the settings of its session end with the transaction, so that a pooler in between gets
// back what it lent.
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type { BaseLogger } from 'pino';
import { parseAddress } from '../postgres/address.ts';
import { createClient } from '../postgres/client.ts';
import { sqlFiles } from './migration-files.ts';
import { DatabaseUnsuitable, unsuitableEncoding } from './suitable.ts';

/** Where the SQL files are. */
export const migrationsDirectory = fileURLToPath(new URL('../../migrations', import.meta.url));
const table = 'schema_migrations';

export interface MigrateOptions {
  /** A direct (unpooled) connection string. */
  readonly url: string;
  readonly direction: 'up' | 'down';
  /** How many steps; all of them up, one down, when absent. */
  readonly count?: number | undefined;
  /** How long to wait for the connection, in milliseconds; for ever when absent. */
  readonly timeout?: number | undefined;
}

/** The key of the advisory lock that one migration at a time holds. */
const lock = 7_241_865_325_823_964n;

// A migration may take longer than the limits that `npm run limits` sets for requests; a limit that this version of
// Postgres does not know is not there to be lifted.
const liftLimits = `
  SELECT set_config(name, '0', true)
  FROM pg_settings
  WHERE name IN (
    'statement_timeout',
    'lock_timeout',
    'idle_in_transaction_session_timeout',
    'transaction_timeout'
  )
`;

/** Where tables are created, and in which encoding. */
interface Place {
  readonly schema: string | null;
  readonly encoding: string;
}
const place = 'SELECT current_schema() AS schema, getdatabaseencoding() AS encoding';

/**
 * Migrates, all steps or none, waiting for another process that does so. Answers the names of the migrations that ran,
 * in order.
 */
export const migrate = async (
  { url, direction, count, timeout }: MigrateOptions,
  log: BaseLogger,
): Promise<string[]> => {
  const client = createClient(parseAddress(url), timeout);
  client.pg.on('error', (error) => log.debug({ err: error }, 'the connection of the migration broke'));
  await client.connect();
  try {
    // Each statement sees what was committed before it, also by the migration that the lock has waited for.
    await client.pg.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
    await client.pg.query(liftLimits);
    const { rows } = await client.pg.query<Place>(place);
    const [{ schema, encoding }] = rows as [Place];
    if (encoding !== 'UTF8') throw new DatabaseUnsuitable(unsuitableEncoding(encoding));
    if (schema === null)
      throw new DatabaseUnsuitable('The search_path of this role names no schema that exists.');
    await client.pg.query('SELECT pg_advisory_xact_lock($1)', [lock]);
    const ran = await runner({
      dbClient: client.pg,
      dir: migrationsDirectory,
      migrationLoaderStrategies: [sqlFiles],
      migrationsTable: table,
      // Beside the tables, where the service looks for it.
      migrationsSchema: schema,
      direction,
      ...(count !== undefined && { count }),
      // The transaction and the lock are those of above: its BEGIN changes nothing, its COMMIT ends them.
      singleTransaction: true,
      noLock: true,
      logger: {
        debug: (message) => log.debug(message),
        info: (message) => log.debug(message),
        warn: (message) => log.warn(message),
        error: (message) => log.error(message),
      },
    });
    // Where there was nothing to do, it is still open.
    await client.pg.query('COMMIT');
    return ran.map(({ name }) => name);
  } finally {
    await client.pg.end();
  }
};
