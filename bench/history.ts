// `node bench/history.ts [CHECKOUT]`: what the history adds to the writes of one task, and how large
// it is. Each write runs with the history and without it, in turn, and with the statements of another
// checkout of the service if one is given. The time is processor time of the backend, if that can be
// read (Linux, Postgres on this machine), and otherwise elapsed time; to it comes the processor time
// of this process, which puts the statement together, sends it and reads the result. It starts its
// own Postgres, or creates a database at BENCH_DATABASE_URL.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import type { OwnerId } from '../src/auth/principal.ts';
import type { Statements } from '../src/postgres/database.ts';
import { authorOf } from '../src/tasks/history/author.ts';
import { type TaskStore, tasksOf } from '../src/tasks/store.ts';
import { startPostgres } from './postgres.ts';
import { type Dataset, seed } from './seed.ts';
import { freePort } from './servers.ts';

const dataset: Dataset = { database: 'tasks_bench_history', owners: 1000, big: 0 };
const owner = 'bench-history' as OwnerId;
const rounds = Number(process.env.BENCH_ROUNDS ?? 7);
const writes = 300;
/** Rows of others that are in the history already. */
const recorded = 200_000;

const postgres = await startPostgres(await freePort());
const url = postgres.urlOf(dataset.database);
await seed(postgres.urlOf('postgres'), url, dataset);
const client = new pg.Client(url);
await client.connect();
// The wait for the disk is the same for all.
await client.query('SET synchronous_commit = off');
const [{ pid }] = (await client.query('SELECT pg_backend_pid() AS pid')).rows;

// Names of prepared statements are of a variant, because their texts differ.
const statementsOf = (variant: string): Statements => {
  const run = async ({ sql, values, name }: { sql: string; values: readonly unknown[]; name?: string }) =>
    (
      await client.query({
        name: `${variant} ${name}`,
        text: sql.replaceAll('$slonik_', '$'),
        values: [...values],
      })
    ).rows[0] ?? null;
  const database = {
    one: run,
    maybeOne: run,
    turn: (work: (statements: Statements) => Promise<unknown>) => work(database),
  } as unknown as Statements;
  return database;
};

const storeOf = (variant: string, isRecorded: boolean): TaskStore => {
  const author = authorOf('updateTask', { clientId: 'phone-app', isRecorded });
  return tasksOf(statementsOf(variant), owner, { author });
};

const [checkout] = process.argv.slice(2);
const variants: Readonly<Record<string, TaskStore>> = {
  ...(checkout !== undefined && {
    before: (await import(join(resolve(checkout), 'src/tasks/store.ts'))).tasksOf(
      statementsOf('before'),
      owner,
    ),
  }),
  'not recorded': storeOf('off', false),
  recorded: storeOf('on', true),
};

const unconditional = { match: null, noneMatch: [], mustNotExist: false };
const operations: Readonly<Record<string, (store: TaskStore, id: string, n: number) => Promise<unknown>>> = {
  update: (store, id, n) => store.update(id, { title: `Changed ${n}` }, unconditional),
  complete: (store, id) => store.complete(id, undefined, unconditional),
  delete: (store, id) => store.delete(id, undefined, unconditional),
  create: (store, _id, n) => store.create({ title: `Task number ${n}`, due: '2026-03-01T09:30' }),
};

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Microseconds of the backend's processor time so far. */
const backendTime = (): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
  } catch {
    return performance.now() * 1000;
  }
};

