// The other baseline: how many of the service's statements Postgres itself can run on this machine,
// prepared and sent by pgbench.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tasksPerOwner } from './seed.ts';
import { placeholders, type Statement } from './statements.ts';

const run = promisify(execFile);

const owner = `('user-' || :o)`;

const expressionOf = (value: unknown): string => {
  if (value === placeholders.owner) return owner;
  if (value === placeholders.id) return `md5(${owner} || '/' || :t)::uuid`;
  if (value === null) return 'NULL';
  return typeof value === 'string' ? `'${value}'` : String(value);
};

const scriptOf = ({ text, values }: Statement, owners: number): string =>
  [
    `\\set o random(1, ${owners})`,
    `\\set t random(1, ${tasksPerOwner})`,
    `${text.replace(/\$(\d+)/g, (_match, n) => expressionOf(values[Number(n) - 1]))};`,
  ].join('\n');

export interface PgbenchOptions {
  readonly pgbench: string;
  readonly url: string;
  readonly owners: number;
  readonly connections: number;
  readonly seconds: number;
}

/** Statements for each second. */
export const runPgbench = async (
  statement: Statement,
  { pgbench, url, owners, connections, seconds }: PgbenchOptions,
): Promise<number> => {
  const directory = mkdtempSync(join(tmpdir(), 'tasks-bench-pgbench-'));
  try {
    const file = join(directory, 'script');
    writeFileSync(file, scriptOf(statement, owners));
    const { hostname, port, pathname } = new URL(url);
    const args = [
      '-n',
      '-M',
      'prepared',
      '-f',
      file,
      '-c',
      String(connections),
      '-j',
      '1',
      '-T',
      String(seconds),
    ];
    const { stdout } = await run(pgbench, [
      ...args,
      '-h',
      hostname,
      '-p',
      port,
      '-U',
      'postgres',
      pathname.slice(1),
    ]);
    return Number(/tps = ([\d.]+)/.exec(stdout)?.[1]);
  } finally {
    rmSync(directory, { recursive: true });
  }
};
