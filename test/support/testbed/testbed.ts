// The test bed: a throwaway Postgres cluster with TLS, and PgBouncer in transaction mode in front
// of it, with TLS on both sides and, like Neon's pooler, no patience with start-up parameters.
// Nothing of it remains.
import { execFileSync } from 'node:child_process';
import { chownSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { queryPostgres } from '../query.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import {
  childrenOf,
  endProgram,
  eventually,
  findPgBouncer,
  findPostgres,
  freePort,
  type Running,
  runProgram,
  serverUser,
  startProgram,
} from './programs.ts';

const password = 'bed-password';

export interface PgBouncer {
  readonly url: string;
  readonly port: number;
  /** Whether it keeps named prepared statements (1.21 and newer). */
  readonly preparedStatements: boolean;
  readonly version: string;
  start(): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<void>;
}

export interface Testbed {
  readonly url: string;
  readonly port: number;
  readonly certificates: Certificates;
  /** The address of another port with the same credentials, database and parameters. */
  urlAt(port: number, parameters?: string): string;
  /** Runs statements as the superuser, directly. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  start(): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<void>;
  /** kill -9 of the server and all its backends. */
  kill(): Promise<void>;
  pgBouncer(settings?: Readonly<Record<string, string | number>>): Promise<PgBouncer>;
  close(): Promise<void>;
}

const own = (path: string): void => {
  const user = serverUser();
  if (user) chownSync(path, user.uid, user.gid);
};

const ini = (settings: object): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');

/** Starts the cluster. Throws with one line on what to install when Postgres is not there. */
export const startTestbed = async (
  settings: Readonly<Record<string, string | number>> = {},
): Promise<Testbed> => {
  const found = findPostgres();
  if ('missing' in found) throw new Error(found.missing);
  const directory = mkdtempSync(join(tmpdir(), 'tasks-bed-'));
  own(directory);
  const certificates = makeCertificates(directory);
  const cluster = join(directory, 'cluster');
  const secret = join(directory, 'password');
  writeFileSync(secret, password);
  const initdb = [
    '-D',
    cluster,
    '-U',
    'postgres',
    '--auth=scram-sha-256',
    `--pwfile=${secret}`,
    '-E',
    'UTF8',
  ];
  runProgram(join(found.bin, 'initdb'), [...initdb, '--no-sync', '--locale=C.UTF-8'], directory);
  const port = await freePort();
  writeFileSync(
    join(cluster, 'postgresql.auto.conf'),
    ini({
      port,
      listen_addresses: "'127.0.0.1'",
      unix_socket_directories: "''",
      ssl: 'on',
      ssl_cert_file: `'${certificates.certificate}'`,
      ssl_key_file: `'${certificates.key}'`,
      max_connections: 40,
      ...settings,
    }),
  );
  const urlAt = (at: number, parameters = `sslmode=verify-full&sslrootcert=${certificates.ca}`) =>
    `postgresql://postgres:${password}@localhost:${at}/postgres?${parameters}`;
  const url = urlAt(port);
  const query: Testbed['query'] = (text, values) => queryPostgres(url, text, values);

  let server: Running | undefined;
  const bouncers: PgBouncer[] = [];
  const start = async (): Promise<void> => {
    const running = startProgram(join(found.bin, 'postgres'), ['-D', cluster], directory);
    server = running;
    await eventually(20_000, async () => {
      if (running.child.exitCode !== null) throw new Error(`Postgres does not start:\n${running.said()}`);
      await query('SELECT 1');
    });
  };
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (server) await endProgram(server, signal);
  };
  await start();
  return {
    url,
    port,
    certificates,
    urlAt,
    query,
    start,
    stop,
    kill: async () => {
      if (server === undefined) return;
      const backends = childrenOf(server.child);
      await endProgram(server, 'SIGKILL');
      for (const pid of backends) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended by itself.
        }
      }
    },
    pgBouncer: async (extra = {}) => {
      const bouncer = await startPgBouncer({ directory, port, certificates, urlAt }, extra);
      bouncers.push(bouncer);
      return bouncer;
    },
    close: async () => {
      for (const bouncer of bouncers) await bouncer.stop('SIGKILL');
      await stop('SIGINT');
      await rm(directory, { recursive: true, force: true });
    },
  };
};

interface Behind extends Pick<Testbed, 'port' | 'certificates' | 'urlAt'> {
  readonly directory: string;
}

const startPgBouncer = async (
  { directory, port, certificates, urlAt }: Behind,
  extra: Readonly<Record<string, string | number>>,
): Promise<PgBouncer> => {
  const found = findPgBouncer();
  if ('missing' in found) throw new Error(found.missing);
  const version =
    /PgBouncer (\d+\.\d+)/.exec(execFileSync(found.file, ['--version'], { encoding: 'utf8' }))?.[1] ?? '0.0';
  const preparedStatements = Number(version.split('.')[1]) >= 21;
  const listen = await freePort();
  const home = join(directory, `pgbouncer-${listen}`);
  mkdirSync(home);
  own(home);
  // A copy, because the servers' user need not be able to look into this user's home.
  const program = join(home, 'pgbouncer');
  copyFileSync(found.file, program);
  writeFileSync(join(home, 'users.txt'), `"postgres" "${password}"\n`);
  writeFileSync(
    join(home, 'pgbouncer.ini'),
    `[databases]\n* = host=localhost port=${port}\n[pgbouncer]\n${ini({
      listen_addr: '127.0.0.1',
      listen_port: listen,
      unix_socket_dir: '',
      auth_type: 'scram-sha-256',
      auth_file: join(home, 'users.txt'),
      pool_mode: 'transaction',
      default_pool_size: 8,
      max_client_conn: 200,
      client_tls_sslmode: 'require',
      client_tls_key_file: certificates.key,
      client_tls_cert_file: certificates.certificate,
      server_tls_sslmode: 'verify-full',
      server_tls_ca_file: certificates.ca,
      server_login_retry: 1,
      ...(preparedStatements && { max_prepared_statements: 200 }),
      ...extra,
    })}`,
  );
  const url = urlAt(listen);
  let running: Running | undefined;
  const start = async (): Promise<void> => {
    const started = startProgram(program, [join(home, 'pgbouncer.ini')], home);
    running = started;
    await eventually(10_000, async () => {
      if (started.child.exitCode !== null) throw new Error(`PgBouncer does not start:\n${started.said()}`);
      const client = new pg.Client(url);
      client.on('error', () => {});
      await client.connect();
      await client.end();
    });
  };
  await start();
  return {
    url,
    port: listen,
    preparedStatements,
    version,
    start,
    stop: async (signal) => {
      if (running) await endProgram(running, signal);
    },
  };
};
