// Hostile neighbours: the successful responses of ordinary owners during each attack, as a ratio to
// those without it. They send fewer requests than the service can serve, each owner less than the
// rate limit, and do not wait for a response before the next request. The service runs with its
// defaults for production.
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { attacks, cleared, exported, searched, searchedToo } from '../attacks.ts';
import { createClients, type Outcome } from '../open-loop.ts';
import { query } from '../postgres.ts';
import { peakMemory, type Server } from '../process.ts';
import { type Cell, table } from '../report.ts';
import { start } from '../servers.ts';
import { spread } from '../workloads.ts';
import type { OverloadOptions } from './overload.ts';

/** Requests a second of all ordinary owners together, spread over 100 of them. */
const rate = 400;

/** How long each measurement lasts, and how long an attack runs before it is measured, in milliseconds. */
const duration = 6000;
const lead = 6000;

/**
 * For attacks on a machine that the ordinary owners saturate: how many of them wait for each
 * response.
 */
const saturated = new Set(['exports of one owner']);
const waiting = 16;

const script = fileURLToPath(new URL('../attacks.ts', import.meta.url));
const run = promisify(execFile);

interface Filling {
  readonly owner: string;
  readonly tasks: number;
  /** Characters of each description. */
  readonly description: number;
  readonly completed: boolean;
}

const fill = async (url: string, { owner, tasks, description, completed }: Filling): Promise<void> => {
  await query(
    url,
    `INSERT INTO owner_clock (owner_id, seq) VALUES ('${owner}', ${tasks}) ON CONFLICT DO NOTHING`,
  );
  await query(
    url,
    `INSERT INTO tasks (owner_id, title, description, completed, completed_at, created_at, updated_at, change_seq)
     SELECT '${owner}', 't' || n, repeat('a', ${description}), ${completed}, CASE WHEN ${completed} THEN now() END,
       now(), now(), n
     FROM generate_series(1, ${tasks}) AS n`,
  );
};

/** Counts the failed readiness checks, at ten checks a second, until it is stopped. */
const watchReadiness = (port: number) => {
  let failed = 0;
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(5000) }).then(
      async (response) => {
        await response.arrayBuffer();
        if (!response.ok) failed += 1;
      },
      () => {
        failed += 1;
      },
    );
  const asked: Promise<void>[] = [];
  const timer = setInterval(() => asked.push(ask()), 100);
  return async (): Promise<number> => {
    clearInterval(timer);
    await Promise.all(asked);
    return failed;
  };
};

type Clients = ReturnType<typeof createClients>;

/**
 * The results of the ordinary owners. If they wait for each response, its latency is that of a
 * saturated machine.
 */
const measure = async (clients: Clients, name: string): Promise<Pick<Outcome, 'goodput' | 'p50' | 'p99'>> => {
  if (!saturated.has(name)) return clients.openLoop(rate, duration);
  return {
    goodput: Math.round(await clients.closedLoop(waiting, duration)),
    p50: Number.NaN,
    p99: Number.NaN,
  };
};

const describe = ({ goodput, p50, p99 }: Pick<Outcome, 'goodput' | 'p50' | 'p99'>): Cell[] => [
  goodput,
  p50,
  p99,
];

const measureAttack = async (server: Server, name: string, clients: Clients): Promise<Cell[]> => {
  const without = await measure(clients, name);
  const seconds = (lead + duration + 1000) / 1000;
  const attack = run(process.execPath, [script, name, String(server.port), String(seconds)]);
  await sleep(lead);
  const stop = watchReadiness(server.port);
  const beside = await measure(clients, name);
  const failed = await stop();
  const { stdout } = await attack;
  const statuses = Object.entries<number>(JSON.parse(stdout)).map(([status, times]) => `${status}: ${times}`);
  const ratio = without.goodput === 0 ? Number.NaN : beside.goodput / without.goodput;
  console.log(`${name}: ${ratio.toFixed(2)}, p50 ${without.p50} and ${beside.p50} ms, not ready ${failed}`);
  return [
    name,
    ratio.toFixed(2),
    ...describe(without),
    ...describe(beside),
    failed,
    peakMemory(server.pid),
    statuses.join(', ') || '–',
  ];
};

/** The table of all attacks, or of those in `names`, with a new process for each. */
export const neighbours = async ({
  databaseUrl,
  output,
  names,
}: OverloadOptions & { readonly names: readonly string[] }): Promise<string> => {
  for (const owner of [searched, ...searchedToo]) {
    await fill(databaseUrl, { owner, tasks: 3000, description: 2000, completed: false });
  }
  await fill(databaseUrl, { owner: exported, tasks: 20_000, description: 2000, completed: false });
  await fill(databaseUrl, { owner: cleared, tasks: 200_000, description: 20, completed: true });
  const { requests } = await spread('mixed', { owners: 100, requests: 8000 });
  const rows: Cell[][] = [];
  for (const name of names.length > 0 ? names : Object.keys(attacks)) {
    const server = await start('service', { databaseUrl, output, env: { RATE_LIMIT: '600' } });
    const clients = createClients(server.port, requests);
    try {
      await clients.openLoop(rate, lead);
      rows.push(await measureAttack(server, name, clients));
    } catch (error) {
      rows.push([name, 'the service ended', error instanceof Error ? error.message : String(error)]);
    } finally {
      clients.close();
      await server.stop();
    }
  }
  return table(
    [
      'attack',
      'ratio',
      'good/s without',
      'p50 ms',
      'p99 ms',
      'good/s beside',
      'p50 ms',
      'p99 ms',
      'not ready',
      'memory MB',
      'what the attacker got',
    ],
    rows,
  );
};
