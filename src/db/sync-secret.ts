// The secret that change tokens are sealed with. It lies in the database, where every process of the service finds it,
// whichever way tokens are verified; it belongs to no owner, so it is not the store's.
import { sql } from 'slonik';
import { z } from 'zod';
import type { Statements } from './pool.ts';

const statement = sql.prepared('sync_secret', z.strictObject({ secret: z.string() }))`
  SELECT secret
  FROM sync_secret
`;

/** Answers the secret: read when it is first wanted, and again only if that failed. */
export const syncSecretOf = (database: Statements): (() => Promise<string>) => {
  let secret: Promise<string> | undefined;
  return () => {
    secret ??= database.one(statement).then(
      (row) => row.secret,
      (error: unknown) => {
        secret = undefined;
        throw error;
      },
    );
    return secret;
  };
};
