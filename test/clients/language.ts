// What the runner must know about a language, and how its commands run.
import { spawn } from 'node:child_process';

export interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly directory: string;
}

export interface Language {
  /** As on the command line, and the folder in generated/clients/. */
  readonly name: string;
  /** As in the labels of the code samples. */
  readonly label: string;
  /** The folder that becomes the package. */
  readonly package: string;
  /** Builds the package and installs it in a fresh environment below `work`; throws what fails. */
  readonly prepare: (work: string) => Promise<void>;
  /** What runs the scenario: one, or one for each style of the SDK. */
  readonly programs: (work: string) => readonly Program[];
  /** The command that runs a sample, in the directory where `file` has it. */
  readonly sample: {
    readonly file: string;
    /** Where samples run; `work`/sample unless given. */
    readonly directory?: (work: string) => string;
    readonly command: (work: string) => readonly string[];
    /** Other files that a sample needs beside it. */
    readonly files?: Readonly<Record<string, string>>;
  };
  /** The README of the package, and a program of the first block of its section "Undo". */
  readonly undo: {
    readonly readme: string;
    /** The program has a client, and the id of a task in the environment as `ID`. */
    readonly program: (block: string) => string;
  };
}

export interface Result {
  readonly code: number;
  readonly output: string;
}

/** Runs a command to its end, at most five minutes. */
export const run = (
  command: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Result> =>
  new Promise((resolve) => {
    const [file = '', ...args] = command;
    const child = spawn(file, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });

/** Runs a command that must succeed; throws its output. */
export const must = async (...parameters: Parameters<typeof run>): Promise<string> => {
  const { code, output } = await run(...parameters);
  if (code !== 0) throw new Error(`${parameters[0].join(' ')}\n${output}`);
  return output;
};
