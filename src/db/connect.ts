// Which Postgres: the one that DATABASE_URL names, or the embedded one, migrated and with a secret of its own.
import type { Logger } from '../observability/log.ts';
import type { Database, DatabaseObserver } from '../postgres/database.ts';
import { openDatabase } from '../postgres/pool.ts';
import { type EmbeddedDatabase, embeddedSecret, embeddedSettings, startEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';

export interface ConnectSettings {
  /** Null for the embedded database. */
  readonly database: { readonly url: string; readonly poolMax: number } | null;
  /** Where the embedded database keeps its data; null for memory. */
  readonly dataDir: Parameters<typeof startEmbedded>[0];
  /** How long a request may wait for the database, in milliseconds. */
  readonly databaseTimeout: number;
  /** How long to wait for a connection to open, in milliseconds. */
  readonly connectTimeout: number;
  readonly preparedStatements: boolean;
  readonly shardingKey: string | null;
}

export interface Connected {
  readonly database: Database;
  /** Present on the embedded database. */
  readonly embedded: EmbeddedDatabase | null;
  close(): Promise<void>;
}

/** Opens the configured database. Throws DataDirectoryInUse or EmbeddedDatabaseMissing on the embedded one. */
export const connect = async (
  settings: ConnectSettings,
  log: Logger,
  observer?: DatabaseObserver,
): Promise<Connected> => {
  const { connectTimeout, databaseTimeout: timeout } = settings;
  if (settings.database !== null) {
    const { preparedStatements, shardingKey } = settings;
    const { url, poolMax } = settings.database;
    const database = await openDatabase(
      { url, poolMax, preparedStatements, timeout, connectTimeout, shardingKey },
      log,
      observer,
    );
    return { database, embedded: null, close: () => database.close() };
  }
  const embedded = await startEmbedded(settings.dataDir);
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
export const tokenKey = async <Key>({
  key,
  dataDir,
}: Pick<ConnectSettings, 'dataDir'> & { readonly key: Key | null }): Promise<
  Key | { readonly secret: string }
> => key ?? { secret: await embeddedSecret(dataDir) };
