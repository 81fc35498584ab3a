// The Postgres that a test file runs on: a copy of the migrated embedded cluster, or the one of
// TEST_DATABASE_URL.
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { embeddedSettings, startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';
import { queryPostgres } from './query.ts';
import { restoreDirectory } from './restore-directory.ts';

export { queryPostgres };

export interface TestPostgres {
  readonly url: string;
  readonly poolMax: number;
  readonly preparedStatements: boolean;
  close(): Promise<void>;
}

/** True when the tests run on a Postgres with real concurrency, not on the embedded one. */
export const isRealPostgres = Boolean(process.env.TEST_DATABASE_URL);

export type TemplateName = 'template' | 'emptyTemplate';

const free: Record<TemplateName, string[]> = { template: [], emptyTemplate: [] };

/**
 * A copy of a template, which `release` gives back for the next one. Call it when nothing uses the
 * copy any more; with the last test the copies go.
 */
export const takeCopy = (name: TemplateName): { readonly directory: string; release(): void } => {
  const directory = free[name].pop() ?? mkdtempSync(join(inject('copies'), `${name}-`));
  restoreDirectory(inject(name), directory);
  return { directory, release: () => void free[name].push(directory) };
};

type Running = Pick<TestPostgres, 'url' | 'close'>;

const startCopy = async (name: TemplateName): Promise<Running> => {
  const { directory, release } = takeCopy(name);
  const embedded = await startEmbedded(directory);
  return {
    url: embedded.url,
    close: async () => {
      await embedded.close();
      release();
    },
  };
};

// What the migrations wrote remains.
const empty = `DO $$ BEGIN EXECUTE (
  SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') FROM pg_tables
  WHERE schemaname = 'public' AND tablename NOT IN ('sync_secret', 'schema_migrations')); END $$`;

const idle: Running[] = [];

/**
 * An embedded Postgres with the schema and no rows. `close` keeps it running for the next file of
 * this worker, because a start takes as long as many a file's tests.
 */
const takeRunning = async (): Promise<Running> => {
  const running = idle.pop() ?? (await startCopy('template'));
  return {
    url: running.url,
    close: async () => {
      await queryPostgres(running.url, empty);
      // Its one session is that of all connections.
      await queryPostgres(running.url, 'DISCARD ALL');
      idle.push(running);
    },
  };
};

export const startPostgres = async (): Promise<TestPostgres> => {
  const url = process.env.TEST_DATABASE_URL;
  if (url) {
    const preparedStatements = process.env.DATABASE_PREPARED_STATEMENTS !== 'false';
    return { url, poolMax: 8, preparedStatements, close: async () => {} };
  }
  return { ...(await takeRunning()), ...embeddedSettings };
};

/**
 * A database without a schema, for one test file: on the server of the tests, or embedded.
 * `options` are those of CREATE DATABASE, for the server only.
 */
export const startEmptyPostgres = async (options = ''): Promise<Pick<TestPostgres, 'url' | 'close'>> => {
  const server = process.env.TEST_DATABASE_URL_UNPOOLED ?? process.env.TEST_DATABASE_URL;
  if (server) {
    const name = `tasks_${randomUUID().replaceAll('-', '')}`;
    await queryPostgres(server, `CREATE DATABASE ${name} ${options}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    return {
      url: url.href,
      close: async () => void (await queryPostgres(server, `DROP DATABASE ${name} WITH (FORCE)`)),
    };
  }
  return startCopy('emptyTemplate');
};

/**
 * A migrated database that no other test file writes to, or sweeps. It is reached in the same way as
 * the one of the tests: through the pooler, if there is one.
 */
export const startOwnPostgres = async (): Promise<TestPostgres> => {
  const tests = await startPostgres();
  if (!isRealPostgres) return tests;
  const { url: direct, close } = await startEmptyPostgres();
  await migrate({ url: direct, direction: 'up' }, createLogger('warn'));
  const url = new URL(tests.url);
  url.pathname = new URL(direct).pathname;
  return { ...tests, url: url.href, close };
};
