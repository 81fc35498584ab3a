// A transaction of another client, which holds its locks while something else happens.
import pg from 'pg';

/** Runs `work` while a transaction that has executed the statement is open, and then commits it. */
export const whileHeld = async (
  url: string,
  statement: { readonly text: string; readonly values: unknown[] },
  work: () => Promise<void>,
): Promise<void> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(statement);
    await work();
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
};
