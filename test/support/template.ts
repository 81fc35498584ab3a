// The embedded clusters that tests copy, empty and migrated. Creating them takes four seconds of
// processor time, so they are kept below node_modules until something changes that they follow from.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startEmbedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrations.ts';
import { createLogger } from '../../src/observability/log.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const kept = join(root, 'node_modules/.cache/tasks-test-clusters');

/** In milliseconds: for so long a run that began before a change may still read. */
const day = 86_400_000;

/** Changes with the packages, the migrations, and the code that creates and migrates a cluster. */
const fingerprint = (): string => {
  const hash = createHash('sha256').update(`${process.version} ${process.arch}`);
  const folders = ['migrations', 'src/db'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => `${folder}/${name}`),
  );
  for (const file of ['package-lock.json', 'test/support/template.ts', ...folders.toSorted()]) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex').slice(0, 16);
};

const create = async (directory: string): Promise<void> => {
  const [empty, migrated] = [join(directory, 'empty'), join(directory, 'migrated')];
  await (await startEmbedded(empty)).close();
  cpSync(empty, migrated, { recursive: true });
  const embedded = await startEmbedded(migrated);
  await migrate({ url: embedded.url, direction: 'up' }, createLogger('warn'));
  await embedded.close();
};

/** The folder with the clusters `empty` and `migrated`, which are only read. */
export const templates = async (): Promise<string> => {
  const directory = join(kept, fingerprint());
  if (existsSync(directory)) return directory;
  mkdirSync(kept, { recursive: true });
  for (const name of readdirSync(kept)) {
    const old = join(kept, name);
    if (statSync(old).mtimeMs < Date.now() - day) rmSync(old, { recursive: true, force: true });
  }
  // Moved into place when it is complete, because another run may begin at the same time, or this
  // one may be stopped.
  const unfinished = mkdtempSync(join(kept, 'unfinished-'));
  await create(unfinished);
  try {
    renameSync(unfinished, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
    rmSync(unfinished, { recursive: true });
  }
  return directory;
};
