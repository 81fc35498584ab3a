// The test bed: a throwaway Postgres cluster with TLS, and poolers in front of it. Nothing of it
// remains.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { queryPostgres } from '../query.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { type PgBouncer, startPgBouncer } from './pgbouncer.ts';
import { findPostgres, freePort, ini, own, restartable, runProgram } from './programs.ts';

const password = 'bed-password';

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

/** Creates the files of a cluster with a password and TLS; returns their directory. */
const createCluster = (
  bin: string,
  directory: string,
  certificates: Certificates,
  settings: object,
): string => {
  const cluster = join(directory, 'cluster');
  const secret = join(directory, 'password');
  writeFileSync(secret, password);
  const access = ['-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${secret}`];
  const options = ['--no-sync', '-E', 'UTF8', '--locale=C.UTF-8'];
  runProgram(join(bin, 'initdb'), ['-D', cluster, ...access, ...options], directory);
  const configuration = ini({
    listen_addresses: "'127.0.0.1'",
    unix_socket_directories: "''",
    ssl: 'on',
    ssl_cert_file: `'${certificates.certificate}'`,
    ssl_key_file: `'${certificates.key}'`,
    max_connections: 40,
    ...settings,
  });
  writeFileSync(join(cluster, 'postgresql.auto.conf'), configuration);
  return cluster;
};

/** Starts the cluster. Throws with one line on what to install when Postgres is not there. */
export const startTestbed = async (
  settings: Readonly<Record<string, string | number>> = {},
): Promise<Testbed> => {
  const found = findPostgres();
  if ('missing' in found) throw new Error(found.missing);
  const directory = mkdtempSync(join(tmpdir(), 'tasks-bed-'));
  own(directory);
  const certificates = makeCertificates(directory);
  const port = await freePort();
  const cluster = createCluster(found.bin, directory, certificates, { port, ...settings });
  const urlAt = (at: number, parameters = `sslmode=verify-full&sslrootcert=${certificates.ca}`) =>
    `postgresql://postgres:${password}@localhost:${at}/postgres?${parameters}`;
  const url = urlAt(port);
  const query: Testbed['query'] = (text, values) => queryPostgres(url, text, values);

  const program = join(found.bin, 'postgres');
  const isUp = () => query('SELECT 1');
  const { start, stop, kill } = restartable([program, '-D', cluster], directory, 20_000, isUp);
  await start();
  const bouncers: PgBouncer[] = [];
  return {
    url,
    port,
    certificates,
    urlAt,
    query,
    start,
    stop,
    kill,
    pgBouncer: async (extra = {}) => {
      const bouncer = await startPgBouncer({ directory, port, password, certificates, urlAt }, extra);
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
