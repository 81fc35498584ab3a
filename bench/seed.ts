// The data for the benchmark: owners with a hundred tasks each, whose ids can be computed, so that
// the load generator does not need to request them; and one owner with very many tasks.
import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { migrate } from '../src/db/migrations.ts';
import { createLogger } from '../src/observability/log.ts';
import { query } from './postgres.ts';

export const secret = 'a secret for the bench, 32 bytes and more';
export const tasksPerOwner = 100;
export const bigOwner = 'user-big';

export interface Dataset {
  readonly database: string;
  readonly owners: number;
  /** Tasks of `bigOwner`. */
  readonly big: number;
}

export const small: Dataset = { database: 'tasks_bench_small', owners: 100, big: 0 };
export const large: Dataset = { database: 'tasks_bench_large', owners: 10_000, big: 100_000 };

export const ownerOf = (n: number): string => `user-${n}`;

/** The id of an owner's `n`-th task, from 1; SQL (below) computes the same. */
export const taskIdOf = (owner: string, n: number): string =>
  createHash('md5')
    .update(`${owner}/${n}`)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** A token like an identity provider's. Another `id` gives another token for the same owner. */
export const tokenFor = (owner: string, id = 'bench'): Promise<string> =>
  new SignJWT({ name: 'A. User', email: `${owner}@example.com`, jti: id })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(owner)
    .setIssuedAt()
    .setExpirationTime('1d')
    .sign(new TextEncoder().encode(secret));

const insert = (owners: string, perOwner: number) => `
  INSERT INTO owner_clock (owner_id, seq) SELECT owner_id, ${perOwner} FROM (${owners}) AS owners;
  INSERT INTO tasks (owner_id, id, title, description, completed, completed_at, created_at, updated_at, change_seq)
  SELECT owner_id, md5(owner_id || '/' || n)::uuid, 'Task number ' || n || ' of this list', 'Two cartons, and the blue folder.',
    n % 3 = 0, CASE WHEN n % 3 = 0 THEN at END, at, at, n
  FROM (${owners}) AS owners, generate_series(1, ${perOwner}) AS n,
    LATERAL (SELECT timestamptz '2026-01-01' + n * interval '1 minute' + hashtext(owner_id) % 1000 * interval '1 ms' AS at) AS times`;

/**
 * Creates and fills the database of a data set. Indexes are built after the rows, which is several
 * times faster.
 */
export const seed = async (
  adminUrl: string,
  url: string,
  { database, owners, big }: Dataset,
): Promise<void> => {
  await query(adminUrl, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
  await query(adminUrl, `CREATE DATABASE ${database}`);
  await migrate({ url, direction: 'up' }, createLogger('warn'));
  const indexes = await query<{ name: string; definition: string }>(
    url,
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE tablename = 'tasks' AND indexname NOT IN (SELECT conname FROM pg_constraint)`,
  );
  for (const { name } of indexes) await query(url, `DROP INDEX ${name}`);
  await query(
    url,
    insert(`SELECT 'user-' || o AS owner_id FROM generate_series(1, ${owners}) AS o`, tasksPerOwner),
  );
  if (big > 0) await query(url, insert(`SELECT '${bigOwner}' AS owner_id`, big));
  for (const { definition } of indexes) await query(url, definition);
  // Counts the statements of a request; if it is not available, the figure is left out.
  await query(url, 'CREATE EXTENSION pg_stat_statements').catch(() => {});
  await query(url, 'VACUUM (ANALYZE)');
  await query(url, 'CHECKPOINT');
};
