// The Dockerfile as a list of instructions, and its steps by hand: they build a directory with the
// contents of the image, on a machine without a container engine.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project, where the image is built. */
export const project = fileURLToPath(new URL('../..', import.meta.url));

export interface Instruction {
  readonly name: string;
  readonly value: string;
}

/** Reads the instructions, each on one line. */
export const readDockerfile = (): Instruction[] =>
  readFileSync(join(project, 'Dockerfile'), 'utf8')
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, name = '', value = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { name, value };
    });

/** The value of the last instruction of this name; throws if there is none. */
export const lastOf = (instructions: readonly Instruction[], name: string): string => {
  const found = instructions.findLast((instruction) => instruction.name === name);
  if (found === undefined) throw new Error(`the Dockerfile has no ${name}`);
  return found.value;
};

/** The variables that the image sets. */
export const environmentOf = (instructions: readonly Instruction[]): Record<string, string> =>
  Object.fromEntries(
    instructions
      .filter(({ name }) => name === 'ENV')
      .map(({ value }) => value.split('=') as [string, string]),
  );

/** What COPY copies from the project, and to where. */
export const copyOf = (value: string): { readonly sources: readonly string[]; readonly target: string } => {
  const words = value.split(/\s+/);
  return { sources: words.slice(0, -1), target: words.at(-1) ?? '' };
};

// Like COPY: a directory's content goes into the target, and a file goes below it if the target
// ends with a slash.
const copy = (source: string, target: string, into: string): void => {
  const to = target.endsWith('/') ? join(into, target, basename(source)) : join(into, target);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(join(project, source), to, { recursive: true });
};

/**
 * Runs the steps of the Dockerfile with `directory` as its WORKDIR. `env` is what the commands get
 * in addition to its ENV.
 */
export const build = (
  instructions: readonly Instruction[],
  directory: string,
  env: Readonly<Record<string, string>>,
): void => {
  for (const { name, value } of instructions) {
    if (name === 'COPY') {
      const { sources, target } = copyOf(value);
      for (const source of sources) copy(source, target, directory);
    } else if (name === 'RUN') {
      const command = value.replace(/--mount=\S+\s+/g, '');
      execFileSync('sh', ['-c', command], {
        cwd: directory,
        env: { ...env, ...environmentOf(instructions) },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    }
  }
};
