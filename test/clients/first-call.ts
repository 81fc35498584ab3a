// Runs the first calls of the README as a newcomer would: the commands of a language in an empty
// directory, then the program beside them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Language, must } from './language.ts';
import type { Sandbox } from './sandbox.ts';

interface FirstCall {
  readonly install: string;
  readonly file: string;
  readonly run: string;
  readonly code: string;
}

/** The two blocks below the language's heading. The first comment of the code names its file, and how to run it. */
export const firstCallOf = (readme: string, label: string): FirstCall => {
  const [, section = ''] = readme.split(new RegExp(`^### ${label}$`, 'm'));
  const [, install = '', code = ''] = /```sh\n([\s\S]*?)```[\s\S]*?```\w+\n([\s\S]*?)```/.exec(section) ?? [];
  const [, file = '', run = ''] = /^(?:\/\/|#) (\S+): (.*)$/m.exec(code) ?? [];
  if (file === '') throw new Error(`The README has no first call for ${label}.`);
  return { install, file, run, code };
};

/** Follows the README below the language's heading; throws what fails. */
export const runFirstCall = async ({ label }: Language, sandbox: Sandbox, work: string): Promise<void> => {
  const { install, file, run, code } = firstCallOf(readFileSync('README.md', 'utf8'), label);
  const directory = join(work, 'first');
  mkdirSync(directory);
  writeFileSync(join(directory, file), code);
  const env = { REPO: resolve('.'), API: sandbox.url, TOKEN: sandbox.token };
  await must(['bash', '-euc', install], directory, env);
  const output = await must(['bash', '-euc', run], directory, env);
  if (!output.includes('Buy milk\n')) throw new Error(`The first call prints no task:\n${output}`);
};
