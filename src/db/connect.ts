// Which Postgres: the one that DATABASE_URL names, or the embedded one, migrated and with a secret of its own.
import type { Config } from '../config.ts';
import type { Logger } from '../log.ts';
import { type EmbeddedDatabase, embeddedSecret, embeddedSettings, startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { type Database, type DatabaseObserver, openDatabase } from './pool.ts';

export interface Connected {
  readonly database: Database;
  /** Present on the embedded database. */
  readonly embedded: EmbeddedDatabase | null;
  close(): Promise<void>;
}

/** Opens the configured database. Throws DataDirectoryInUse or EmbeddedDatabaseMissing on the embedded one. */
export const connect = async (
  config: Config,
  log: Logger,
  observer?: DatabaseObserver,
): Promise<Connected> => {
  const { connectTimeout, databaseTimeout: timeout } = config;
  if (config.database !== null) {
    const { preparedStatements, shardingKey } = config;
    const { url, poolMax } = config.database;
    const database = await openDatabase(
      { url, poolMax, preparedStatements, timeout, connectTimeout, shardingKey },
      log,
      observer,
    );
    return { database, embedded: null, close: () => database.close() };
  }
  const embedded = await startEmbedded(config.dataDir);
  const { url } = embedded;
  await migrate({ url, direction: 'up' }, log);
  const database = await openDatabase({ url, ...embeddedSettings, timeout }, log, observer);
  return {
    database,
    embedded,
    close: async () => {
      await database.close();
      await embedded.close();
    },
  };
};

/** The key that tokens are checked with: the configured one, or the secret beside the embedded data. */
export const tokenKey = async (config: Config): Promise<NonNullable<Config['key']>> =>
  config.key ?? { secret: await embeddedSecret(config.dataDir) };
