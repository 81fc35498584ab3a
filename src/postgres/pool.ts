// The one way to Postgres: Slonik, set up for Neon's pooler. A Database completes a statement or
// throws a Problem: no error of the driver leaves it, and no request waits for the database beyond
// its deadline.
import type { Logger } from 'pino';
import { createPool, type DatabasePool, type Interceptor } from 'slonik';
import { InvalidArgument, Problem, problems } from '../contract/problem.ts';
import { parseAddress } from './address.ts';
import { type Backoff, createBackoff } from './backoff.ts';
import type { Caller, Database, DatabaseObserver, Statements } from './database.ts';
import { createPgDriver } from './driver.ts';
import { createExecutor, type Turn } from './executor.ts';
import { ClientGone, GaveUp, isInvalidArgument, isOutOfNumbers, kindOf } from './failure.ts';
import { createLeaseQueue, type LeaseQueue } from './lease-queue.ts';
import { parseRows } from './result-parser.ts';
import { createRetry, type Retry } from './retry-policy.ts';
import { withShardingKey } from './sharding-key.ts';
import { statementsOn } from './statements.ts';

export interface DatabaseSettings {
  readonly url: string;
  readonly poolMax: number;
  /** False for poolers without named statements (PgBouncer before 1.21). */
  readonly preparedStatements: boolean;
  /** How long a request may wait for the database, including second tries, in milliseconds. */
  readonly timeout: number;
  /**
   * How long to wait for a connection to open, in milliseconds; that may be longer than the request
   * waits.
   */
  readonly connectTimeout?: number | undefined;
  /**
   * The setting that contains the owner in each of the owner's transactions; null or absent for
   * none.
   */
  readonly shardingKey?: string | null | undefined;
}

/**
 * How many turns may wait for a connection: a pool of ten serves them in some tenths of a second.
 */
const maxWaiting = 200;

/** How many of them may belong to one owner. */
const maxWaitingOfOwner = maxWaiting / 2;

/**
 * The connections that one owner's turns may have at once: three owners together leave one
 * connection of ten free.
 */
const shareOf = (poolMax: number): number => Math.max(1, Math.floor(poolMax / 3));

/**
 * After how many seconds an owner whose turn was refused may try again: by then the owner's line is
 * shorter.
 */
const refusedOwnerWaits = 1;

/**
 * How many times a probe tries behind a sharding proxy, which sends a statement without an owner to
 * any of the databases.
 */
const maxProbes = 8;

const logQueries = (log: Logger): Interceptor => ({
  name: 'log-queries',
  afterQueryExecution: ({ queryInputTime }, { name }, { rowCount }) => {
    const duration = Number(process.hrtime.bigint() - BigInt(queryInputTime)) / 1e6;
    log.debug({ statement: name, rows: rowCount, duration_ms: duration }, 'database');
    return null;
  },
});

// A data-modifying WITH must be at the top level of a statement, so one that begins with SELECT
// only reads.
const isRead = ({ sql }: { readonly sql: string }): boolean => /^\s*SELECT\b/i.test(sql);

const noObserver: DatabaseObserver = {
  waited: () => {},
  failed: () => {},
  refused: () => {},
  cancelled: () => {},
};

const openPool = (
  settings: DatabaseSettings,
  log: Logger,
  { observer, backoff, retry }: { observer: DatabaseObserver; backoff: Backoff; retry: Retry },
): Promise<DatabasePool> => {
  const { poolMax, timeout } = settings;
  const driverFactory = createPgDriver({
    address: parseAddress(settings.url),
    connectTimeout: settings.connectTimeout ?? timeout,
    backoff,
    named: retry.named,
    cancels: {
      most: poolMax,
      report: (outcome, error) => {
        observer.cancelled(outcome);
        log.debug({ outcome, err: error }, 'the database was asked to stop an abandoned statement');
      },
    },
  });
  return createPool('postgresql://', {
    driverFactory,
    maxPoolSize: poolMax,
    connectionRetryLimit: 0,
    idleTimeout: 60_000,
    // The pool does not wait for a connection whose statement was abandoned; the statement is then
    // cancelled.
    gracefulTerminationTimeout: 100,
    // There is no session state to reset; DISCARD ALL would cost a round trip and drop the prepared
    // statements.
    resetConnection: async () => {},
    interceptors: [parseRows, ...(log.isLevelEnabled('debug') ? [logQueries(log)] : [])],
  });
};

/**
 * Runs turns, and converts what they throw to Problems; remembers when the database last succeeded,
 * and last failed.
 */
