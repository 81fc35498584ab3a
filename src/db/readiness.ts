// Whether the service should get requests: the database is in reach, and its schema is that of this version. However
// many ask, one question is under way, and what came of it holds for a second for all; health checks need no token.
import { readdir } from 'node:fs/promises';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database } from '../postgres/database.ts';
import { kindOf } from '../postgres/failure.ts';
import { migrationsDirectory } from './migrate.ts';
import { checkSuitable, defaults, defaultsRow } from './suitable.ts';

/**
 * When the database is asked. `query`: whenever somebody wants to know. `idle`: until it has answered well, and again
 * when it has failed a request since; a load balancer's checks then neither wake a compute that sleeps nor keep it awake.
 */
export type ReadyProbe = 'query' | 'idle';

/**
 * True when requests can be served; throws a Problem like a Database. `warmUp` is what the first request would otherwise
 * have to wait for: it is part of the question.
 */
export type Readiness = (warmUp?: () => Promise<unknown>) => Promise<boolean>;

const migrationRow = defaultsRow.extend({ name: z.string() });

const appliedMigrations = sql.prepared('applied_migrations', migrationRow)`
  SELECT name, ${defaults}
  FROM schema_migrations
`;

/** How long readiness waits for the database, in milliseconds: less than a load balancer waits for readiness. */
const probeTimeout = 2000;

/** How long a statement that succeeded stands for a database in reach, in milliseconds. */
const fresh = 2000;

/** How long the outcome of a probe holds, good or bad, in milliseconds. */
const shared = 1000;

/** How many wait for the outcome of a probe: so many requests it keeps in memory, should all their clients have gone. */
const maxWaiting = 64;

/**
 * Runs `work` once at a time. All who ask for `period` milliseconds after that get its outcome, and so do the first
 * `maxWaiting` of those who ask meanwhile; the others get the outcome before, or `unknown` where there is none.
 */
const share = <Argument, Result>(
  work: (argument: Argument) => Promise<Result>,
  period: number,
  unknown: Result,
): ((argument: Argument) => Promise<Result>) => {
  let before: Promise<Result> = Promise.resolve(unknown);
  let latest = before;
  let expiresAt = 0;
  let waiting = 0;
  return (argument) => {
    const now = performance.now();
    if (now >= expiresAt) {
      expiresAt = Number.POSITIVE_INFINITY;
      waiting = 0;
      before = latest;
      latest = work(argument).finally(() => {
        expiresAt = performance.now() + period;
      });
    }
    if (expiresAt < Number.POSITIVE_INFINITY) return latest;
    waiting += 1;
    return waiting > maxWaiting ? before : latest;
  };
};

/**
 * The check that readiness asks. A process whose connections are too busy for the question, but have not failed, is
 * ready: the load balancer would otherwise send the load to instances that are just as busy.
 */
export const createReadiness = async (
  database: Database,
  probe: ReadyProbe = 'query',
): Promise<Readiness> => {
  const expected = (await readdir(migrationsDirectory))
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -4));
  let wasCurrent = false;
  let provenAt = Number.NEGATIVE_INFINITY;
  const ask = share(
    async (warmUp: (() => Promise<unknown>) | undefined): Promise<boolean> => {
      const askedAt = performance.now();
      let rows: readonly z.infer<typeof migrationRow>[];
      try {
        rows = await database.probe(appliedMigrations, probeTimeout);
      } catch (error) {
        const lastSuccess = database.lastSuccess();
        const isBusy =
          kindOf((error as Error).cause) === 'overloaded' && lastSuccess > database.lastFailure();
        if (!isBusy && performance.now() - lastSuccess > fresh) throw error;
        return wasCurrent;
      }
      for (const row of rows) checkSuitable(row);
      const applied = new Set(rows.map(({ name }) => name));
      wasCurrent = expected.every((name) => applied.has(name));
      if (wasCurrent) {
        await warmUp?.();
        provenAt = askedAt;
      }
      return wasCurrent;
    },
    shared,
    false,
  );
  return async (warmUp) => (probe === 'idle' && provenAt > database.lastFailure()) || ask(warmUp);
};
