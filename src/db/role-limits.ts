// The limits on a session's statements and idle transactions. A connection cannot set them itself,
// because transaction poolers refuse start-up parameters, so they are settings of the role in this
// database, which apply to every new session.
import type { BaseLogger } from 'pino';
import { parseAddress } from '../postgres/address.ts';
import { createClient } from '../postgres/client.ts';

/** The settings, given the deadline of requests in milliseconds. */
const settingsFor = (deadline: number) => ({
  statement_timeout: `${deadline}ms`,
  idle_in_transaction_session_timeout: `${deadline}ms`,
  // A statement whose client has disconnected is cancelled instead of running to its end (Postgres
  // 14).
  client_connection_check_interval: '2s',
  // The default of Postgres, which the service relies on.
  default_transaction_isolation: 'read committed',
});

export interface LimitsOptions {
  /** A direct (unpooled) connection string. */
  readonly url: string;
  readonly action: 'set' | 'reset';
  /** The deadline of requests, in milliseconds. */
  readonly deadline: number;
  readonly timeout: number;
}

/**
 * Sets the limits on the role of the URL in its database, or removes them. Open sessions keep
 * theirs.
 */
export const changeLimits = async (options: LimitsOptions, log: BaseLogger): Promise<void> => {
  const { url, action, deadline, timeout } = options;
  const { pg, connect } = createClient(parseAddress(url), timeout);
  await connect();
  try {
    const { rows } = await pg.query<{ database: string }>('SELECT current_database() AS database');
    const database = pg.escapeIdentifier(rows[0]?.database ?? '');
    for (const [name, value] of Object.entries(settingsFor(deadline))) {
      const change = action === 'set' ? `SET ${name} = '${value}'` : `RESET ${name}`;
      await pg.query(`ALTER ROLE CURRENT_USER IN DATABASE ${database} ${change}`);
    }
    log.info(action === 'set' ? settingsFor(deadline) : {}, `limits ${action} on this role in this database`);
  } finally {
    await pg.end();
  }
};
