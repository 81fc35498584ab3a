// One connection of `pg` to an address: what the pool's driver, the migrations and the limits all
// begin with.
import pg from 'pg';
import type { Address } from './address.ts';

/**
 * The URL says channel_binding=require, and the server did not bind its authentication to the TLS
 * channel.
 */
export class ChannelBindingMissing extends Error {
  constructor() {
    super('the server offers no channel binding, and the URL says channel_binding=require');
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
  /** Ends a `connect` under way, which rejects with `reason`. */
  abort(reason: Error): void;
  /** Cuts the connection: what is under way on it fails. */
  cut(): void;
}

// What the service relies on, whatever the role or the database prefers: how timestamps, text and
// literals are written. It is set when the server reports something else; Neon's proxy forwards
// next to nothing of a start-up message. These four are what PgBouncer keeps for each of its
// clients, so a SET is right behind a transaction pooler, too.
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
 * Makes a client that has not connected yet. `timeout` is for the connection to open, in
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
      // Before the password is proved to anybody.
      if (!isBound) connection.emit('error', new ChannelBindingMissing());
    });
  }
  const open = async (): Promise<void> => {
    await client.connect();
    // libpq refuses as well when the server lets the client in without asking for anything.
    if (channelBindingRequired && !isBound) throw new ChannelBindingMissing();
    for (const { name, value, isMet } of session) {
      if (!isMet.test(reported.get(name) ?? '')) await client.query(`SET ${name} = '${value}'`);
    }
  };
  const cut = (): void => void connection.stream.destroy();
  const aborted = Promise.withResolvers<never>();
  // It may come when nothing is under way any more.
  aborted.promise.catch(() => {});
  return {
    pg: client,
    connect: async () => {
      const expire = () => aborted.reject(new Error('timeout expired'));
      const timer = timeout === undefined ? undefined : setTimeout(expire, timeout);
      try {
        await Promise.race([open(), aborted.promise]);
      } catch (error) {
        // What follows from the cut concerns no one.
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
