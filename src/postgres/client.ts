// One connection of `pg` to an address, which the pool's driver, the migrations and the limits all
// use.
import pg from 'pg';
import type { Address } from './address.ts';

/**
 * The URL requires channel binding, and the server did not bind its authentication to the TLS
 * channel.
 */
export class ChannelBindingMissing extends Error {
  constructor() {
    super('the server offers no channel binding, and the URL requires it (channel_binding=require)');
    this.name = 'ChannelBindingMissing';
  }
}

export interface Client {
  readonly pg: pg.Client;
  /**
   * Opens the connection and sets its session up. Rejects with the error of `pg`, or with
   * ChannelBindingMissing.
   */
  connect(): Promise<void>;
  /** Ends a `connect` in progress, which rejects with `reason`. */
  abort(reason: Error): void;
  /** Cuts the connection: what is in progress on it fails. */
  cut(): void;
}

// The settings that the service relies on, whatever the defaults of the role or the database: how
// timestamps, text and literals are written. Each is set if the server reports another value,
// because Neon's proxy forwards almost nothing of a start-up message. PgBouncer keeps these four
// for each of its clients, so a SET is also correct behind a transaction pooler.
const session = [
  { name: 'DateStyle', value: 'ISO', isMet: /^ISO\b/ },
  { name: 'TimeZone', value: 'UTC', isMet: /^(?:Etc\/)?(?:UTC|GMT)$/ },
  { name: 'client_encoding', value: 'UTF8', isMet: /^UTF8$/ },
  { name: 'standard_conforming_strings', value: 'on', isMet: /^on$/ },
];

interface ParameterStatus {
  readonly parameterName: string;
  readonly parameterValue: string;
}

/**
 * Creates a client that has not connected yet. `timeout` is for opening the connection, in
 * milliseconds.
 */
export const createClient = (
  { channelBindingRequired, ...address }: Address,
  timeout: number | undefined,
  config: pg.ClientConfig = {},
): Client => {
  const client = new pg.Client({ ...address, ...config });
  const { connection } = client;
  const reported = new Map<string, string>();
  connection.on('parameterStatus', ({ parameterName, parameterValue }: ParameterStatus) =>
    reported.set(parameterName, parameterValue),
  );
  let isBound = false;
  if (channelBindingRequired) {
    connection.prependListener('authenticationSASL', ({ mechanisms }: { mechanisms: string[] }) => {
      isBound = mechanisms.includes('SCRAM-SHA-256-PLUS');
      // Before the client proves the password to the server.
      if (!isBound) connection.emit('error', new ChannelBindingMissing());
    });
  }
  const open = async (): Promise<void> => {
    await client.connect();
    // Like libpq, refuses a server that lets the client in without authentication.
    if (channelBindingRequired && !isBound) throw new ChannelBindingMissing();
    for (const { name, value, isMet } of session) {
      if (!isMet.test(reported.get(name) ?? '')) await client.query(`SET ${name} = '${value}'`);
    }
  };
  const cut = (): void => void connection.stream.destroy();
  const aborted = Promise.withResolvers<never>();
  // It may come when nothing is in progress any more.
  aborted.promise.catch(() => {});
  return {
    pg: client,
    connect: async () => {
      const expire = () => aborted.reject(new Error('timeout expired'));
      const timer = timeout === undefined ? undefined : setTimeout(expire, timeout);
      try {
        await Promise.race([open(), aborted.promise]);
      } catch (error) {
        // The errors that the cut causes are of no interest.
        client.on('error', () => {});
        cut();
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
    abort: aborted.reject,
    cut,
  };
};
