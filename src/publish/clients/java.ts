// The Java SDK: the classes that are written by hand, in java/package/, with the types and operations of the
// contract.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiModel } from '../model.ts';
import { exceptionName, javaCode } from './java/classes.ts';
import { javaPackage } from './java/names.ts';

/** Writes the SDK; `VERSION` in its files stands for that of the contract, `ERRORS` for a table. */
export const java = (directory: string, model: ApiModel): void => {
  cpSync('src/publish/clients/java/package', directory, { recursive: true });
  cpSync('LICENSE', join(directory, 'LICENSE'));
  const errors = model.errors.map(({ status, name }) => `| \`${exceptionName(name)}\` | ${status} |`);
  for (const name of ['pom.xml', 'README.md']) {
    const text = readFileSync(join(directory, name), 'utf8');
    writeFileSync(
      join(directory, name),
      text.replace('<version>VERSION<', `<version>${model.version}<`).replace('ERRORS', errors.join('\n')),
    );
  }
  const sources = join(directory, 'src/main/java', ...javaPackage.split('.'));
  for (const [name, code] of javaCode(model)) writeFileSync(join(sources, `${name}.java`), code);
};
