// `DATABASE_URL=… node bench/counts.ts`: what the summary, the labels and a renamed label cost in
// Postgres, for owners with few and with very many tasks. It measures the processor time of the
// backend if that can be read (Linux, Postgres on this machine), and otherwise the elapsed time.
// The database needs the schema (`npm run migrate`); the owners are created and deleted again.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { OwnerId } from '../src/auth/principal.ts';
import type { Statements } from '../src/postgres/database.ts';
import { countsOf } from '../src/tasks/counts-store.ts';
import { defaultPieces } from '../src/tasks/erasure.ts';
import { labelRenamesOf } from '../src/tasks/label-renames.ts';
import { someone } from '../test/support/author.ts';

// Timestamps stay text, as in the service.
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (text) => text);
const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
const [{ pid }] = (await client.query('SELECT pg_backend_pid() AS pid')).rows;

const rounds = 5;
const prefix = 'bench-counts-';

/** The labels of each task `n`, and how many tasks there are. */
const owners: Readonly<Record<string, readonly [tasks: number, labels: string]>> = {
  '1,000 tasks': [1000, `jsonb_build_array('Home', 'Label ' || n % 50)`],
  '10,000 tasks': [10_000, `jsonb_build_array('Home', 'Label ' || n % 50)`],
  '100,000 tasks': [100_000, `jsonb_build_array('Home', 'Label ' || n % 50)`],
  '1,000,000 tasks': [1_000_000, `jsonb_build_array('Home', 'Label ' || n % 50)`],
  '30,000 tasks of 20 long labels': [
    30_000,
    `(SELECT jsonb_agg(rpad(n || '-' || i, 50, '𝔘')) FROM generate_series(1, 20) AS i)`,
  ],
};

const fill = async (owner: string, tasks: number, labels: string): Promise<void> => {
  await client.query('INSERT INTO owner_clock (owner_id, seq) VALUES ($1, $2)', [owner, tasks]);
  // Half of them are open, and a quarter of these each has no due time, a day, a local time and a zone.
  await client.query(
    `INSERT INTO tasks (owner_id, title, completed, completed_at, created_at, updated_at, change_seq, due, labels)
     SELECT $1, 'Task number ' || n, n % 2 = 0, CASE WHEN n % 2 = 0 THEN at END, at, at, n,
       (ARRAY[NULL, to_char(at, 'YYYY-MM-DD'), to_char(at, 'YYYY-MM-DD"T"HH24:MI'),
         to_char(at, 'YYYY-MM-DD"T"HH24:MI') || '[Europe/Berlin]'])[1 + n / 2 % 4], ${labels}
     FROM generate_series(1, $2::integer) AS n,
       LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 minute' AS at) AS time`,
    [owner, tasks],
  );
};

const clear = async (): Promise<void> => {
  for (const table of ['tasks', 'owner_clock']) {
    await client.query(`DELETE FROM ${table} WHERE owner_id LIKE $1`, [`${prefix}%`]);
  }
};

const run = async ({ sql, values, name }: { sql: string; values: readonly unknown[]; name?: string }) =>
  (await client.query({ name, text: sql.replaceAll('$slonik_', '$'), values: [...values] })).rows[0] ?? null;
const database = {
  one: run,
  maybeOne: run,
  transaction: async (work: (statements: Statements) => Promise<unknown>) => {
    await client.query('BEGIN');
    const result = await work(database);
    await client.query('COMMIT');
    return result;
  },
} as unknown as Statements;

/** Milliseconds of the backend's processor time so far. */
const spent = (): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
};

const timeOf = async (work: () => Promise<unknown>, times = rounds): Promise<string> => {
  const taken: number[] = [];
  for (let round = 0; round < times; round++) {
    const before = spent();
    await work();
    taken.push(spent() - before);
  }
  return (taken.toSorted((a, b) => a - b)[Math.floor(times / 2)] ?? 0).toFixed(1);
};

try {
  await clear();
  console.log(
    '| owner | summary | the same, unchanged | labels | a label that no task has | tasks renamed |',
  );
  console.log('| --- | ---: | ---: | ---: | ---: | ---: |');
  for (const [name, [tasks, labels]] of Object.entries(owners)) {
    const owner = `${prefix}${tasks}` as OwnerId;
    await fill(owner, tasks, labels);
    await client.query('VACUUM ANALYZE tasks');
    const counts = countsOf(database, owner);
    const overdueAt = '2026-01-08T09:00:00+01:00';
    const { tag } = await counts.summary({ overdueAt, known: [] });
    const { renameLabel } = labelRenamesOf(database, { owner, ...someone }, defaultPieces);
    const absent = { label: 'Absent', newLabel: 'New', after: null };
    const cells = [
      await timeOf(() => counts.summary({ overdueAt, known: [] })),
      await timeOf(() => counts.summary({ overdueAt, known: [tag] })),
      await timeOf(() => counts.labels({ limit: 100, after: null, known: [] })),
      await timeOf(() => renameLabel(absent)),
      (await renameLabel({ label: 'Home', newLabel: 'House', after: null })).changed,
    ];
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
} finally {
  await clear();
  await client.end();
}
