// `npm run bench`: measures the service and the floors on a real Postgres and writes the tables of README.md.
//   --quick          a minute instead of twenty: fewer connections and rounds, nothing is written
//   --rivals         also Fastify + postgres.js and FastAPI + SQLModel, installed on the first use
//   --against DIR    compares with another checkout in turn, and nothing else; nothing is written
//   --profile        where the time goes, and nothing else
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench } from './chapters/bench.ts';
import { compare, profile } from './chapters/diagnose.ts';
import { operations, startUp } from './chapters/operations.ts';
import { growth, manyUsers } from './chapters/scale.ts';
import { openLoad } from './load.ts';
import { createMeasure } from './measure.ts';
import { startPostgres } from './postgres.ts';
import { machine, writeSection } from './report.ts';
import { large, seed, small } from './seed.ts';
import { freePort, installRivals } from './servers.ts';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rivals: { type: 'boolean', default: false },
    against: { type: 'string' },
    profile: { type: 'boolean', default: false },
  },
});
const { quick, against } = options;
const rivals = options.rivals ? installRivals() : [];
const { name: generator, load, close } = openLoad();
const postgres = await startPostgres(await freePort());
const description = machine(postgres.description, generator);
const logs = mkdtempSync(join(tmpdir(), 'tasks-bench-logs-'));

const say = (text: string) => console.log(`${text}\n`);
const section = (name: string, text: string) => {
  say(text);
  if (!quick) writeSection(name, text);
};

try {
  const bench: Bench = {
    postgres,
    load,
    measure: createMeasure(postgres, load),
    output: openSync(join(logs, 'log'), 'a'),
    quick,
    rivals,
    data: quick || against !== undefined || options.profile ? small : large,
  };
  const fill = (data: typeof large) => seed(postgres.urlOf('postgres'), postgres.urlOf(data.database), data);
  say(description);
  await fill(bench.data);
  if (against !== undefined) say(await compare(bench, against));
  else if (options.profile) section('profile', await profile(bench));
  else {
    const tables = [description];
    // Written after each chapter, so that an interrupted run keeps what it has measured.
    const add = async (chapter: Promise<string>) => {
      const text = await chapter;
      say(text);
      tables.push(text);
      if (!quick) writeSection('figures', tables.join('\n\n'));
    };
    await add(operations(bench));
    await add(startUp(bench));
    if (!quick) {
      await fill(small);
      await add(growth(bench));
      // Last, because it deletes.
      await add(manyUsers(bench));
    }
  }
} finally {
  close();
  await postgres.stop();
  rmSync(logs, { recursive: true });
}
