// Opens the Postgres at DATABASE_URL, or the embedded one, migrated and with its own secret. If a
// proxy spreads owners over several databases, it also opens each of them directly, because a
// statement that names no owner cannot go through the proxy.
import type { Logger } from 'pino';
import { nameOf } from '../postgres/address.ts';
import type { Database, DatabaseObserver, Statements } from '../postgres/database.ts';
import { openDatabase } from '../postgres/pool.ts';
import { type EmbeddedDatabase, embeddedSecret, embeddedSettings, startEmbedded } from './embedded.ts';
import { migrate } from './migrations.ts';

/**
 * One of the databases that owners are spread over, without the proxy, and a log that contains its
 * name.
 */
export interface Shard {
  readonly database: Statements;
  readonly log: Logger;
}

export interface ConnectSettings {
  /** Null for the embedded database. */
  readonly database: { readonly url: string; readonly poolMax: number } | null;
  /** Where the embedded database stores its data; null for memory. */
  readonly dataDir: Parameters<typeof startEmbedded>[0];
  /** How long a request may wait for the database, in milliseconds. */
  readonly databaseTimeout: number;
  /** How long to wait for a connection to open, in milliseconds. */
  readonly connectTimeout: number;
  /**
   * The direct addresses of the databases that owners are spread over; empty if there is only one.
   */
  readonly shardUrls: readonly string[];
  readonly preparedStatements: boolean;
  readonly shardingKey: string | null;
}

export interface Connected {
  readonly database: Database;
  /**
   * Empty if `database` is the only one. A connection to one opens when it is used, and closes
   * after a minute.
   */
  readonly shards: readonly Shard[];
  /** Present on the embedded database. */
  readonly embedded: EmbeddedDatabase | null;
  close(): Promise<void>;
}

// For the person who started the process, like the banner, and not a line of the log.
const announceCreation = (directory: string): void =>
  void process.stderr.write(`Creating the embedded database in ${directory}: this takes some seconds.\n`);

/**
 * Opens the configured database. For the embedded one, throws DataDirectoryInUse or
 * EmbeddedDatabaseMissing.
 */
export const connect = async (
  settings: ConnectSettings,
  log: Logger,
  observer?: DatabaseObserver,
): Promise<Connected> => {
  const { connectTimeout, databaseTimeout: timeout } = settings;
  if (settings.database !== null) {
    const { preparedStatements, shardingKey } = settings;
    const common = { preparedStatements, timeout, connectTimeout };
    const database = await openDatabase({ ...settings.database, ...common, shardingKey }, log, observer);
    const shards = await Promise.all(
      settings.shardUrls.map(async (url) => {
        const shardLog = log.child({ database: nameOf(url) });
        return { database: await openDatabase({ url, poolMax: 1, ...common }, shardLog), log: shardLog };
      }),
    );
    const all = [database, ...shards.map((shard) => shard.database)];
    const close = async () => void (await Promise.all(all.map((each) => each.close())));
    return { database, shards, embedded: null, close };
  }
  const embedded = await startEmbedded(settings.dataDir, announceCreation);
  const { url } = embedded;
  await migrate({ url, direction: 'up' }, log);
  const database = await openDatabase({ url, ...embeddedSettings, timeout }, log, observer);
  return {
    database,
    shards: [],
    embedded,
    close: async () => {
      await database.close();
      await embedded.close();
    },
  };
};

/**
 * The key that verifies tokens: the configured one, or the secret stored with the embedded data.
 */
export const tokenKey = async <Key>({
  key,
  dataDir,
}: Pick<ConnectSettings, 'dataDir'> & { readonly key: Key | null }): Promise<
  Key | { readonly secret: string }
> => key ?? { secret: await embeddedSecret(dataDir) };
