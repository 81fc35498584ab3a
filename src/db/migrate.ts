// Schema migrations: the plain SQL files of migrations/, run by node-pg-migrate over a direct connection, because its
// lock is a session's and a transaction pooler would strand it.
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Logger } from '../log.ts';
import { parseAddress } from './address.ts';
import { createClient } from './client.ts';
import type { Database } from './pool.ts';

const directory = fileURLToPath(new URL('../../migrations', import.meta.url));
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

/** Migrates, waiting for another process that does so. Answers the names of the migrations that ran, in order. */
export const migrate = async (
  { url, direction, count, timeout }: MigrateOptions,
  log: Logger,
): Promise<string[]> => {
  const client = createClient(parseAddress(url), timeout);
  client.pg.on('error', (error) => log.debug({ err: error }, 'the connection of the migration broke'));
  await client.connect();
  try {
    // A migration may take longer than the limits that `npm run limits` sets for requests.
    await client.pg.query('SET statement_timeout = 0');
    await client.pg.query('SET idle_in_transaction_session_timeout = 0');
    // The migrations' texts have backslashes that are backslashes.
    await client.pg.query('SET standard_conforming_strings = on');
    const ran = await runner({
      dbClient: client.pg,
      dir: directory,
      migrationsTable: table,
      direction,
      ...(count !== undefined && { count }),
      advisoryLockMode: 'wait',
      logger: {
        debug: (message) => log.debug(message),
        info: (message) => log.debug(message),
        warn: (message) => log.warn(message),
        error: (message) => log.error(message),
      },
    });
    return ran.map(({ name }) => name);
  } finally {
    await client.pg.end();
  }
};

const migrationName = z.strictObject({ name: z.string() });

/** How long readiness waits for the database, in milliseconds: less than a load balancer waits for readiness. */
const probeTimeout = 2000;

/** How long a statement that succeeded stands for a database in reach, in milliseconds. */
const fresh = 2000;

/**
 * The check that readiness asks: true when every migration of this package has run. Throws a Problem like a Database.
 * A database that serves but is too busy for the question is ready: the load balancer would otherwise send the load to
 * instances that are just as busy.
 */
export const createSchemaCheck = async (database: Database): Promise<() => Promise<boolean>> => {
  const expected = (await readdir(directory))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -4));
  const statement = sql.prepared('applied_migrations', migrationName)`
    SELECT name
    FROM schema_migrations
  `;
  let wasCurrent = false;
  return async () => {
    try {
      const applied = new Set((await database.probe(statement, probeTimeout)).map(({ name }) => name));
      wasCurrent = expected.every((name) => applied.has(name));
    } catch (error) {
      if (performance.now() - database.lastSuccess() > fresh) throw error;
    }
    return wasCurrent;
  };
};
