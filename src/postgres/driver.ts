// Slonik's driver over `pg`. Slonik's own driver cannot require channel binding, opens a separate
// connection to look up the ids of two types, and does not reveal whether a statement that broke
// off may have been committed, which decides about a second try.
import pg from 'pg';
import { createDriverFactory, type DriverClientEventEmitter, type DriverFactory } from 'slonik';
import type { Address } from './address.ts';
import type { Backoff } from './backoff.ts';
import { type BackendKey, type CancelOptions, createCancel } from './cancel.ts';
import { createClient } from './client.ts';
import { ExtendedQuery, type RowDecoders } from './extended-query.ts';
import { ConnectionLost, isConnectionLoss, mayHaveRun } from './failure.ts';
import { toRfc3339 } from './timestamp.ts';

export interface DriverOptions {
  readonly address: Address;
  /** How long to wait for a connection, in milliseconds. */
  readonly connectTimeout: number;
  readonly backoff: Backoff;
  /** Whether statements with a name are prepared on the server; called for each of them. */
  readonly named: () => boolean;
  /** The maximum number of cancel requests in progress, and the receiver of their outcomes. */
  readonly cancels: Pick<CancelOptions, 'most' | 'report'>;
}

// The ids of Postgres' own types never change (pg_type.dat).
const int8 = 20;
const timestamptz = 1184;

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') => {
    if (oid === int8) return BigInt;
    if (oid === timestamptz) return toRfc3339;
    return pg.types.getTypeParser(oid, format ?? 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};

const clientConfig: pg.ClientConfig = { types, keepAlive: true, keepAliveInitialDelayMillis: 10_000 };

// The one statement that commits before it is reported complete.
const isCommit = /^\s*(?:COMMIT|END)\b/i;

/**
 * The error that Slonik gets for the error of a statement: it recognizes a lost connection by its
 * class.
 */
const statementErrorOf = (error: Error | null, { text, reportedComplete }: ExtendedQuery): Error | null =>
  error && isConnectionLoss(error)
    ? new ConnectionLost(error, mayHaveRun(error, reportedComplete || isCommit.test(text)))
    : error;

/**
 * The connections in Slonik's pool that no turn has leased. A connection between two statements
 * is not one of them: its turn may be in a transaction, and would fail with it.
 */
const createUnusedConnections = () => {
  const unused = new Set<() => void>();
  return {
    /** Keeps `drop`, which closes the connection of `events` at once, for when it is unused. */
    watch: (events: DriverClientEventEmitter, drop: () => void): void => {
      events.on('release', () => unused.add(drop));
      events.on('acquire', () => unused.delete(drop));
      events.on('destroy', () => unused.delete(drop));
    },
    drop: (): void => {
      for (const drop of [...unused]) drop();
    },
  };
};

type PoolClientFactory = Awaited<ReturnType<Parameters<typeof createDriverFactory>[0]>>['createPoolClient'];

interface PoolClientOptions extends DriverOptions {
  readonly unused: ReturnType<typeof createUnusedConnections>;
  readonly cancel: ReturnType<typeof createCancel>;
}

/** One connection, as Slonik's pool uses it. */
const createPoolClient = (
  { address, connectTimeout, backoff, named, unused, cancel }: PoolClientOptions,
  events: DriverClientEventEmitter,
): Awaited<ReturnType<PoolClientFactory>> => {
  const opening = createClient(address, connectTimeout, clientConfig);
  const { pg: client } = opening;
  let isOpen = false;
  let isRunning = false;
  let ended: (() => void) | undefined;
  const decoders: RowDecoders = new Map();
  // Slonik listens to a connection only while it is open, and an error without a listener would end
  // the process. connect() throws the error of a connection that has not opened; one that is being
  // ended may take minutes to break.
  const broke = (error: Error): void => {
    if (isOpen) events.emit('error', new ConnectionLost(error, true));
  };
  client.on('error', broke);
  unused.watch(events, () => {
    client.connection.stream.destroy();
    // Before the socket reports it, which is later: until then, Slonik would lease the connection.
    broke(new Error('closed unused, because the database does not respond'));
  });
  return {
    connect: async () => {
      await backoff.run({ open: opening.connect, abort: opening.abort });
      isOpen = true;
    },
    end: async () => {
      isOpen = false;
      if (isRunning) {
        const statement = Promise.withResolvers<void>();
        ended = statement.resolve;
        const outcome = await cancel(client as unknown as BackendKey, statement.promise);
        // A statement that waits for a lock ends when it is cancelled. If it does not even then, the
        // server is probably unreachable over the unused connections as well.
        if (outcome === 'failed') unused.drop();
      }
      await client.end();
    },
    query: (text, values = [], options) => {
      const name = named() ? options?.name : undefined;
      return new Promise((resolve, reject) => {
        const query = new ExtendedQuery({ text, values, name, types, decoders }, (error, result) => {
          isRunning = false;
          ended?.();
          if (result) resolve(result);
          else reject(statementErrorOf(error, query));
        });
        isRunning = true;
        client.query(query);
      });
    },
    stream: () => {
      throw new Error('streams are not offered');
    },
  };
};

/**
 * Builds the driver. A connection that fails to open throws the error of `pg`; a broken one throws
 * ConnectionLost.
 */
export const createPgDriver = (options: DriverOptions): DriverFactory => {
  const unused = createUnusedConnections();
  const cancel = createCancel({ address: options.address, ...options.cancels });
  return createDriverFactory(async () => ({
    createPoolClient: async ({ clientEventEmitter }) =>
      createPoolClient({ ...options, unused, cancel }, clientEventEmitter),
  }));
};
