// A server under load, from outside: starts it, waits for it, and reads its use of processor and
// memory from /proc, which counts every thread and needs no code inside the server.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

interface Stat {
  readonly parent: number;
  /** Microseconds of processor time, user and system. */
  readonly cpu: number;
}

// The second field is the command in parentheses, which may contain anything; the fields after it
// are numbers.
const statOf = (pid: number | string): Stat => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    parent: Number(fields[1]),
    cpu: ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6,
  };
};

/** Microseconds of processor time that a process has used. */
export const cpuOf = (pid: number): number => statOf(pid).cpu;

/** Microseconds of processor time of a process' living children, by pid: the sessions of a Postgres. */
export const childrenCpu = (parent: number): Map<number, number> => {
  const children = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = statOf(name);
      if (stat.parent === parent) children.set(Number(name), stat.cpu);
    } catch {
      // It ended meanwhile.
    }
  }
  return children;
};

/** The peak memory of a process so far, in MB (resident). */
export const peakMemory = (pid: number): number =>
  Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

export interface Server {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Milliseconds from the start of the process to its first successful response. */
  readonly ready: number;
  stop(): Promise<void>;
}

export interface ServerSettings {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  /** The path that returns 200 when the server is ready. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where its standard output goes: a file descriptor. */
  readonly output: number;
}

const ended = (child: ChildProcess) => new Promise((resolve) => child.once('exit', resolve));

/**
 * Starts a server and waits until it responds. Throws if it stops or has not responded after 20
 * seconds.
 */
export const startServer = async (settings: ServerSettings): Promise<Server> => {
  const { name, command, args, port, path, headers = {}, output } = settings;
  const started = performance.now();
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, PORT: String(port), HOST: '127.0.0.1', ...settings.env },
    stdio: ['ignore', output, 'inherit'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  for (;;) {
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`${name} stopped`);
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers }).catch(() => null);
    await response?.arrayBuffer();
    if (response?.ok) break;
    if (performance.now() - started > 20_000)
      throw new Error(`${name} responds with ${response?.status ?? 'nothing'}`);
    await sleep(10);
  }
  return {
    name,
    pid: child.pid,
    port,
    ready: performance.now() - started,
    stop: async () => {
      const end = ended(child);
      child.kill('SIGTERM');
      await end;
    },
  };
};
