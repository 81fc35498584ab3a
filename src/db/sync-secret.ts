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

/** Reads the secret. */
export const readSyncSecret = async (database: Pick<Database, 'probe'>): Promise<string> => {
  const [row] = await database.probe(statement);
  if (row === undefined) throw new Error('sync_secret has no row');
  return row.secret;
};
