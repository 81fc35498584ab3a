// More load than the service can serve. It finds the load that saturates one instance, then offers one, two and four
// times as much. The database is some milliseconds away, as Neon is.
import { spawn } from 'node:child_process';
import { createClients } from '../open-loop.ts';
import { table } from '../report.ts';
import { start } from '../servers.ts';
import { spread } from '../workloads.ts';

/**
 * The one-way network delay to the database, in milliseconds; and the connections of the service.
 */
const latency = 10;
const poolMax = 4;

/** How long each load lasts, in milliseconds. */
const duration = 6000;

export interface OverloadOptions {
  readonly databaseUrl: string;
  /** Where the service's log goes: a file descriptor. */
  readonly output: number;
}

// In a separate process: in the clients' process it would be late when they are busy.
const startNetwork = async (databaseUrl: string) => {
  const url = new URL(databaseUrl);
  const script = `
    import { startProxy } from '${new URL('../../test/support/testbed/proxy.ts', import.meta.url)}';
    const { port } = await startProxy(${url.port}, { latency: ${latency} });
    console.log(port);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  url.port = await new Promise<string>((found) =>
    child.stdout.once('data', (line) => found(String(line).trim())),
  );
  return { url: url.href, stop: () => child.kill() };
};

/** The table of goodput at one, two and four times the load that saturates the service. */
export const overload = async ({ databaseUrl, output }: OverloadOptions): Promise<string> => {
  const network = await startNetwork(databaseUrl);
  const server = await start('service', {
    databaseUrl: network.url,
    output,
    env: { DATABASE_POOL_MAX: String(poolMax) },
  });
  const { requests } = await spread('list', { owners: 100, requests: 1000 });
  const clients = createClients(server.port, requests);
  try {
    await clients.closedLoop(poolMax, duration);
    const peak = await clients.closedLoop(poolMax * 4, duration);
    const rows: (string | number)[][] = [];
    for (const times of [1, 2, 4]) {
      const { offered, goodput, refused, other, p50, p99, refusedP50 } = await clients.openLoop(
        peak * times,
        duration,
      );
      rows.push([`${times} ×`, offered, goodput, refused, other, p50, p99, refusedP50]);
    }
    return [
      `Saturated at ${Math.round(peak)} requests a second (${poolMax} connections, ${latency} ms away).`,
      '',
      table(['load', 'offered/s', 'good/s', 'refused', 'other', 'p50 ms', 'p99 ms', 'refused p50 ms'], rows),
    ].join('\n');
  } finally {
    clients.close();
    await server.stop();
    network.stop();
  }
};
