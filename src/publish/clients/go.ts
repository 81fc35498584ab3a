// The Go SDK: the package that is written by hand, in go/package/, with the types and operations of the
// contract. `ERRORS` in its README stands for a table of them.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiModel } from '../model.ts';
import { errorName, goCode } from './go/api.ts';

/** The path to import. To publish the module, replace it with the address of its repository. */
export const goModule = 'tasks.example.com/tasks';

export const go = (directory: string, model: ApiModel): void => {
  cpSync('src/publish/clients/go/package', directory, { recursive: true });
  cpSync('LICENSE', join(directory, 'LICENSE'));
  const errors = model.errors.map(({ status, name }) => `| \`${errorName(name)}\` | ${status} |`);
  const readme = join(directory, 'README.md');
  writeFileSync(readme, readFileSync(readme, 'utf8').replace('ERRORS', errors.join('\n')));
  writeFileSync(join(directory, 'api.go'), goCode(model));
  writeFileSync(join(directory, 'go.mod'), `module ${goModule}\n\ngo 1.24\n`);
};
