// One process at a time on a data directory: two would corrupt it. SQLite's exclusive lock is a
// lock of the operating system, so it ends with the process, however that ends, and leaves nothing
// stale to clean up.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process has the data directory. */
export class DataDirectoryInUse extends Error {
  constructor(directory: string) {
    super(`Another process is using ${directory}. Stop it first, or set DATA_DIR to another directory.`);
    this.name = 'DataDirectoryInUse';
  }
}

/** The data directory cannot be written. */
export class DataDirectoryUnusable extends Error {
  constructor(directory: string, cause: unknown) {
    super(`${directory} cannot be used. Make it writable, or set DATA_DIR to another directory.`, { cause });
    this.name = 'DataDirectoryUnusable';
  }
}

// https://sqlite.org/rescode.html#busy
const sqliteBusy = 5;

/**
 * Takes the lock of `directory`, which must exist, and returns a function that releases it. Throws
 * DataDirectoryInUse or DataDirectoryUnusable.
 */
export const lockDirectory = (directory: string): (() => void) => {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(directory, 'lock'));
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const held = lock;
    return () => held.close();
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: unknown }).errcode === sqliteBusy) throw new DataDirectoryInUse(directory);
    throw new DataDirectoryUnusable(directory, error);
  }
};
