// One secret for all databases that owners are spread over. Behind a proxy, a process reads the
// secret from one database, and uses it for the change tokens of owners on another. A database
// without owners takes the secret of the others. A secret is never replaced if owners may hold
// change tokens that it has sealed.
import type { BaseLogger } from 'pino';
import { parseAddress } from '../postgres/address.ts';
import { createClient } from '../postgres/client.ts';

/** A migrated database: its direct connection string, and its name without credentials. */
export interface SecretHolder {
  readonly url: string;
  readonly name: string;
  readonly log: Pick<BaseLogger, 'info'>;
}

interface Held {
  readonly secret: string;
  readonly hasOwners: boolean;
}

const query = async <Row extends object>(
  { url }: SecretHolder,
  timeout: number,
  text: string,
  values: readonly string[] = [],
): Promise<Row[]> => {
  const { pg, connect } = createClient(parseAddress(url), timeout);
  await connect();
  try {
    return (await pg.query<Row>(text, [...values])).rows;
  } finally {
    await pg.end();
  }
};

const read = async (holder: SecretHolder, timeout: number): Promise<Held> => {
  const [held] = await query<Held>(
    holder,
    timeout,
    'SELECT secret, EXISTS (SELECT FROM owner_clock) AS "hasOwners" FROM sync_secret',
  );
  if (held === undefined) throw new Error(`${holder.name} has no sync_secret`);
  return held;
};

/**
 * Gives all databases the secret of those with owners, or of the first if none has owners. Does
 * nothing if they agree. Throws, and changes nothing, if databases with owners have different
 * secrets. `timeout` is for each connection, in milliseconds.
 */
export const shareSyncSecret = async (holders: readonly SecretHolder[], timeout: number): Promise<void> => {
  const held = new Map<SecretHolder, Held>();
  for (const holder of holders) held.set(holder, await read(holder, timeout));
  const withOwners = [...held].filter(([, { hasOwners }]) => hasOwners);
  const secrets = new Set(withOwners.map(([, { secret }]) => secret));
  if (secrets.size > 1) {
    const names = withOwners.map(([{ name }]) => name).join(', ');
    throw new Error(`databases with owners' data have different rows in sync_secret: ${names}`);
  }
  const [secret] = [...secrets, ...[...held.values()].map((each) => each.secret)];
  for (const [holder, { secret: own }] of held) {
    if (secret === undefined || own === secret) continue;
    const changed = await query(
      holder,
      timeout,
      `UPDATE sync_secret SET secret = $1 WHERE NOT EXISTS (SELECT FROM owner_clock) RETURNING true`,
      [secret],
    );
    if (changed.length === 0) throw new Error(`${holder.name} has owners now: run this again`);
    holder.log.info(
      'sync_secret is now the same as in the other databases: restart the processes that use this one',
    );
  }
};
