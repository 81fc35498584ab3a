// Makes one directory the same as another by copying only the files that differ. A cluster has a
// thousand files, of which a test changes few, and a file system takes long to create as many as
// it has just deleted.
import { copyFileSync, type Dirent, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, relative } from 'node:path';

const pathsIn = (directory: string): Map<string, Dirent> =>
  new Map(
    readdirSync(directory, { recursive: true, withFileTypes: true }).map((entry) => [
      relative(directory, join(entry.parentPath, entry.name)),
      entry,
    ]),
  );

/**
 * Files that this has copied have the time 0, which each write to them changes. So `directory` may
 * contain only what this function copied before, and what was written since.
 */
export const restoreDirectory = (template: string, directory: string): void => {
  const wanted = pathsIn(template);
  for (const path of pathsIn(directory).keys()) {
    if (!wanted.has(path)) rmSync(join(directory, path), { recursive: true, force: true });
  }
  // The entries of a directory come after it.
  for (const [path, entry] of wanted) {
    const [from, to] = [join(template, path), join(directory, path)];
    if (entry.isDirectory()) {
      mkdirSync(to, { recursive: true, mode: statSync(from).mode });
    } else if (statSync(to, { throwIfNoEntry: false })?.mtimeMs !== 0) {
      copyFileSync(from, to);
      utimesSync(to, 0, 0);
    }
  }
};
