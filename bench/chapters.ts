// The chapters of the report: which servers meet which load, and the table that comes of it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Load } from './load.ts';
import type { Figures, Measure, Subject } from './measure.ts';
import { runPgbench } from './pgbench.ts';
import type { BenchPostgres } from './postgres.ts';
import { peakMemory } from './process.ts';
import { profiling } from './profile.ts';
import { figureCells, figureHead, table } from './report.ts';
import { type Dataset, large, small } from './seed.ts';
import { type ServerName, type StartOptions, start } from './servers.ts';
import { statements } from './statements.ts';
import { bigList, bigOwnerWork, type Operation, spread } from './workloads.ts';

export interface Bench {
  readonly postgres: BenchPostgres;
  readonly load: Load;
  readonly measure: Measure;
  readonly output: number;
  readonly quick: boolean;
  readonly rivals: readonly ServerName[];
  readonly data: Dataset;
}

const four = ['get', 'list', 'create', 'update'] as const;

const startOn = async (
  { postgres, output }: Bench,
  name: ServerName,
  { database }: Dataset,
  options: Partial<StartOptions> = {},
): Promise<Subject> => {
  const databaseUrl = postgres.urlOf(database);
  return { server: await start(name, { databaseUrl, output, ...options }), databaseUrl };
};

const stopAll = (subjects: readonly Subject[]) => Promise.all(subjects.map(({ server }) => server.stop()));

/** Every operation at every number of connections, on the service, the floors and the rivals. */
export const operations = async (bench: Bench): Promise<string> => {
  const { quick, data, measure, postgres, rivals } = bench;
  const owners = Math.min(data.owners, 1000);
  const names: readonly ServerName[] = ['service', 'bare', ...rivals];
  const subjects = await Promise.all(names.map((name) => startOn(bench, name, data)));
  const idle = subjects.map(({ server }) => peakMemory(server.pid));
  const text: string[] = [];
  for (const connections of quick ? [50] : [50, 1, 100]) {
    const rows = [];
    // The rivals meet one number of connections only: it is theirs that takes long.
    const met = connections === 50 ? subjects : subjects.slice(0, 2);
    const plan = { connections, seconds: quick ? 1 : 2, rounds: quick ? 1 : 3 };
    for (const operation of [...four, 'mixed'] as const) {
      const workload = await spread(operation, { owners, requests: 4000 });
      const measured = await measure(
        plan,
        met.map((subject) => [subject, workload]),
      );
      rows.push(
        ...measured.map((figures, index) => [
          operation,
          met[index]?.server.name ?? '',
          ...figureCells(figures),
        ]),
      );
      if (operation === 'mixed' || postgres.pgbench === null) continue;
      const options = {
        pgbench: postgres.pgbench,
        url: postgres.urlOf(data.database),
        owners,
        connections,
        seconds: plan.seconds,
      };
      rows.push([operation, 'pgbench', await runPgbench(statements[operation], options), '', '', '', '', '']);
    }
    text.push(
      `### ${connections} connection${connections === 1 ? '' : 's'}`,
      table(['operation', 'server', ...figureHead], rows),
    );
  }
  const memory = subjects.map(({ server }, index) => [server.name, idle[index] ?? 0, peakMemory(server.pid)]);
  text.push('### Memory', table(['server', 'after start, MB', 'most, MB'], memory));
  await stopAll(subjects);
  return text.join('\n\n');
};

/** From the start of the process to its first good answer. */
export const startUp = async (bench: Bench): Promise<string> => {
  const times: number[] = [];
  for (let n = 0; n < (bench.quick ? 3 : 7); n++) {
    const subject = await startOn(bench, 'service', bench.data);
    times.push(subject.server.ready);
    await stopAll([subject]);
  }
  times.sort((a, b) => a - b);
  const cells = [times[0], times[Math.floor(times.length / 2)], times.at(-1)].map((time) =>
    Math.round(time ?? 0),
  );
  return ['### Start', table(['', 'least', 'median', 'most'], [['ready after, ms', ...cells]])].join('\n\n');
};

