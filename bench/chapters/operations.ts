// The first chapter: every operation on the service, the baselines and the rivals; and how the
// service starts.
import { runPgbench } from '../pgbench.ts';
import { peakMemory } from '../process.ts';
import { figureCells, figureHead, table } from '../report.ts';
import type { ServerName } from '../servers.ts';
import { statements } from '../statements.ts';
import { spread } from '../workloads.ts';
import { type Bench, four, startOn, stopAll } from './bench.ts';

/** Every operation at every number of connections, on the service, the baselines and the rivals. */
export const operations = async (bench: Bench): Promise<string> => {
  const { quick, data, measure, postgres, rivals } = bench;
  const owners = Math.min(data.owners, 1000);
  const names: readonly ServerName[] = ['service', 'bare', ...rivals];
  const subjects = await Promise.all(names.map((name) => startOn(bench, name, data)));
  const idle = subjects.map(({ server }) => peakMemory(server.pid));
  const text: string[] = [];
  for (const connections of quick ? [50] : [50, 1, 100]) {
    const rows = [];
    // The rivals are measured at only one number of connections, because they take long.
    const isCompared = connections === 50;
    const met = isCompared ? subjects : subjects.slice(0, 2);
    const plan = { connections, seconds: 1, rounds: quick ? 1 : isCompared ? 15 : 7 };
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
        seconds: quick ? 1 : 3,
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

/** From the start of the process to its first successful response. */
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