const ownTime = (): number => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/** The owner's tasks anew. Returns their ids. */
const fill = async (): Promise<string[]> => {
  for (const table of ['tasks', 'task_tombstones', 'history', 'owner_clock']) {
    await client.query(`DELETE FROM ${table} WHERE owner_id = $1`, [owner]);
  }
  await client.query('INSERT INTO owner_clock (owner_id, seq) VALUES ($1, $2)', [owner, writes + 1]);
  const { rows } = await client.query<{ id: string }>(
    `INSERT INTO tasks (owner_id, title, description, completed, created_at, updated_at, change_seq, position, due, labels)
     SELECT $1, 'Task number ' || n, 'What is to be done for task number ' || n, false, now(), now(), n,
       task_creation_key(n, 0), to_char(timestamp '2026-01-01' + n * interval '1 hour', 'YYYY-MM-DD"T"HH24:MI'),
       '["Home"]'
     FROM generate_series(1, $2::integer) AS n
     RETURNING id`,
    [owner, writes + 1],
  );
  await client.query('VACUUM tasks, owner_clock');
  return rows.map(({ id }) => id);
};

interface Taken {
  readonly backend: number;
  readonly own: number;
}

/** Microseconds for each write. */
const timeOf = async (write: (id: string, n: number) => Promise<unknown>): Promise<Taken> => {
  const [first = '', ...ids] = await fill();
  // The first one plans the statement.
  await write(first, 0);
  const before = { backend: backendTime(), own: ownTime() };
  for (const [n, id] of ids.entries()) await write(id, n + 1);
  return {
    backend: (backendTime() - before.backend) / ids.length,
    own: (ownTime() - before.own) / ids.length,
  };
};

const measure = async (): Promise<void> => {
  const names = Object.keys(variants);
  console.log(`| write of a task | ${names.join(' | ')} | added |`);
  console.log(`| --- |${' ---: |'.repeat(names.length + 1)}`);
  for (const [operation, write] of Object.entries(operations)) {
    const taken = new Map(names.map((name) => [name, [] as Taken[]]));
    for (let round = 0; round < rounds; round++) {
      const all = Object.entries(variants);
      const start = round % all.length;
      for (const [name, store] of [...all.slice(start), ...all.slice(0, start)]) {
        taken.get(name)?.push(await timeOf((id, n) => write(store, id, n)));
      }
    }
    const backend = [...taken.values()].map((all) => median(all.map((one) => one.backend)));
    const own = [...taken.values()].map((all) => median(all.map((one) => one.own)));
    const cells = backend.map((time, n) => `${time.toFixed(0)} + ${(own[n] ?? 0).toFixed(0)}`);
    const ratio = (backend.at(-1) ?? 0) / (backend[0] ?? 1);
    console.log(`| ${operation} | ${cells.join(' | ')} | ${((ratio - 1) * 100).toFixed(0)} % |`);
  }
};

/** Others have changed their tasks, so that the history is not empty. */
const fillHistory = async (): Promise<void> => {
  await client.query(
    `INSERT INTO history (
       owner_id, change_seq, id, change, total, at, operation, client_id, is_deletion, former_seq, title,
       description, completed, created_at, updated_at, version, due, priority, labels, metadata, position
     )
     SELECT 'user-' || n % 1000, 1000 + n / 1000, gen_random_uuid(), 1000 + n / 1000, 1,
       now() - n * interval '10 seconds', 'updateTask', 'phone-app', false, n / 1000 + 1, 'Task number ' || n,
       'What is to be done for task number ' || n, false, now(), now(), 1, '2026-03-01T09:30', 'none', '["Home"]', '{}',
       task_creation_key(n, 0)
     FROM generate_series($1::integer, 1, -1) AS n`,
    [recorded],
  );
  await client.query('VACUUM ANALYZE history');
  const { rows } = await client.query<{ heap: string; indexes: string }>(
    `SELECT pg_relation_size('history')::float8 / $1 AS heap, pg_indexes_size('history')::float8 / $1 AS indexes`,
    [recorded],
  );
  const [{ heap, indexes } = { heap: '', indexes: '' }] = rows;
  console.log(
    `A row of the history takes ${Number(heap).toFixed(0)} bytes, and ${Number(indexes).toFixed(0)} in its indexes.\n`,
  );
};

try {
  console.log(postgres.description);
  await fillHistory();
  await measure();
} finally {
  await client.end();
  await postgres.stop();
}
