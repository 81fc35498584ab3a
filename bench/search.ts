// `DATABASE_URL=… node bench/search.ts`: what a search costs in Postgres, for each way to compare
// texts, with the worst kinds of texts and needles; and what an index of trigrams would cost each
// write. It measures the processor time of the backend if that can be read (Linux, Postgres on this
// machine), and otherwise the elapsed time. The database needs the schema (`npm run migrate`) but
// no rows: this creates them in a schema that it drops.
import { readFileSync } from 'node:fs';
import pg from 'pg';

const rowsOfKind = 3000;
const rounds = 3;
const writes = 2000;

const client = new pg.Client(process.env.DATABASE_URL);
await client.connect();
const [{ pid }] = (await client.query('SELECT pg_backend_pid() AS pid')).rows;

/** Milliseconds of the backend's processor time so far. */
const spent = (): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
};

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const timeOf = async (text: string, values: unknown[]): Promise<number> => {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = spent();
    await client.query(text, values);
    times.push(spent() - before);
  }
  return median(times);
};

const texts: Readonly<Record<string, string>> = {
  'a, 2,000 times': "repeat('a', 2000)",
  'a, 200 times': "left(repeat('a', 200) || n, 200)",
  'ab, 1,000 times': "repeat('ab', 1000)",
  'Ж, 2,000 times': "repeat('Ж', 2000)",
  'an emoji, 2,000 times': "repeat('😀', 2000)",
  '% and _, 1,000 times': "repeat('%_', 1000)",
  'σςΣ, 666 times': "repeat('σςΣ', 666)",
  'words, 2,000 characters': "left(repeat(md5(n::text) || ' milk and oats ', 50), 2000)",
  'a sentence': "'Remember the oat milk, and ask Anna about ' || md5(n::text)",
};

const needles: readonly (readonly [string, string, string])[] = [
  ['a, 2,000 times', '99 a, then b', `${'a'.repeat(99)}b`],
  ['a, 2,000 times', 'b, then 199 a', `b${'a'.repeat(199)}`],
  ['a, 2,000 times', '100 a, b, 99 a', `${'a'.repeat(100)}b${'a'.repeat(99)}`],
  ['a, 200 times', '199 a, then b', `${'a'.repeat(199)}b`],
  ['ab, 1,000 times', '99 ab, then aa', `${'ab'.repeat(99)}aa`],
  ['Ж, 2,000 times', '199 ж, then x', `${'ж'.repeat(199)}x`],
  ['an emoji, 2,000 times', 'x, then 199', `x${'😀'.repeat(199)}`],
  ['an emoji, 2,000 times', '199, then x', `${'😀'.repeat(199)}x`],
  ['% and _, 1,000 times', '99 %_, then %%', `${'%_'.repeat(99)}%%`],
  ['σςΣ, 666 times', '199 σ, then x', `${'σ'.repeat(199)}x`],
  ['words, 2,000 characters', 'absent', 'zebra'],
  ['a sentence', 'absent', 'zebra'],
];

const folded = (text: string) => `convert_to(replace(lower(${text} COLLATE task_search), 'ς', 'σ'), 'UTF8')`;

/** Each way to compare, and its parameter for a needle. */
const ways: Readonly<Record<string, readonly [string, (needle: string) => string]>> = {
  ILIKE: [
    "replace(text, 'ς', 'σ') COLLATE task_search ILIKE $1",
    (needle) => `%${needle.replaceAll('ς', 'σ').replace(/[\\%_]/g, '\\$&')}%`,
  ],
  strpos: [
    "strpos(replace(lower(text COLLATE task_search), 'ς', 'σ'), $1) > 0",
    (needle) => needle.toLowerCase().replaceAll('ς', 'σ'),
  ],
  'regular expression': [
    'text COLLATE task_search ~* $1',
    (needle) => needle.replace(/[^\p{L}\p{N}\p{S}\s]|[$+<=>^`|~]/gu, '\\$&'),
  ],
  bytes: [`position((SELECT ${folded('$1::text')}) IN ${folded('text')}) > 0`, (needle) => needle],
};

const compare = async (): Promise<void> => {
  await client.query('CREATE TABLE texts (kind text, text text)');
  for (const [kind, text] of Object.entries(texts)) {
    await client.query(`INSERT INTO texts SELECT $1, ${text} FROM generate_series(1, ${rowsOfKind}) AS n`, [
      kind,
    ]);
  }
  await client.query('CREATE INDEX ON texts (kind)');
  await client.query('ANALYZE texts');
  const names = Object.keys(ways);
  console.log(`| texts, ${rowsOfKind} of each | needle | ${names.join(' | ')} |`);
  console.log(`| --- | --- | ${names.map(() => '---:').join(' | ')} |`);
  for (const [kind, name, needle] of needles) {
    const times: string[] = [];
    for (const [predicate, parameter] of Object.values(ways)) {
      const text = `SELECT count(*) FROM texts WHERE kind = '${kind}' AND ${predicate}`;
      times.push((await timeOf(text, [parameter(needle)])).toFixed(0));
    }
    console.log(`| ${kind} | ${name} | ${times.join(' | ')} |`);
  }
};

const create = `
  INSERT INTO written (owner_id, title, description, completed, created_at, updated_at, change_seq)
  VALUES ($1, $2, $3, false, now(), now(), 1) RETURNING id`;
const complete = `UPDATE written SET completed = true, completed_at = now(), version = 2 WHERE owner_id = $1 AND id = $2`;

const words = 'buy oat milk bread call mother about party invite friends prepare slides monday meeting'.split(
  ' ',
);
const sentence = (length: number): string =>
  Array.from({ length }, () => words[Math.floor(Math.random() * words.length)]).join(' ');

const writeCost = async (way: string, index: string | null): Promise<readonly [number, number]> => {
  await client.query('DROP TABLE IF EXISTS written');
  await client.query('CREATE TABLE written (LIKE tasks INCLUDING ALL)');
  if (index !== null) await client.query(index);
  const owners = Array.from({ length: writes }, (_, n) => `owner ${n % 20}`);
  const made: { owner: string; id: string }[] = [];
  let before = spent();
  for (const owner of owners) {
    const { rows } = await client.query({
      name: `create, ${way}`,
      text: create,
      values: [owner, sentence(6), sentence(40)],
    });
    made.push({ owner, id: rows[0].id });
  }
  const created = spent() - before;
  await client.query('ANALYZE written');
  before = spent();
  for (const { owner, id } of made)
    await client.query({ name: `complete, ${way}`, text: complete, values: [owner, id] });
  return [(created * 1000) / writes, ((spent() - before) * 1000) / writes];
};

const trigrams = async (): Promise<void> => {
  const index = (option: string) =>
    `CREATE INDEX ON written USING gin (owner_id, title gin_trgm_ops, description gin_trgm_ops) WITH (fastupdate = ${option})`;
  console.log('\n| index of trigrams | create, µs | complete, µs |\n| --- | ---: | ---: |');
  for (const [name, statement] of [
    ['none', null],
    ['updated at once', index('off')],
    ['updated later (fastupdate)', index('on')],
  ] as const) {
    const costs = await writeCost(name, statement);
    console.log(`| ${name} | ${costs.map((cost) => cost.toFixed(0)).join(' | ')} |`);
  }
};

try {
  await client.query('CREATE SCHEMA search_bench');
  await client.query('SET search_path = search_bench, public');
  await client.query('SET synchronous_commit = off');
  await compare();
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gin');
  await trigrams();
} finally {
  await client.query('DROP SCHEMA IF EXISTS search_bench CASCADE');
  await client.end();
}
