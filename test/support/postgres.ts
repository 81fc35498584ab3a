// The Postgres that a test file runs on: a copy of the migrated embedded cluster, or the one of
// TEST_DATABASE_URL.
import { randomUUID } from 'node:crypto';
import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { embeddedSettings, startEmbedded } from '../../src/db/embedded.ts';
import { queryPostgres } from './query.ts';

export { queryPostgres };

export interface TestPostgres {
  readonly url: string;
  readonly poolMax: number;
  readonly preparedStatements: boolean;
  close(): Promise<void>;
}

/** True when the tests run on a Postgres with real concurrency, not on the embedded one. */
export const isRealPostgres = Boolean(process.env.TEST_DATABASE_URL);

/**
 * Copies the files of a template to `directory`. The synchronous copy takes a fifth of the
 * processor time of the other.
 */
export const copyTemplate = (name: 'template' | 'emptyTemplate', directory: string): void =>
  cpSync(inject(name), directory, { recursive: true });

const startCopy = async (
  name: 'template' | 'emptyTemplate',
): Promise<Pick<TestPostgres, 'url' | 'close'>> => {
  const directory = await mkdtemp(join(tmpdir(), 'tasks-test-'));
  copyTemplate(name, directory);
  const embedded = await startEmbedded(directory);
  return {
    url: embedded.url,
    close: async () => {
      await embedded.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
};

export const startPostgres = async (): Promise<TestPostgres> => {
  const url = process.env.TEST_DATABASE_URL;
  if (url) {
    const preparedStatements = process.env.DATABASE_PREPARED_STATEMENTS !== 'false';
    return { url, poolMax: 8, preparedStatements, close: async () => {} };
  }
  return { ...(await startCopy('template')), ...embeddedSettings };
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
