// Schema migrations: the plain SQL files of migrations/, run by node-pg-migrate in one transaction,
// each statement as a separate query. Its lock and the settings of its session end with the
// transaction, so a pooler in between gets an unchanged session back.
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
  /** How many steps; if absent, all of them up, or one down. */
  readonly count?: number | undefined;
  /** How long to wait for the connection, in milliseconds; without a limit if absent. */
  readonly timeout?: number | undefined;
}

/** The key of the advisory lock that ensures that only one migration runs at a time. */
const lock = 7_241_865_325_823_964n;

// A migration may take longer than the limits that `npm run limits` sets for requests. Only limits
// that this version of Postgres knows are lifted.
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

/** Where tables are created, and with which encoding. */
interface Place {
  readonly schema: string | null;
  readonly encoding: string;
}
const place = 'SELECT current_schema() AS schema, getdatabaseencoding() AS encoding';

/**
 * Migrates, all steps or none, after any other process that is migrating. Returns the names of the
 * migrations that ran, in order.
 */
export const migrate = async (
  { url, direction, count, timeout }: MigrateOptions,
  log: BaseLogger,
): Promise<string[]> => {
  const client = createClient(parseAddress(url), timeout);
  client.pg.on('error', (error) => log.debug({ err: error }, 'the connection of the migration broke'));
  await client.connect();
  try {
    // Each statement sees what was committed before it, including by the migration that the lock
    // waited for.
    await client.pg.query('BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE');
    await client.pg.query(liftLimits);
    const { rows } = await client.pg.query<Place>(place);
    const [{ schema, encoding }] = rows as [Place];
    if (encoding !== 'UTF8') throw new DatabaseUnsuitable(unsuitableEncoding(encoding));
    if (schema === null) throw new DatabaseUnsuitable('No schema in the search_path of this role exists.');
    await client.pg.query('SELECT pg_advisory_xact_lock($1)', [lock]);
    const ran = await runner({
      dbClient: client.pg,
      dir: migrationsDirectory,
      migrationLoaderStrategies: [sqlFiles],
      migrationsTable: table,
      // In the schema of the tables, where the service looks for it.
      migrationsSchema: schema,
      direction,
      ...(count !== undefined && { count }),
      // It uses the transaction and the lock from above: its BEGIN changes nothing, and its COMMIT
      // ends them.
      singleTransaction: true,
      noLock: true,
      logger: {
        debug: (message) => log.debug(message),
        info: (message) => log.debug(message),
        warn: (message) => log.warn(message),
        error: (message) => log.error(message),
      },
    });
    // If there was nothing to do, it is still open.
    await client.pg.query('COMMIT');
    return ran.map(({ name }) => name);
  } finally {
    await client.pg.end();
  }
};
