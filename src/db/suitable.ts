// What the service requires of a database and cannot set in a session: behind a transaction pooler,
// a SET would affect another client, and the encoding of a database cannot change.
import { sql } from 'slonik';
import { z } from 'zod';
import { problems } from '../contract/problem.ts';
import { parseAddress } from '../postgres/address.ts';
import { createClient } from '../postgres/client.ts';

/** The service cannot run on this database. The message is one line for the operator. */
export class DatabaseUnsuitable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DatabaseUnsuitable';
  }
}

export const defaultsRow = z.object({ isolation: z.string(), encoding: z.string() });

/** The columns of a `defaultsRow`. */
export const defaults = sql.fragment`
  current_setting('default_transaction_isolation') AS isolation, getdatabaseencoding() AS encoding
`;

const faultOf = ({ isolation, encoding }: z.infer<typeof defaultsRow>): DatabaseUnsuitable | null => {
  if (encoding !== 'UTF8') return new DatabaseUnsuitable(unsuitableEncoding(encoding));
  // A write waits for the previous write and then reads its result; at the other isolation levels
  // it fails instead.
  if (isolation === 'read committed') return null;
  return new DatabaseUnsuitable(
    `default_transaction_isolation is "${isolation}" for this role in this database. ` +
      'It must be "read committed": npm run limits sets it.',
  );
};

export const unsuitableEncoding = (encoding: string): string =>
  `The database has the encoding ${encoding}. It must be UTF8, because tasks are in any language.`;

/** Throws a Problem, with DatabaseUnsuitable as its cause. */
export const checkSuitable = (row: z.infer<typeof defaultsRow>): void => {
  const fault = faultOf(row);
  if (fault !== null) throw problems.unavailable(fault);
};

/** How long a start waits for the database, in milliseconds. */
const patience = 1500;

/**
 * Throws DatabaseUnsuitable. Ignores a database that is unreachable: the process starts without it,
 * and readiness checks it when it is reachable.
 */
export const refuseUnsuitable = async (url: string): Promise<void> => {
  const client = createClient(parseAddress(url), patience);
  client.pg.on('error', () => {});
  const timer = setTimeout(client.cut, patience);
  let rows: z.infer<typeof defaultsRow>[] = [];
  try {
    await client.connect();
    rows = (await client.pg.query<z.infer<typeof defaultsRow>>(`SELECT ${defaults.sql}`)).rows;
    client.pg.end().catch(() => {});
  } catch {
    client.cut();
  } finally {
    clearTimeout(timer);
  }
  const fault = rows[0] && faultOf(rows[0]);
  if (fault) throw fault;
};
