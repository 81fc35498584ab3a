// The Postgres for the benchmark: a temporary cluster for this run, or the one at
// BENCH_DATABASE_URL.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface BenchPostgres {
  /** For a person: version and settings. */
  readonly description: string;
  /** The postmaster, if it is ours and its processor time can be read. */
  readonly pid: number | null;
  /** The path of pgbench, or null without it. */
  readonly pgbench: string | null;
  urlOf(database: string): string;
  stop(): Promise<void>;
}

const binaries = (): string => {
  const debian = '/usr/lib/postgresql';
  const newest = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number(b) - Number(a))[0]
    : undefined;
  if (newest !== undefined) return join(debian, newest, 'bin');
  return execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
};

/** Runs one statement on a new connection. */
export const query = async <Row extends pg.QueryResultRow>(url: string, text: string): Promise<Row[]> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
};

const versionOf = async (url: string): Promise<string> =>
  (await query<{ server_version: string }>(url, 'SHOW server_version'))[0]?.server_version.split(' ')[0] ??
  '';

const external = async (given: string): Promise<BenchPostgres> => ({
  description: `PostgreSQL ${await versionOf(given)}, an outside one`,
  pid: null,
  pgbench: null,
  urlOf: (database) => Object.assign(new URL(given), { pathname: `/${database}` }).href,
  stop: async () => {},
});

const throwaway = async (port: number): Promise<BenchPostgres> => {
  const bin = binaries();
  const directory = mkdtempSync(join(tmpdir(), 'tasks-bench-'));
  // Postgres refuses to run as root.
  const asRoot = process.getuid?.() === 0;
  const run = (program: string, ...args: string[]) => {
    const command = [join(bin, program), ...args];
    const [first = '', ...rest] = asRoot
      ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', ...command]
      : command;
    execFileSync(first, rest, { stdio: ['ignore', 'ignore', 'inherit'], cwd: directory });
  };
  if (asRoot) execFileSync('chown', ['postgres', directory]);
  const data = join(directory, 'data');
  run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8');
  const settings = [
    'shared_buffers=512MB',
    'max_wal_size=4GB',
    'max_connections=200',
    'shared_preload_libraries=pg_stat_statements',
  ];
  run(
    'pg_ctl',
    '-D',
    data,
    '-w',
    '-l',
    join(directory, 'log'),
    '-o',
    `-p ${port} -h 127.0.0.1 -k ${directory} ${settings.map((setting) => `-c ${setting}`).join(' ')}`,
    'start',
  );
  const stop = () => {
    if (!existsSync(directory)) return;
    run('pg_ctl', '-D', data, '-m', 'immediate', 'stop');
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', stop);
  const urlOf = (database: string) => `postgresql://postgres@127.0.0.1:${port}/${database}`;
  const pgbench = join(bin, 'pgbench');
  return {
    description: `PostgreSQL ${await versionOf(urlOf('postgres'))} on the same machine, ${settings.slice(0, 2).join(', ')}, defaults otherwise (fsync on)`,
    pid: Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]),
    pgbench: existsSync(pgbench) ? pgbench : null,
    urlOf,
    stop: async () => stop(),
  };
};

/**
 * Starts Postgres on `port`, or uses the one at BENCH_DATABASE_URL. Stop it at the end: that
 * removes what it created.
 */
export const startPostgres = (port: number): Promise<BenchPostgres> => {
  const { BENCH_DATABASE_URL: given } = process.env;
  return given ? external(given) : throwaway(port);
};
