// The load generator: wrk, which is written in C and uses little of the machine, or autocannon if
// wrk is missing.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly token: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Requests that are sent in turn, and from the beginning again after the last one. */
export interface Workload {
  readonly name: string;
  readonly requests: readonly Request[];
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Latencies in milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Sends a workload over `connections` kept-alive connections for `seconds`. Throws if a response is
 * not a success.
 */
export type Load = (
  port: number,
  workload: Workload,
  connections: number,
  seconds: number,
) => Promise<LoadResult>;

const raw = ({ method, path, token, body }: Request): Buffer => {
  const json = body === undefined ? '' : JSON.stringify(body);
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${token}`];
  if (json !== '') lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(json)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${json}`);
};

const run = promisify(execFile);

const wrk = (directory: string): Load => {
  const files = new Map<Workload, string>();
  const sent = new Map<string, number>();
  const fileOf = (workload: Workload): string => {
    const known = files.get(workload);
    if (known !== undefined) return known;
    const file = join(directory, `requests-${files.size}`);
    const parts = workload.requests.map(raw);
    writeFileSync(
      file,
      Buffer.concat(parts.flatMap((part) => [Buffer.from(String(part.length).padStart(10, '0')), part])),
    );
    files.set(workload, file);
    return file;
  };
  const script = new URL('load.lua', import.meta.url).pathname;
  return async (port, workload, connections, seconds) => {
    const file = fileOf(workload);
    // Continues where the last run with this server stopped.
    const key = `${port} ${file}`;
    const start = sent.get(key) ?? 0;
    const { stdout } = await run('wrk', [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--timeout',
      '10s',
      '-s',
      script,
      `http://127.0.0.1:${port}/`,
      '--',
      file,
      String(start),
    ]);
    const result = JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? '{"errors":1}');
    if (result.errors > 0) throw new Error(`${workload.name}: ${result.errors} requests failed\n${stdout}`);
    // Requests in progress at the end have been sent, too.
    sent.set(key, start + result.requests + connections);
    return result;
  };
};

interface Autocannon {
  readonly requests: { readonly total: number };
  readonly duration: number;
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly errors: number;
  readonly non2xx: number;
}

// Installed with the rivals, because it is needed only if wrk is missing.
const autocannon = (): Load => {
  const cannon: (options: object) => Promise<Autocannon> = createRequire(new URL('rivals/', import.meta.url))(
    'autocannon',
  );
  return async (port, { name, requests: prepared }, connections, duration) => {
    const requests = prepared.map(({ method, path, token, body }) => ({
      method,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }));
    const result = await cannon({ url: `http://127.0.0.1:${port}`, connections, duration, requests });
    if (result.errors + result.non2xx > 0)
      throw new Error(`${name}: ${result.errors + result.non2xx} requests failed`);
    const { p50, p99, max } = result.latency;
    return { requests: result.requests.total, seconds: result.duration, p50, p99, max };
  };
};

const hasWrk = (): boolean => {
  try {
    execFileSync('which', ['wrk'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** The generator that this machine has, and its name. */
export const openLoad = (): { name: string; load: Load; close(): void } => {
  if (!hasWrk()) return { name: 'autocannon', load: autocannon(), close: () => {} };
  const directory = mkdtempSync(join(tmpdir(), 'tasks-bench-load-'));
  return {
    name: 'wrk',
    load: wrk(directory),
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
};
