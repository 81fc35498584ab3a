// `node bench/partial-indexes.ts`: what each of the partial indexes, on due dates and on priorities,
// adds to the update and to the creation of a task. It measures the processor time of the backend if
// that can be read (Linux, Postgres on this machine), and otherwise the elapsed time. It starts its
// own Postgres, or creates a database at BENCH_DATABASE_URL. The indexes are dropped in transactions
// that are rolled back.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { OwnerId } from '../src/auth/principal.ts';
import type { Statements } from '../src/postgres/database.ts';
import type { TaskCreate } from '../src/tasks/columns.ts';
import { tasksOf } from '../src/tasks/store.ts';
import { someone } from '../test/support/author.ts';
import { startPostgres } from './postgres.ts';
import { type Dataset, seed } from './seed.ts';
import { freePort } from './servers.ts';

const dataset: Dataset = { database: 'tasks_bench_partial', owners: 1000, big: 0 };
const owner = 'bench-partial-indexes' as OwnerId;
const rounds = 12;
const writes = 1000;

/** The indexes that each column of the table is without. */
const variants: Readonly<Record<string, readonly string[]>> = {
  neither: ['tasks_by_due', 'tasks_by_priority'],
  'due dates': ['tasks_by_priority'],
  priorities: ['tasks_by_due'],
  both: [],
};

/** A task that is in the indexes, and one that is in none. */
const kinds: Readonly<Record<string, TaskCreate>> = {
  'with due and priority': { title: 'Task', due: '2026-03-01T09:30', priority: 'high' },
  'with neither': { title: 'Task' },
};

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const postgres = await startPostgres(await freePort());
const url = postgres.urlOf(dataset.database);
await seed(postgres.urlOf('postgres'), url, dataset);
const client = new pg.Client(url);
await client.connect();
const [{ pid }] = (await client.query('SELECT pg_backend_pid() AS pid')).rows;

const run = async ({ sql, values, name }: { sql: string; values: readonly unknown[]; name?: string }) =>
  (await client.query({ name, text: sql.replaceAll('$slonik_', '$'), values: [...values] })).rows[0] ?? null;
const database = {
  one: run,
  maybeOne: run,
  turn: (work: (statements: Statements) => Promise<unknown>) => work(database),
} as unknown as Statements;
const tasks = tasksOf(database, owner, someone);
const unconditional = { match: null, noneMatch: [], mustNotExist: false };

/** Microseconds of the backend's processor time so far. */
const spent = (): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
  } catch {
    return performance.now() * 1000;
  }
};

/** Microseconds for each write without some of the indexes. Nothing of it stays. */
const timeOf = async (
  missing: readonly string[],
  write: (n: number) => Promise<unknown>,
): Promise<number> => {
  await client.query('BEGIN');
  if (missing.length > 0) await client.query(`DROP INDEX ${missing.join()}`);
  // The first one plans the statement.
  await write(0);
  const before = spent();
  for (let n = 1; n <= writes; n++) await write(n);
  const taken = (spent() - before) / writes;
  await client.query('ROLLBACK');
  await client.query('VACUUM tasks, owner_clock');
  return taken;
};

const fill = async ({ due, priority }: TaskCreate): Promise<string[]> => {
  await client.query('DELETE FROM tasks WHERE owner_id = $1', [owner]);
  // Their due dates and priorities differ, so that the indexes are like those of a person's tasks.
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO tasks (owner_id, title, completed, created_at, updated_at, change_seq, due, priority)
     SELECT $1, 'Task number ' || n, false, now(), now(), n,
       CASE WHEN $2 THEN to_char(timestamp '2026-01-01' + n * interval '1 hour', 'YYYY-MM-DD"T"HH24:MI') END,
       CASE WHEN $3 THEN (ARRAY['low', 'medium', 'high', 'urgent'])[1 + n % 4]::task_priority ELSE 'none' END
     FROM generate_series(1, $4::integer) AS n
     RETURNING id`,
    [owner, due !== undefined, priority !== undefined, writes + 1],
  );
  await client.query('VACUUM ANALYZE tasks');
  return rows.map(({ id }) => id);
};

try {
  console.log(postgres.description);
  await client.query('INSERT INTO owner_clock (owner_id, seq) VALUES ($1, $2)', [owner, writes + 1]);
  console.log(`| write of a task | ${Object.keys(variants).join(' | ')} |`);
  console.log('| --- | ---: | ---: | ---: | ---: |');
  for (const [kind, task] of Object.entries(kinds)) {
    const ids = await fill(task);
    const operations: Readonly<Record<string, (n: number) => Promise<unknown>>> = {
      update: (n) => tasks.update(ids[n] ?? '', { title: 'Changed' }, unconditional),
      create: () => tasks.create(task),
    };
    for (const [operation, write] of Object.entries(operations)) {
      const taken = new Map(Object.keys(variants).map((name) => [name, [] as number[]]));
      for (let round = 0; round < rounds; round++) {
        // Each round begins with another one, so that none is always the first.
        const all = Object.entries(variants);
        const start = round % all.length;
        for (const [name, missing] of [...all.slice(start), ...all.slice(0, start)]) {
          taken.get(name)?.push(await timeOf(missing, write));
        }
      }
      const cells = [...taken.values()].map((times) => median(times).toFixed(0));
      console.log(`| ${operation}, ${kind} | ${cells.join(' | ')} |`);
    }
  }
} finally {
  await client.end();
  await postgres.stop();
}
