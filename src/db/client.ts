// One connection of `pg` to an address: what the pool's driver, the migrations and the limits all begin with.
import pg from 'pg';
import type { Address } from './address.ts';

/** The URL says channel_binding=require, and the server did not bind its authentication to the TLS channel. */
export class ChannelBindingMissing extends Error {
  constructor() {
    super('the server offers no channel binding, and the URL says channel_binding=require');
    this.name = 'ChannelBindingMissing';
  }
}

export interface Client {
  readonly pg: pg.Client;
  /** Opens the connection. Rejects with the error of `pg`, or with ChannelBindingMissing. */
  connect(): Promise<void>;
}

// Timestamps are read in this style, whatever the role or the database prefers. It can come with the connection, unlike
// most settings: poolers know it, because JDBC's driver always sends it. `pg` has no option for it.
const speakIso = (client: pg.Client): void => {
  const { connection } = client as unknown as { connection: { startup(parameters: object): void } };
  const startup = connection.startup.bind(connection);
  connection.startup = (parameters) => startup({ ...parameters, DateStyle: 'ISO' });
};

/** Makes a client that has not connected yet. `timeout` is for the connection to open, in milliseconds. */
export const createClient = (
  { channelBindingRequired, ...address }: Address,
  timeout: number | undefined,
  config: pg.ClientConfig = {},
): Client => {
  const client = new pg.Client({
    ...address,
    ...config,
    ...(timeout !== undefined && { connectionTimeoutMillis: timeout }),
  });
  speakIso(client);
  let isBound = false;
  if (channelBindingRequired) {
    client.connection.prependListener('authenticationSASL', ({ mechanisms }: { mechanisms: string[] }) => {
      isBound = mechanisms.includes('SCRAM-SHA-256-PLUS');
      // Before the password is proved to anybody.
      if (!isBound) client.connection.emit('error', new ChannelBindingMissing());
    });
  }
  return {
    pg: client,
    connect: async () => {
      try {
        await client.connect();
        // libpq refuses as well when the server lets the client in without asking for anything.
        if (channelBindingRequired && !isBound) throw new ChannelBindingMissing();
      } catch (error) {
        client.connection.stream.destroy();
        throw error;
      }
    },
  };
};
