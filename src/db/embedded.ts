// The embedded Postgres for development and tests: PGlite behind its socket server, so that the
// service reaches it over the wire like any other Postgres. PGlite is a development dependency, so
// a production installation does not have it.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { DataDirectoryUnusable, lockDirectory } from './lock.ts';

export interface EmbeddedDatabase {
  readonly url: string;
  /** Where the data is stored, an absolute path. */
  readonly directory: string;
  close(): Promise<void>;
}

/**
 * PGlite is one session behind its sockets: a second connection could run between the parts of a
 * statement, and a new one would see the named statements of the previous one.
 */
export const embeddedSettings = { poolMax: 1, preparedStatements: false } as const;

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

// V8 compiles WebAssembly quickly first, and optimises a function that has run for long. One function
// of Postgres takes 600 MB and half a second of that, which a start is not worth, and long searches
// are: they take three times as long without it.
const optimiseLate = (): void => setFlagsFromString('--wasm-tiering-budget=2000000000');

const load = async () => {
  optimiseLate();
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

const makeDirectory = async (dataDir: string): Promise<string> => {
  const directory = resolve(dataDir);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DataDirectoryUnusable(directory, error);
  }
  return directory;
};

// An eighth of the default: PGlite touches all of it with the first statement, which takes time and
// memory at each start.
const sharedBuffers = '16MB';

/**
 * Starts Postgres on `dataDir`, which it creates on the first start. That takes some seconds, in
 * which nothing else in the process runs: `onCreate` is called before, with the absolute path.
 * Throws DataDirectoryInUse if another process uses it, DataDirectoryUnusable if it cannot be
 * written, EmbeddedDatabaseMissing if PGlite is not installed.
 */
export const startEmbedded = async (
  dataDir: string,
  onCreate?: (directory: string) => void,
): Promise<EmbeddedDatabase> => {
  const { PGlite, PGLiteSocketServer } = await load();
  const directory = await makeDirectory(dataDir);
  const unlock = lockDirectory(directory);
  try {
    const cluster = join(directory, 'postgres');
    if (!existsSync(cluster)) {
      onCreate?.(directory);
      // Created elsewhere and then moved into place, so that a process that is killed does not
      // leave half a cluster.
      const unfinished = `${cluster}.unfinished`;
      await rm(unfinished, { recursive: true, force: true });
      await (await PGlite.create(unfinished)).close();
      await rename(unfinished, cluster);
    }
    const startParams = [...PGlite.defaultStartParams, '-c', `shared_buffers=${sharedBuffers}`];
    const db = await PGlite.create(cluster, { startParams });
    const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 4 });
    await server.start();
    return {
      url: `postgresql://postgres@${server.getServerConn()}/postgres?sslmode=disable`,
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

const secretFile = 'jwt-secret';

/** Whether a data directory has the secret that signs development tokens. */
export const hasEmbeddedSecret = (dataDir: string): boolean => existsSync(join(dataDir, secretFile));

/**
 * The secret that signs development tokens: created once, stored beside the data, readable only by
 * its owner.
 */
export const embeddedSecret = async (dataDir: string): Promise<string> => {
  const directory = await makeDirectory(dataDir);
  const file = join(directory, secretFile);
  if (!existsSync(file)) {
    // Written elsewhere and then linked into place, so that no process ever reads half of it, not
    // even after another was killed.
    const unfinished = `${file}.${process.pid}`;
    await writeFile(unfinished, randomBytes(32).toString('base64url'), { mode: 0o600 });
    try {
      await link(unfinished, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      await rm(unfinished);
    }
  }
  const secret = (await readFile(file, 'utf8')).trim();
  if (Buffer.byteLength(secret) < 32) throw new DataDirectoryUnusable(file, 'not a secret of 32 bytes');
  return secret;
};
