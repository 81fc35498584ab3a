// What the runner must know about a tool of others that reads the contract.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { must, run } from '../clients/language.ts';

/** What a client that a tool has generated must do, in this order. Programs print `ok <step>`. */
export const clientSteps = ['create', 'list', 'update', '412', '422', 'changes', 'delete', 'export'] as const;

export interface Context {
  /** A directory of the tool's own that is removed afterwards. */
  readonly work: string;
  /** The contract as it is published, and as the tool gets it. */
  readonly contract: string;
  /** The sandbox, and the token of a user who has nothing yet. */
  readonly url: string;
  readonly token: string;
  /** The same for the user who owns the tasks of the contract's examples. */
  readonly exampleToken: string;
}

/** Does one thing and throws what is wrong; its output counts for the steps that it prints. */
export type Phase = (context: Context) => Promise<string | undefined>;

export interface Tool {
  /** As its users call it. */
  readonly name: string;
  readonly version: string;
  /** What it is, or what its output is, for the table. */
  readonly makes: string;
  /** Runs only with `--all`. */
  readonly isSlow?: boolean;
  /** The jq filter that it needs to read the contract. */
  readonly filter?: string;
  readonly install: () => Promise<unknown>;
  /** In order, by their names; each is a step. The others do not run after one that fails. */
  readonly phases: Readonly<Record<string, Phase>>;
  /** The steps that the output of the phases must have. */
  readonly steps: readonly string[];
  /** The steps that do not work, and why. A run fails if one of them works, too. */
  readonly fails?: Readonly<Record<string, string>>;
  /** What a user of the tool should know. */
  readonly note?: string;
}

/** The folder of a tool that outlives a run, so that it is installed once. */
export const cacheOf = (name: string, version: string): string =>
  join(homedir(), '.cache', 'tasks-api', 'tools', `${name}-${version}`);

/** Installs into an empty folder, unless that has been done before; returns the folder. */
export const installOnce = async (
  name: string,
  version: string,
  install: (directory: string) => Promise<unknown>,
): Promise<string> => {
  const directory = cacheOf(name, version);
  const done = join(directory, 'installed');
  if (!existsSync(done)) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    await install(directory);
    writeFileSync(done, '');
  }
  return directory;
};

/** Installs npm packages, such as `newman@6.2.2`, side by side. */
export const npmInstall = (name: string, version: string, ...packages: readonly string[]) =>
  installOnce(name, version, (directory) =>
    must(
      ['npm', 'install', '--silent', '--no-audit', '--no-fund', '--prefix', directory, ...packages],
      directory,
    ),
  );

/** Installs a Go program. */
export const goInstall = (name: string, version: string, path: string) =>
  installOnce(name, version, (directory) =>
    must(['go', 'install', `${path}@v${version}`], directory, { GOBIN: directory, GOFLAGS: '' }),
  );

/** The path of a program that npm has installed for a tool. */
export const npmProgram = (name: string, version: string, program: string): string =>
  join(cacheOf(name, version), 'node_modules', '.bin', program);

/** A file of test/tools/programs. */
export const programOf = (file: string): string => resolve('test/tools/programs', file);

/** Runs a client's program, which prints the steps that it has seen work. */
export const runProgram = async (
  command: readonly string[],
  { work, url, token }: Context,
  env: Readonly<Record<string, string>> = {},
): Promise<string> => (await run(command, work, { API: url, TOKEN: token, ...env })).output;
