// The second chapter: what changes with many users and with many tasks.
import type { Workload } from '../load.ts';
import type { Figures, Subject } from '../measure.ts';
import { figureCells, figureHead, table } from '../report.ts';
import { bigOwner, large, ownerOf, small } from '../seed.ts';
import { spread, workOf } from '../workloads.ts';
import { type Bench, four, startOn, stopAll } from './bench.ts';

/** Ten thousand users at a hundred connections; and only new tokens, which no cache contains. */
export const manyUsers = async (bench: Bench): Promise<string> => {
  const subject = await startOn(bench, 'service', large);
  const plan = { connections: 100, seconds: 1, rounds: 5 };
  const rows = [];
  const over = { owners: large.owners, requests: 40_000 };
  // So many that no token comes twice.
  const once = { owners: large.owners, requests: 150_000 };
  const loads = [
    ...(await Promise.all(four.map((operation) => spread(operation, over)))),
    await spread('get', { ...once, newTokens: true }),
    // Last, because it leaves no tasks to get.
    await spread('delete', once),
  ];
  for (const workload of loads) {
    const [figures] = await bench.measure(plan, [[subject, workload]]);
    if (figures) rows.push([workload.name, ...figureCells(figures), figures.max]);
  }
  await stopAll([subject]);
  const head = table(['operation', ...figureHead, 'slowest ms'], rows);
  return ['### 10,000 users, 100 connections', head].join('\n\n');
};

const plan = { connections: 50, seconds: 1, rounds: 15 };

// The same work on a small and on a large amount of data.
const compare = async (
  { measure }: Bench,
  name: string,
  ...places: readonly [readonly [Subject, Workload], readonly [Subject, Workload]]
) => {
  const [small, large] = await measure(plan, places);
  if (small === undefined || large === undefined) throw new Error(`${name} was not measured`);
  const total = ({ serverCpu, databaseCpu }: Figures) => serverCpu + databaseCpu;
  return [
    name,
    small.serverCpu,
    small.databaseCpu,
    large.serverCpu,
    large.databaseCpu,
    `${(total(large) / total(small)).toFixed(2)} ×`,
  ];
};

const headOf = (small: string, large: string) => [
  '',
  `${small}: server µs`,
  'database µs',
  `${large}: server µs`,
  'database µs',
  'growth',
];

/**
 * The same work by many owners on ten thousand and on a million tasks; and by one owner on a short
 * and a long list.
 */
export const growth = async (bench: Bench): Promise<string> => {
  const few = await startOn(bench, 'service', small);
  const many = await startOn(bench, 'service', large);
  const ofMany = [];
  for (const operation of four) {
    const ofFew = await spread(operation, { owners: small.owners, requests: 4000 });
    const ofAll = await spread(operation, { owners: large.owners, requests: 4000 });
    ofMany.push(await compare(bench, operation, [few, ofFew], [many, ofAll]));
  }
  const ofOne = [];
  for (const work of ['get', 'list, first page', 'list, last page', 'update', 'create'] as const) {
    const short = await workOf(work, ownerOf(1), many.databaseUrl);
    const long = await workOf(work, bigOwner, many.databaseUrl);
    ofOne.push(await compare(bench, work, [many, short], [many, long]));
  }
  await stopAll([few, many]);
  return [
    '### Growth of the table, many owners at 50 connections',
    table(headOf('10,000 tasks', '1,000,000 tasks'), ofMany),
    '### Growth of a list, one owner at 50 connections',
    table(headOf('list of 100', 'list of 100,000'), ofOne),
  ].join('\n\n');
};
