// Schema migrations: the plain SQL files of migrations/, run by node-pg-migrate over a direct connection, because its
// lock is a session's and a transaction pooler would strand it.
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Logger } from '../log.ts';
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
  const ran = await runner({
    databaseUrl: { connectionString: url, connectionTimeoutMillis: timeout },
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
};

const migrationName = z.strictObject({ name: z.string() });

/** The check that readiness asks: true when every migration of this package has run. Throws a Problem like a Database. */
export const createSchemaCheck = async (database: Database): Promise<() => Promise<boolean>> => {
  const expected = (await readdir(directory))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -4));
  const statement = sql.prepared('applied_migrations', migrationName)`
    SELECT name
    FROM schema_migrations
  `;
  return async () => {
    const applied = new Set((await database.any(statement)).map(({ name }) => name));
    return expected.every((name) => applied.has(name));
  };
};
