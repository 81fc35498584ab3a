// The SQL files of migrations/, read for node-pg-migrate one statement at a time. A file sent as a whole is one query of
// several statements, which proxies and distributed databases refuse, or send to one database by the first of them.
import { readFile } from 'node:fs/promises';
import type { MigrationBuilder, RunnerOption } from 'node-pg-migrate';

type Strategy = NonNullable<RunnerOption['migrationLoaderStrategies']>[number];

// Up to a semicolon outside comments, quotes and dollar quotes. A doubled quote reads as two strings in a row. Backslash
// escapes, nested comments and BEGIN ATOMIC are not understood; a test holds the files against Postgres' own parser.
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

/** Each file has its way up, then `-- Down Migration` on a line of its own, and its way down. */
export const directionsIn = (text: string): { readonly up: string; readonly down: string } => {
  const [up = '', down, ...others] = text.split(/^-- Down Migration$/m);
  if (down === undefined || others.length > 0) throw new Error('A migration needs one way down.');
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
