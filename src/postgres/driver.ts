// Slonik's driver over `pg`. Slonik's own one cannot ask for channel binding, opens a connection of
// its own to look up the ids of two types, and keeps to itself what decides about a second try:
// whether a statement that broke off may have been committed.
import pg from 'pg';
import { createDriverFactory, type DriverFactory } from 'slonik';
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
  /** Whether statements with a name are prepared on the server, asked at each of them. */
  readonly named: () => boolean;
  /** The most cancel requests under way, and what they come to. */
  readonly cancels: Pick<CancelOptions, 'most' | 'report'>;
}

/** The driver, and a way to give up the connections that no one uses. */
export interface PgDriver {
  readonly factory: DriverFactory;
  /**
   * Cuts every idle connection: after a statement went unanswered, they are likely dead as well.
   */
  dropIdle(): void;
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

// The one statement that commits before it is reported complete.
const isCommit = /^\s*(?:COMMIT|END)\b/i;

/**
 * Builds the driver. A connection that fails to open throws the error of `pg`; a broken one throws
 * ConnectionLost.
 */
export const createPgDriver = (options: DriverOptions): PgDriver => {
  const { address, connectTimeout, backoff, named } = options;
  const idle = new Set<pg.Client>();
  const cancel = createCancel({ address, ...options.cancels });
  const dropIdle = (): void => {
    for (const client of idle) client.connection.stream.destroy();
    idle.clear();
  };

  const factory = createDriverFactory(async () => ({
    createPoolClient: async ({ clientEventEmitter }) => {
      const opening = createClient(address, connectTimeout, {
        types,
        keepAlive: true,
        keepAliveInitialDelayMillis: 10_000,
      });
      const { pg: client } = opening;
      let isOpen = false;
      let isRunning = false;
      let ended: (() => void) | undefined;
      const decoders: RowDecoders = new Map();
      client.on('error', (error) => {
        idle.delete(client);
        // Slonik listens to a connection from its opening to its end, and an error without a
        // listener ends the process. connect() throws the error of one that has not opened; one
        // that is being ended may take minutes to break.
        if (isOpen) clientEventEmitter.emit('error', new ConnectionLost(error, true));
      });
      return {
        connect: async () => {
          await backoff.run({ open: opening.connect, abort: opening.abort });
          isOpen = true;
          idle.add(client);
        },
        end: async () => {
          idle.delete(client);
          isOpen = false;
          if (isRunning) {
            const statement = Promise.withResolvers<void>();
            ended = statement.resolve;
            const outcome = await cancel(client as unknown as BackendKey, statement.promise);
            idle.delete(client);
            // A server that does not end a statement is likely out of reach, for the idle
            // connections as well.
            if (outcome === 'failed') dropIdle();
          }
          await client.end();
        },
        query: (text, values = [], options) => {
          idle.delete(client);
          const name = named() ? options?.name : undefined;
          return new Promise((resolve, reject) => {
            const execution = new ExtendedQuery({ text, values, name, types, decoders }, (error, result) => {
              isRunning = false;
              ended?.();
              if (result) {
                idle.add(client);
                resolve(result);
              } else if (error && isConnectionLoss(error)) {
                reject(
                  new ConnectionLost(
                    error,
                    mayHaveRun(error, execution.reportedComplete || isCommit.test(text)),
                  ),
                );
              } else reject(error);
            });
            isRunning = true;
            client.query(execution);
          });
        },
        stream: () => {
          throw new Error('streams are not offered');
        },
      };
    },
  }));
  return { factory, dropIdle };
};
