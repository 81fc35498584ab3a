// What all generators of TypeScript have in common: their code is compiled with the program that
// uses it, then runs.
import { copyFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { must } from '../clients/language.ts';
import {
  type Context,
  cacheOf,
  clientSteps,
  npmInstall,
  type Phase,
  programOf,
  runProgram,
  type Tool,
} from './tool.ts';

export interface TypeScriptTool {
  readonly name: string;
  readonly version: string;
  /** The npm packages that it consists of. */
  readonly packages: readonly string[];
  readonly generate: Phase;
  readonly note: string;
}

const compile = async ({ work }: Context): Promise<undefined> => {
  await must(
    [
      resolve('node_modules/.bin/tsc'),
      ...['--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler'],
      ...['--target', 'es2022', '--lib', 'es2022,dom,dom.iterable', '--types', 'node'],
      ...['--typeRoots', resolve('node_modules/@types'), '--outDir', 'out', 'program.ts'],
    ],
    work,
  );
};

/** The tool; its generator writes into the folder of the program, which is `program.ts`. */
export const typescriptTool = ({ name, version, packages, generate, note }: TypeScriptTool): Tool => ({
  name,
  version,
  makes: 'TypeScript',
  install: () => npmInstall(name, version, ...packages),
  phases: {
    generate: (context) => {
      copyFileSync(programOf(`${name}.ts`), join(context.work, 'program.ts'));
      symlinkSync(join(cacheOf(name, version), 'node_modules'), join(context.work, 'node_modules'));
      return generate(context);
    },
    compile,
    // Bundlers resolve imports without endings; Node does not.
    run: (context) =>
      runProgram(['node', '--import', resolve('test/tools/programs/resolve.mjs'), 'out/program.js'], context),
  },
  steps: clientSteps,
  note,
});