/** Ten thousand users at a hundred connections; and tokens that are all new, which no cache helps. */
export const manyUsers = async (bench: Bench): Promise<string> => {
  const subject = await startOn(bench, 'service', large);
  const plan = { connections: 100, seconds: 2, rounds: 2 };
  const rows = [];
  const loads = [
    ...(await Promise.all(
      ([...four, 'delete'] as const).map((operation) =>
        spread(operation, { owners: large.owners, requests: 40_000 }),
      ),
    )),
    await spread('get', { owners: large.owners, requests: 20_000, newTokens: true }),
  ];
  for (const workload of loads) {
    const [figures] = await bench.measure(plan, [[subject, workload]]);
    if (figures) rows.push([workload.name, ...figureCells(figures), figures.max]);
  }
  await stopAll([subject]);
  const head = table(['operation', ...figureHead, 'slowest ms'], rows);
  return ['### 10,000 users, 100 connections', head].join('\n\n');
};

/** The same work on ten thousand tasks, on a million, and on one list of a hundred thousand. */
export const growth = async (bench: Bench): Promise<string> => {
  const plan = { connections: 50, seconds: 2, rounds: 3 };
  const few = await startOn(bench, 'service', small);
  const many = await startOn(bench, 'service', large);
  const rows: (string | number)[][] = [];
  const total = ({ serverCpu, databaseCpu }: Figures) => serverCpu + databaseCpu;
  const cells = (figures: Figures) => [figures.serverCpu, figures.databaseCpu];
  const add = (name: string, [base, ...others]: Figures[]) => {
    if (base === undefined) return;
    const grown = others.flatMap((figures) => [
      ...cells(figures),
      `${(total(figures) / total(base)).toFixed(2)} ×`,
    ]);
    rows.push([name, ...cells(base), ...grown]);
  };
  for (const operation of four) {
    add(
      operation === 'list' ? 'list, first page' : operation,
      await bench.measure(plan, [
        [few, await spread(operation, { owners: small.owners, requests: 4000 })],
        [many, await spread(operation, { owners: large.owners, requests: 4000 })],
        [
          many,
          operation === 'list'
            ? await bigList(many.databaseUrl, 'first')
            : await bigOwnerWork(operation, 2000),
        ],
      ]),
    );
    if (operation !== 'list') continue;
    const [last] = await bench.measure(plan, [[many, await bigList(many.databaseUrl, 'last')]]);
    const [base] = rows.slice(-1).map(([, server, database]) => Number(server) + Number(database));
    if (last && base)
      rows.push([
        'list, last page',
        '',
        '',
        '',
        '',
        '',
        ...cells(last),
        `${(total(last) / base).toFixed(2)} ×`,
      ]);
  }
  await stopAll([few, many]);
  const head = [
    '',
    '10,000 tasks: server µs',
    'database µs',
    '1,000,000 tasks: server µs',
    'database µs',
    'growth',
    'list of 100,000: server µs',
    'database µs',
    'growth',
  ];
  return ['### Growth, 50 connections', table(head, rows)].join('\n\n');
};

/** The service against another checkout of it, in turn. */
export const compare = async (bench: Bench, root: string): Promise<string> => {
  const subjects = [
    await startOn(bench, 'service', bench.data),
    await startOn(bench, 'service', bench.data, { root }),
  ];
  const rows = [];
  for (const operation of four) {
    const workload = await spread(operation, { owners: bench.data.owners, requests: 4000 });
    const plan = { connections: 50, seconds: 2, rounds: 5 };
    const measured = await bench.measure(
      plan,
      subjects.map((subject) => [subject, workload]),
    );
    rows.push(
      ...measured.map((figures, index) => [
        operation,
        index === 0 ? 'this' : 'other',
        ...figureCells(figures),
      ]),
    );
  }
  await stopAll(subjects);
  return table(['operation', 'checkout', ...figureHead], rows);
};

/** Where the time of each operation goes. */
export const profile = async (bench: Bench): Promise<string> => {
  const shares = new Map<string, Map<Operation, number>>();
  for (const operation of four) {
    const { args, begin, read } = profiling();
    const { server } = await startOn(bench, 'service', bench.data, { nodeArgs: args });
    const workload = await spread(operation, { owners: bench.data.owners, requests: 4000 });
    await bench.load(server.port, workload, 50, 3);
    begin();
    await bench.load(server.port, workload, 50, 5);
    await sleep(100);
    await server.stop();
    for (const [share, part] of read()) {
      shares.set(share, (shares.get(share) ?? new Map<Operation, number>()).set(operation, part));
    }
  }
  const rows = [...shares].map(([share, parts]) => [
    share,
    ...four.map((operation) => `${((parts.get(operation) ?? 0) * 100).toFixed(0)} %`),
  ]);
  return table(['share of the main thread', ...four], rows);
};
