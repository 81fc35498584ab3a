// The embedded Postgres for development and tests: PGlite behind its socket server, so that the service reaches it
// over the wire like any other Postgres. PGlite is a development dependency: a production install has no such thing.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { lockDirectory } from './lock.ts';

export interface EmbeddedDatabase {
  readonly url: string;
  /** Where the data lie, an absolute path. */
  readonly directory: string;
  close(): Promise<void>;
}

/** PGlite is one session behind its sockets: a second connection could run between the parts of a statement. */
export const embeddedPoolMax = 1;

/** The package was installed without development dependencies. */
export class EmbeddedDatabaseMissing extends Error {
  constructor(cause: unknown) {
    super(
      'DATABASE_URL is not set, and the embedded database is not installed: it is a development dependency.',
      {
        cause,
      },
    );
    this.name = 'EmbeddedDatabaseMissing';
  }
}

const load = async () => {
  try {
    const [{ PGlite }, { PGLiteSocketServer }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('@electric-sql/pglite-socket'),
    ]);
    return { PGlite, PGLiteSocketServer };
  } catch (error) {
    throw new EmbeddedDatabaseMissing(error);
  }
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port to listen on');
  return address.port;
};

/**
 * Starts Postgres on `dataDir`, making it on the first start. Throws DataDirectoryInUse when another process has it,
 * EmbeddedDatabaseMissing when PGlite is not installed.
 */
export const startEmbedded = async (dataDir: string): Promise<EmbeddedDatabase> => {
  const directory = resolve(dataDir);
  const { PGlite, PGLiteSocketServer } = await load();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const unlock = lockDirectory(directory);
  try {
    const cluster = join(directory, 'postgres');
    if (!existsSync(cluster)) {
      // Made aside and moved into place, so that a process killed on the way leaves no half a cluster.
      const unfinished = `${cluster}.unfinished`;
      await rm(unfinished, { recursive: true, force: true });
      await (await PGlite.create(unfinished)).close();
      await rename(unfinished, cluster);
    }
    const db = await PGlite.create(cluster);
    const port = await freePort();
    const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port, maxConnections: 4 });
    await server.start();
    return {
      url: `postgresql://postgres@127.0.0.1:${port}/postgres?sslmode=disable`,
      directory,
      close: async () => {
        await server.stop();
        await db.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
};

/** The secret that development tokens are signed with: made once, kept beside the data, readable by its owner only. */
export const embeddedSecret = async (dataDir: string): Promise<string> => {
  const file = join(resolve(dataDir), 'jwt-secret');
  await mkdir(resolve(dataDir), { recursive: true, mode: 0o700 });
  try {
    await writeFile(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFile(file, 'utf8');
};