const createRunner = (execute: ReturnType<typeof createExecutor>, observer: DatabaseObserver) => {
  let lastSuccess = Number.NEGATIVE_INFINITY;
  let lastFailure = Number.NEGATIVE_INFINITY;
  const problemOf = (error: unknown, reads: boolean): Problem => {
    if (!reads && isOutOfNumbers(error)) return problems.changeLimitReached(error);
    // A Problem refuses the turn, or comes from the work; neither is an error of the database.
    if (error instanceof Problem) return error;
    if (error instanceof ClientGone) {
      observer.refused('gone');
      return problems.unavailable(error);
    }
    const kind = kindOf(error);
    observer.failed(kind);
    if (isInvalidArgument(error)) return problems.internal(new InvalidArgument(error));
    if (kind === 'statement') return problems.internal(error);
    if (kind !== 'overloaded') lastFailure = performance.now();
    return problems.unavailable(error);
  };
  return {
    run: async <T>(turn: Turn<T>): Promise<T> => {
      try {
        const result = await execute(turn);
        lastSuccess = performance.now();
        return result;
      } catch (error) {
        throw problemOf(error, turn.reads);
      }
    },
    connectionBroke: (): void => {
      lastSuccess = Number.NEGATIVE_INFINITY;
    },
    lastSuccess: () => lastSuccess,
    lastFailure: () => lastFailure,
  };
};

type Run = ReturnType<typeof createRunner>['run'];

/** The statements of a caller, or of the service itself. */
const createStatements =
  (run: Run, { timeout, shardingKey = null }: DatabaseSettings) =>
  (caller?: Caller): Statements => {
    const owner = caller?.owner;
    const keyed = (on: Statements): Statements =>
      shardingKey === null || owner === undefined ? on : withShardingKey(on, shardingKey, owner);
    return {
      any: (query, workTimeout) =>
        run({ work: (on) => on.any(query), reads: isRead(query), timeout, workTimeout, caller }),
      one: (query) => run({ work: (on) => on.one(query), reads: isRead(query), timeout, caller }),
      maybeOne: (query) => run({ work: (on) => on.maybeOne(query), reads: isRead(query), timeout, caller }),
      turn: (work) => run({ work: (on) => work(keyed(on)), reads: false, timeout, caller }),
      transaction: (work) =>
        run({ work: (on) => keyed(on).transaction(work), reads: false, timeout, caller }),
    };
  };

const createProbe = (run: Run, { timeout, shardingKey = null }: DatabaseSettings): Database['probe'] => {
  const probes = shardingKey === null ? 1 : maxProbes;
  return async (query, limit = timeout) => {
    const until = performance.now() + limit;
    for (let tries = 1; ; tries++) {
      const left = Math.max(1, until - performance.now());
      try {
        return await run({ work: (on) => on.any(query), reads: true, timeout: left, isVital: true });
      } catch (error) {
        if (tries >= probes || performance.now() >= until) throw error;
      }
    }
  };
};

const leasesOf = (pool: DatabasePool, poolMax: number, observer: DatabaseObserver): LeaseQueue =>
  createLeaseQueue({
    connect: (use) => pool.connect((connection) => use(statementsOn(connection))),
    width: poolMax,
    ownerWidth: shareOf(poolMax),
    length: maxWaiting,
    ownerLength: maxWaitingOfOwner,
    refusal: (reason) => {
      observer.refused(reason);
      return reason === 'full' ? new GaveUp('overloaded') : problems.tooManyRequests(refusedOwnerWaits);
    },
  });

/**
 * Opens the pool. It connects when the first statement comes, so the service can start while the
 * database is unreachable.
 */
export const openDatabase = async (
  settings: DatabaseSettings,
  log: Logger,
  observer: DatabaseObserver = noObserver,
): Promise<Database> => {
  const backoff = createBackoff(log);
  const retry = createRetry(settings.preparedStatements, log);
  const pool = await openPool(settings, log, { observer, backoff, retry });
  const leases = leasesOf(pool, settings.poolMax, observer);
  const execute = createExecutor({
    leases,
    lastFailure: () => backoff.error,
    waited: observer.waited,
    retry,
  });
  const { run, connectionBroke, lastSuccess, lastFailure } = createRunner(execute, observer);
  pool.on('error', (error: Error) => {
    connectionBroke();
    log.warn({ err: error }, 'a database connection broke');
  });
  const statementsOf = createStatements(run, settings);
  return {
    ...statementsOf(),
    as: statementsOf,
    probe: createProbe(run, settings),
    lastSuccess,
    lastFailure,
    stats: () => {
      const { acquiredConnections, idleConnections, pendingConnections } = pool.state();
      return {
        open: acquiredConnections + idleConnections,
        idle: idleConnections + leases.idle,
        connecting: pendingConnections,
        running: leases.running,
        waiting: leases.waiting,
      };
    },
    close: () => {
      leases.close();
      backoff.close();
      return pool.end();
    },
  };
};
