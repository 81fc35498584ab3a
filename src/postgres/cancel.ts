// Stops an abandoned statement, which Postgres would otherwise run to its end for no one: with a
// cancel request (PostgreSQL, "Canceling Requests in Progress") on a connection of its own. `pg`
// has such a request, but sends it unencrypted whatever the address asks for. This is best effort:
// no request waits for it, and the statement's own connection is not used again, so a late cancel
// request cannot reach another statement. PgBouncer and Neon's proxy forward it.
import pg from 'pg';
import type { Address } from './address.ts';

/**
 * The outcome of a cancel request: the statement ended; or it did not end in time; or there were
 * too many requests in progress.
 */
export type CancelOutcome = 'ended' | 'failed' | 'skipped';

/** What a backend sends to its connection to identify it in a cancel request. */
export interface BackendKey {
  readonly processID: number;
  readonly secretKey: number;
}

export interface CancelOptions {
  readonly address: Address;
  /** The maximum number of requests in progress. */
  readonly most: number;
  /** Called with the outcome of each request, and the error if it failed. */
  readonly report: (outcome: CancelOutcome, error?: unknown) => void;
}

/** How long a request may take until the statement has ended, in milliseconds. */
const patience = 2000;

/** What `@types/pg` leaves out of a connection. */
interface Connection {
  readonly stream: { destroy(): void };
  on(event: 'connect' | 'sslconnect' | 'error', listener: (error: unknown) => void): void;
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processID: number, secretKey: number): void;
}

const open = (
  { channelBindingRequired: _, ...address }: Address,
  send: (on: Connection) => void,
): Connection => {
  // The client is never connected: only its connection knows how to reach the address.
  const connection = new pg.Client(address).connection as unknown as Connection;
  const { host, port, ssl, sslnegotiation } = address;
  connection.on('connect', () => {
    if (ssl === false) send(connection);
    else if (sslnegotiation !== 'direct') connection.requestSsl();
  });
  // What is written now is sent when the handshake is complete, which includes the check of the
  // certificate.
  connection.on('sslconnect', () => send(connection));
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  return connection;
};

/**
 * Returns a function that asks the server to cancel the statement of `key`, and resolves when
 * `ended` does or when `patience` is over. It never rejects.
 */
export const createCancel = ({ address, most, report }: CancelOptions) => {
  let underWay = 0;
  return async ({ processID, secretKey }: BackendKey, ended: Promise<void>): Promise<CancelOutcome> => {
    if (underWay >= most) {
      report('skipped');
      return 'skipped';
    }
    underWay += 1;
    const failed = Promise.withResolvers<never>();
    const timer = setTimeout(() => failed.reject(new Error('the statement did not end in time')), patience);
    const connection = open(address, (on) => on.cancel(processID, secretKey));
    connection.on('error', failed.reject);
    try {
      await Promise.race([ended, failed.promise]);
      report('ended');
      return 'ended';
    } catch (error) {
      report('failed', error);
      return 'failed';
    } finally {
      clearTimeout(timer);
      connection.stream.destroy();
      underWay -= 1;
    }
  };
};
