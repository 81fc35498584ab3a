// The second chapter: what changes with many users and with many tasks.
import type { Figures } from '../measure.ts';
import { figureCells, figureHead, table } from '../report.ts';
import { large, small } from '../seed.ts';
import { bigList, bigOwnerWork, spread } from '../workloads.ts';
import { type Bench, four, startOn, stopAll } from './bench.ts';

/** Ten thousand users at a hundred connections; and tokens that are all new, which no cache helps. */
export const manyUsers = async (bench: Bench): Promise<string> => {
  const subject = await startOn(bench, 'service', large);
  const plan = { connections: 100, seconds: 2, rounds: 2 };
  const rows = [];
  const over = { owners: large.owners, requests: 40_000 };
  const loads = [
    ...(await Promise.all(four.map((operation) => spread(operation, over)))),
    await spread('get', { owners: large.owners, requests: 20_000, newTokens: true }),
    // Last, because it leaves nothing to get.
    await spread('delete', over),
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
