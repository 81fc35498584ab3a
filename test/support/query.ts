// Looks at the database past the service. It is apart from what needs the test runner.
import pg from 'pg';

/** Runs one statement past the service, to look at what it stored. */
export const queryPostgres = async <Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> => {
  const client = new pg.Client(url);
  // A session that the server ends fails the statement; without a listener it would fail the test
  // run.
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
};
