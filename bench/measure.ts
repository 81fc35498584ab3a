// One measurement: a load, and what it cost the server and the database, for each request.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load, Workload } from './load.ts';
import { type BenchPostgres, query } from './postgres.ts';
import { childrenCpu, cpuOf, type Server } from './process.ts';

export interface Figures {
  readonly requestsPerSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** Microseconds of processor time for each request. */
  readonly serverCpu: number;
  readonly databaseCpu: number;
  /** Statements that the database ran for each request. */
  readonly statements: number;
}

/** A server that is measured, on a database of its own or of others too. */
export interface Subject {
  readonly server: Server;
  readonly databaseUrl: string;
}

export interface Plan {
  readonly connections: number;
  /** Of one round. */
  readonly seconds: number;
  readonly rounds: number;
}

export type Measure = (plan: Plan, cases: readonly (readonly [Subject, Workload])[]) => Promise<Figures[]>;

const statementsSoFar = async (url: string): Promise<number> => {
  const [row] = await query<{ calls: string }>(
    url,
    `SELECT coalesce(sum(calls), 0) AS calls
     FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid AND datname = current_database()
     WHERE query !~ 'pg_stat_statements'`,
  ).catch(() => []);
  return row === undefined ? Number.NaN : Number(row.calls);
};

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const names = ['requestsPerSecond', 'p50', 'p99', 'max', 'serverCpu', 'databaseCpu', 'statements'] as const;

const medians = (rounds: readonly Figures[]): Figures =>
  Object.fromEntries(names.map((name) => [name, median(rounds.map((figures) => figures[name]))])) as Record<
    (typeof names)[number],
    number
  >;

/**
 * Measures the cases in turn, round after round, so that other work of the machine affects all of
 * them, and returns the medians of each. A first round of five seconds is for warming up and does
 * not count. Each round begins after a pause, in which the previous server finishes work that its
 * clients no longer wait for.
 */
export const createMeasure = (postgres: BenchPostgres, load: Load): Measure => {
  const databaseCpu = () => (postgres.pid === null ? new Map<number, number>() : childrenCpu(postgres.pid));
  const once = async (
    { server, databaseUrl }: Subject,
    workload: Workload,
    connections: number,
    seconds: number,
  ) => {
    const calls = await statementsSoFar(databaseUrl);
    const sessions = databaseCpu();
    const cpu = cpuOf(server.pid);
    const {
      requests,
      seconds: took,
      p50,
      p99,
      max,
    } = await load(server.port, workload, connections, seconds);
    const used = cpuOf(server.pid) - cpu;
    let spent = postgres.pid === null ? Number.NaN : 0;
    for (const [pid, after] of databaseCpu()) spent += after - (sessions.get(pid) ?? 0);
    return {
      requestsPerSecond: requests / took,
      p50,
      p99,
      max,
      serverCpu: used / requests,
      databaseCpu: spent / requests,
      statements: ((await statementsSoFar(databaseUrl)) - calls) / requests,
    };
  };
  return async ({ connections, seconds, rounds }, cases) => {
    const results: Figures[][] = cases.map(() => []);
    const turns = [...cases.entries()];
    for (const [subject, workload] of cases) await once(subject, workload, connections, 5);
    for (let round = 0; round < rounds; round++) {
      // Forwards and then backwards, so that no case always follows the same one.
      for (const [index, [subject, workload]] of round % 2 === 0 ? turns : turns.toReversed()) {
        await sleep(500);
        results[index]?.push(await once(subject, workload, connections, seconds));
      }
    }
    return results.map(medians);
  };
};
