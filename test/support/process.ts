// The service as its users run it: a process of its own, told what to do by its environment and by
// signals alone.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Send, sendTo } from './client.ts';
import { takeCopy } from './postgres.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export type Environment = Readonly<Record<string, string>>;

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A script of the project that is running, with what it has said so far. */
export interface Program {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<Exit>;
  /**
   * Waits until `read` finds something in what the program has said; throws when it ends before.
   */
  until<T>(read: () => T | null | undefined | false): Promise<T>;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Exit>;
}

export interface RunOptions {
  /** The descriptor of a file for the standard output, which is read here otherwise. */
  readonly output?: number;
  /** How many files the program may have open. */
  readonly files?: number;
}

/** What a program has written so far, and a way to wait for more. */
const followOutput = (child: ChildProcess): Pick<Program, 'stdout' | 'stderr' | 'exited' | 'until'> => {
  let stdout = '';
  let stderr = '';
  let ended = false;
  const waiting = new Set<() => void>();
  const look = () => {
    for (const check of waiting) check();
  };
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text;
    look();
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
    look();
  });
  // 'close' and not 'exit': all output has arrived then.
  const exited = once(child, 'close').then(([code, signal]) => {
    ended = true;
    look();
    return { code, signal } as Exit;
  });
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    exited,
    until: (read) =>
      new Promise((found, failed) => {
        const check = () => {
          const result = read();
          if (result) found(result);
          else if (ended) failed(new Error(`the program ended:\n${stdout}\n${stderr}`));
          else return;
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      }),
  };
};

/** Runs a script of the project. What the test leaves running is killed when it has finished. */
export const run = (
  script: string,
  args: readonly string[],
  env: Environment,
  { output, files }: RunOptions = {},
): Program => {
  const command = [process.execPath, resolve(root, script), ...args];
  const [file = '', ...rest] =
    files === undefined ? command : ['sh', '-c', 'ulimit -n "$0" && exec "$@"', String(files), ...command];
  const child = spawn(file, rest, {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', output ?? 'pipe', 'pipe'],
  });
  const followed = followOutput(child);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return followed.exited;
  };
  onTestFinished(() => end('SIGKILL').then(() => {}));
  return { child, ...followed, end };
};

/** What a program logged: each line of its standard output must be a JSON object. */
export const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

export interface Service extends Program {
  readonly url: string;
  readonly port: number;
  /** The development token of the banner; empty without the embedded database or with a key set. */
  readonly token: string;
  /**
   * Sends with the development token unless another one, or null, is given; checks the answer by
   * the contract.
   */
  readonly send: Send;
}

const portOf = (output: string): number | undefined =>
  Number(/"port":(\d+),.*"msg":"listening"}\n/.exec(output)?.[1]) || undefined;

/**
 * Starts the service on a free port and waits until it listens. `LOG_LEVEL` must be info or more
 * talkative. It ends without a delay, which the default on a real Postgres has, unless one is set.
 */
export const startService = async (env: Environment, options?: RunOptions): Promise<Service> => {
  const program = run('src/start.js', [], { PORT: '0', SHUTDOWN_DELAY_MS: '0', ...env }, options);
  const port = await program.until(() => portOf(program.stdout()));
  if (env.DATABASE_URL === undefined) await program.until(() => program.stderr().endsWith('\n\n'));
  const token = /^ {2}Token {5}(\S+)$/m.exec(program.stderr())?.[1] ?? '';
  const url = `http://127.0.0.1:${port}`;
  return { ...program, url, port, token, send: sendTo(url, token) };
};

/** Runs a script of the project to its end. */
export const runToEnd = async (
  script: string,
  args: readonly string[],
  env: Environment,
): Promise<Exit & { readonly stdout: string; readonly stderr: string }> => {
  const program = run(script, args, env);
  const exit = await program.exited;
  return { ...exit, stdout: program.stdout(), stderr: program.stderr() };
};

/** A new directory that goes when the test has finished. */
export const newDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'tasks-process-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
};

/** A data directory with the cluster made already, to save the seconds that a first start takes. */
export const newDataDirectory = async (): Promise<string> => {
  const { directory, release } = takeCopy('template');
  onTestFinished(release);
  return directory;
};

/** A database that takes connections and never says a word. */
export const silentDatabase = async (): Promise<string> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => {}))).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `postgresql://127.0.0.1:${(server.address() as { port: number }).port}/none`;
};
