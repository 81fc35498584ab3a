// One process at a time on a data directory: two would corrupt it. SQLite's exclusive lock is the operating system's,
// so it ends with the process, however that dies, and nothing stale is left to clear away.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process has the data directory. */
export class DataDirectoryInUse extends Error {
  constructor(directory: string) {
    super(`Another process is using ${directory}. Stop it first, or set DATA_DIR to another directory.`);
    this.name = 'DataDirectoryInUse';
  }
}

/** Takes the lock of `directory`, which must exist, and answers how to give it back. Throws DataDirectoryInUse. */
export const lockDirectory = (directory: string): (() => void) => {
  const lock = new DatabaseSync(join(directory, 'lock'));
  try {
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new DataDirectoryInUse(directory);
  }
  return () => lock.close();
};
