// `node bench/overload.ts [overload|neighbours]`: does the service stay useful under more load than
// it can serve, and beside hostile clients? It creates its own Postgres and connects only to this
// machine.
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { neighbours } from './chapters/neighbours.ts';
import { overload } from './chapters/overload.ts';
import { startPostgres } from './postgres.ts';
import { machine, writeSection } from './report.ts';
import { seed, small } from './seed.ts';
import { freePort } from './servers.ts';

const chapters = { overload, neighbours };
const [chosen, ...names] = process.argv.slice(2);
if (chosen !== undefined && !(chosen in chapters)) throw new Error(`unknown chapter: ${chosen}`);

const postgres = await startPostgres(await freePort());
const logs = mkdtempSync(join(tmpdir(), 'tasks-bench-logs-'));
const databaseUrl = postgres.urlOf(small.database);
try {
  console.log(`${machine(postgres.description, 'Node')}\n`);
  await seed(postgres.urlOf('postgres'), databaseUrl, small);
  for (const [name, chapter] of Object.entries(chapters)) {
    if (chosen !== undefined && chosen !== name) continue;
    const text = await chapter({ databaseUrl, output: openSync(join(logs, 'log'), 'a'), names });
    console.log(`${text}\n`);
    if (names.length === 0) writeSection(name, text);
  }
} finally {
  await postgres.stop();
  rmSync(logs, { recursive: true });
}
