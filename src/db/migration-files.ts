// The SQL files of migrations/, read for node-pg-migrate one statement at a time. A whole file
// would be one query with several statements. Proxies and distributed databases refuse that, or
// send all of it to the database of the first statement.
import { readFile } from 'node:fs/promises';
import type { MigrationBuilder, RunnerOption } from 'node-pg-migrate';

type Strategy = NonNullable<RunnerOption['migrationLoaderStrategies']>[number];

// Up to a semicolon outside comments, quotes and dollar quotes. A doubled quote reads as two
// strings in a row. Backslash escapes, nested comments and BEGIN ATOMIC are not understood; a test
// compares the result with Postgres' own parser.
const statement = /(?:--[^\n]*|\/\*.*?\*\/|'[^']*'|"[^"]*"|\$(\w*)\$.*?\$\1\$|[^;])+/gs;
const comment = /--[^\n]*|\/\*.*?\*\//gs;

/** The statements of `text`, in order, without the semicolons between them. */
export const statementsIn = (text: string): string[] =>
  (text.match(statement) ?? []).filter((part) => part.replaceAll(comment, '').trim() !== '');

const run =
  (text: string) =>
  (builder: MigrationBuilder): void => {
    for (const each of statementsIn(text)) builder.sql(each);
  };

/**
 * Each file has the up migration, then `-- Down Migration` on its own line, then the down
 * migration.
 */
export const directionsIn = (text: string): { readonly up: string; readonly down: string } => {
  const [up = '', down, ...others] = text.split(/^-- Down Migration$/m);
  if (down === undefined || others.length > 0)
    throw new Error('A migration needs exactly one down migration.');
  return { up, down };
};

export const sqlFiles: Strategy = {
  extensions: ['.sql'],
  loader: (paths) =>
    Promise.all(
      paths.map(async (path) => {
        const { up, down } = directionsIn(await readFile(path, 'utf8'));
        return { id: path, filePaths: [path], actions: { up: run(up), down: run(down) } };
      }),
    ),
};
