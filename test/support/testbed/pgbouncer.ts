// PgBouncer in transaction mode in front of the test bed's cluster, with TLS on both sides and, like
// Neon's pooler, no patience with start-up parameters.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { Certificates } from './certificates.ts';
import { findPgBouncer, freePort, ini, own, restartable } from './programs.ts';

export interface PgBouncer {
  readonly url: string;
  readonly port: number;
  /** Whether it keeps named prepared statements (1.21 and newer). */
  readonly preparedStatements: boolean;
  readonly version: string;
  start(): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<void>;
}

/** The cluster that the pooler stands in front of. */
export interface PooledCluster {
  readonly directory: string;
  readonly port: number;
  readonly password: string;
  readonly certificates: Certificates;
  urlAt(port: number): string;
}

type Settings = Readonly<Record<string, string | number>>;

const versionOf = (file: string): string =>
  /PgBouncer (\d+\.\d+)/.exec(execFileSync(file, ['--version'], { encoding: 'utf8' }))?.[1] ?? '0.0';

/** Writes the configuration files to `home`; returns the path of the main one. */
const configure = (
  home: string,
  listenPort: number,
  { port, password, certificates }: PooledCluster,
  extra: Settings,
): string => {
  const users = join(home, 'users.txt');
  const file = join(home, 'pgbouncer.ini');
  writeFileSync(users, `"postgres" "${password}"\n`);
  const settings = ini({
    listen_addr: '127.0.0.1',
    listen_port: listenPort,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: users,
    pool_mode: 'transaction',
    default_pool_size: 8,
    max_client_conn: 200,
    client_tls_sslmode: 'require',
    client_tls_key_file: certificates.key,
    client_tls_cert_file: certificates.certificate,
    server_tls_sslmode: 'verify-full',
    server_tls_ca_file: certificates.ca,
    server_login_retry: 1,
    ...extra,
  });
  writeFileSync(file, `[databases]\n* = host=localhost port=${port}\n[pgbouncer]\n${settings}`);
  return file;
};

/** Starts PgBouncer. Throws with one line on what to install when it is not there. */
export const startPgBouncer = async (cluster: PooledCluster, extra: Settings): Promise<PgBouncer> => {
  const found = findPgBouncer();
  if ('missing' in found) throw new Error(found.missing);
  const version = versionOf(found.file);
  const preparedStatements = Number(version.split('.')[1]) >= 21;
  const port = await freePort();
  const home = join(cluster.directory, `pgbouncer-${port}`);
  mkdirSync(home);
  own(home);
  // A copy, because the servers' user need not be able to look into this user's home.
  const program = join(home, 'pgbouncer');
  copyFileSync(found.file, program);
  const statements = preparedStatements ? { max_prepared_statements: 200 } : {};
  const configuration = configure(home, port, cluster, { ...statements, ...extra });
  const url = cluster.urlAt(port);
  const { start, stop } = restartable([program, configuration], home, 10_000, async () => {
    const client = new pg.Client(url);
    client.on('error', () => {});
    await client.connect();
    await client.end();
  });
  await start();
  return { url, port, preparedStatements, version, start, stop };
};
