// The programs of the test bed: where Debian's packages put them, as which user they run, and how
// they end.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const inPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find((file) => existsSync(file));

/** Debian's own directory comes first: a program in the PATH may be a wrapper. */
const postgresBin = (): string | undefined =>
  globSync('/usr/lib/postgresql/*/bin')
    .sort((a, b) => Number(a.split('/')[4]) - Number(b.split('/')[4]))
    .at(-1);

/** The directory of Postgres' programs, or what to install. */
export const findPostgres = (): { readonly bin: string } | { readonly missing: string } => {
  const bin = postgresBin() ?? inPath('initdb')?.replace(/\/initdb$/, '');
  if (bin === undefined) return { missing: 'Postgres is not installed: apt-get install postgresql' };
  if (process.getuid?.() === 0 && unprivileged() === null) {
    return {
      missing: 'Postgres does not run as root, and there is no user "postgres": apt-get install postgresql',
    };
  }
  return { bin };
};

/** PgBouncer, the newest at hand, or what to install. */
export const findPgBouncer = (): { readonly file: string } | { readonly missing: string } => {
  const built = join(homedir(), '.cache', 'tasks-api', 'pgbouncer');
  const file = existsSync(built) ? built : (inPath('pgbouncer') ?? '/usr/sbin/pgbouncer');
  return existsSync(file)
    ? { file }
    : {
        missing:
          'PgBouncer is not installed: apt-get install pgbouncer, or test/support/testbed/build-pgbouncer.sh',
      };
};

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** The user that the servers run as when the tests run as root; null when there is none. */
export const unprivileged = (): User | null => {
  try {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(execFileSync('id', [flag, 'postgres'], { stdio: 'pipe' })),
    );
    return uid === undefined || gid === undefined ? null : { uid, gid };
  } catch {
    return null;
  }
};

/** The user to start servers as; only needed if this process is root. */
export const serverUser = (): User | undefined =>
  process.getuid?.() === 0 ? (unprivileged() ?? undefined) : undefined;

/** Runs a program to its end, as the servers' user. */
export const runProgram = (file: string, args: readonly string[], cwd: string): void => {
  execFileSync(file, args, { cwd, stdio: 'pipe', ...serverUser() });
};

/** Starts a server, as the servers' user. What it says is kept. */
const startProgram = (file: string, args: readonly string[], cwd: string) => {
  const child = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], ...serverUser() });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-20_000);
    });
  }
  // Nothing started here outlives the tests, however they end.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const exited = once(child, 'exit').finally(() => process.off('exit', kill));
  return { child, exited, said: () => said };
};

type Running = ReturnType<typeof startProgram>;

/** Asks a program to end, and waits until it has. */
const endProgram = async ({ child, exited }: Running, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await exited;
};

/**
 * A server that can be started again after it has ended. `start` waits until `isUp` resolves, for at
 * most `limit` milliseconds.
 */
export const restartable = (
  [file, ...args]: readonly [string, ...string[]],
  cwd: string,
  limit: number,
  isUp: () => Promise<unknown>,
) => {
  let running: Running | undefined;
  return {
    start: async (): Promise<void> => {
      const started = startProgram(file, args, cwd);
      running = started;
      await eventually(limit, async () => {
        if (started.child.exitCode !== null) throw new Error(`${file} does not start:\n${started.said()}`);
        await isUp();
      });
    },
    stop: async (signal: NodeJS.Signals): Promise<void> => {
      if (running) await endProgram(running, signal);
    },
    /** kill -9 of the server and of the processes that it has started. */
    kill: async (): Promise<void> => {
      if (running === undefined) return;
      const children = childrenOf(running.child);
      await endProgram(running, 'SIGKILL');
      for (const pid of children) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It ended by itself.
        }
      }
    },
  };
};

/** Gives a file to the servers' user. */
export const own = (path: string): void => {
  const user = serverUser();
  if (user) chownSync(path, user.uid, user.gid);
};

/** Settings as lines of a configuration file. */
export const ini = (settings: object): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');

/** The process ids of a process' children. */
export const childrenOf = ({ pid }: ChildProcess): number[] => {
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => (line.trim() === '' ? [] : [Number(line)]));
  } catch {
    return [];
  }
};

/** A free port. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port to listen on');
  return address.port;
};

/** Calls `attempt` until it succeeds, for at most `limit` milliseconds. */
export const eventually = async <T>(limit: number, attempt: () => Promise<T>): Promise<T> => {
  const end = Date.now() + limit;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((later) => setTimeout(later, 50));
    }
  }
};
