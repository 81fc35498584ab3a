// The secret that seals change tokens. It is stored in the database, where every process of the
// service finds it, however bearer tokens are verified. It belongs to no owner, so it is not part
// of the store.
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database } from '../postgres/database.ts';

const statement = sql.prepared('sync_secret', z.strictObject({ secret: z.string() }))`
  SELECT secret
  FROM sync_secret
`;

/** Returns the secret. It is read at the first use, and again only if that failed. */
export const syncSecretOf = (database: Pick<Database, 'probe'>): (() => Promise<string>) => {
  let secret: Promise<string> | undefined;
  const read = async (): Promise<string> => {
    const [row] = await database.probe(statement);
    if (row === undefined) throw new Error('sync_secret has no row');
    return row.secret;
  };
  return () => {
    secret ??= read().catch((error: unknown) => {
      secret = undefined;
      throw error;
    });
    return secret;
  };
};
