// The Go SDK: the package that is written by hand, in go/package/, with the types and operations of the
// contract.
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiModel } from '../model.ts';
import { goCode } from './go/api.ts';

/** The path to import. To publish the module, replace it with the address of its repository. */
export const goModule = 'tasks.example.com/tasks';

export const go = (directory: string, model: ApiModel): void => {
  cpSync('src/publish/clients/go/package', directory, { recursive: true });
  cpSync('LICENSE', join(directory, 'LICENSE'));
  writeFileSync(join(directory, 'api.go'), goCode(model));
  writeFileSync(join(directory, 'go.mod'), `module ${goModule}\n\ngo 1.24\n`);
};
