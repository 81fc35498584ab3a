// Whether the service should get requests: whether the database is reachable and has the schema of
// this version. Health checks need no token, so however many come, only one probe runs at a time,
// and its result is valid for all of them for a second.
import { readdir } from 'node:fs/promises';
import { sql } from 'slonik';
import { z } from 'zod';
import type { Database } from '../postgres/database.ts';
import { kindOf } from '../postgres/failure.ts';
import { migrationsDirectory } from './migrations.ts';
import { checkSuitable, defaults, defaultsRow } from './suitable.ts';

/**
 * When the database is probed. `query`: at every check. `idle`: until a probe succeeds, and again
 * after the database has failed a request. With `idle`, a load balancer's checks neither wake a
 * sleeping compute nor keep it awake.
 */
export type ReadyProbe = 'query' | 'idle';

/**
 * True if requests can be served; throws a Problem like a Database. `warmUp` does what the first
 * request would otherwise wait for; it is part of the probe.
 */
export type Readiness = (warmUp?: () => Promise<unknown>) => Promise<boolean>;

const migrationRow = defaultsRow.extend({ name: z.string() });

const appliedMigrations = sql.prepared('applied_migrations', migrationRow)`
  SELECT name, ${defaults}
  FROM schema_migrations
`;

/**
 * How long readiness waits for the database, in milliseconds: less than a load balancer waits for
 * the response.
 */
const probeTimeout = 2000;

/** How long the database counts as reachable after a successful statement, in milliseconds. */
const fresh = 2000;

/** How long the result of a probe is valid, good or bad, in milliseconds. */
const shared = 1000;

/**
 * How many requests wait for the result of a probe. They stay in memory even if all their clients
 * have gone.
 */
const maxWaiting = 64;

/**
 * Runs `work` once at a time. Callers get its result for `period` milliseconds after that, and so
 * do the first `maxWaiting` callers while it runs. Others get the previous result, or `unknown` if
 * there is none.
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
 * The readiness check. A process whose connections are too busy for the probe, but have not failed,
 * is ready. Otherwise the load balancer would send the load to instances that are just as busy.
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
