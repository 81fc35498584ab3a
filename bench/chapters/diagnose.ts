// For making the service faster: compares this checkout with another one, and shows where the time
// goes.
import { setTimeout as sleep } from 'node:timers/promises';
import { profiling } from '../profile.ts';
import { figureCells, figureHead, table } from '../report.ts';
import { type Operation, spread } from '../workloads.ts';
import { type Bench, four, startOn, stopAll } from './bench.ts';

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
