// The one way to Postgres: Slonik, set up for Neon's pooler. A Database runs a statement to its end or throws a
// Problem; no error of the driver gets past it, and nobody waits for the database longer than the deadline.
import {
  type CommonQueryMethods,
  createPool,
  type DatabasePool,
  type Interceptor,
  type QuerySqlToken,
} from 'slonik';
import type { z } from 'zod';
import { Problem, problems } from '../contract/problem.ts';
import type { Logger } from '../log.ts';
import { parseAddress } from './address.ts';
import { createBackoff } from './backoff.ts';
import type { CancelOutcome } from './cancel.ts';
import { createPgDriver } from './driver.ts';
import { ClientGone, ConnectionLost, GaveUp, isOutOfNumbers, kindOf } from './failure.ts';
import { createLanes, type Refusal } from './lanes.ts';
import { parseRows } from './parse-rows.ts';
import { createRetry } from './retry.ts';
import { withShardingKey } from './sharding-key.ts';
import { type Caller, createTurns, type Turn } from './turns.ts';

export interface DatabaseSettings {
  readonly url: string;
  readonly poolMax: number;
  /** Off for poolers that know no named statements (PgBouncer before 1.21). */
  readonly preparedStatements: boolean;
  /** How long a request may wait for the database, second tries and all, in milliseconds. */
  readonly timeout: number;
  /** How long to wait for a connection to open, in milliseconds; it may outlive the request that wanted it. */
  readonly connectTimeout?: number | undefined;
  /** The setting that holds the owner in each of the owner's transactions; null or absent for none. */
  readonly shardingKey?: string | null | undefined;
}

/** Runs one statement and returns its rows, parsed by its schema. */
export interface Statements {
  /** `workTimeout`: how long the statement may take once it has a connection, in milliseconds; not in a transaction. */
  any<Row>(query: QuerySqlToken<z.ZodType<Row>>, workTimeout?: number): Promise<readonly Row[]>;
  one<Row>(query: QuerySqlToken<z.ZodType<Row>>): Promise<Row>;
  maybeOne<Row>(query: QuerySqlToken<z.ZodType<Row>>): Promise<Row | null>;
  /** Runs `work` on one connection and within one deadline; each of its statements commits by itself. */
  turn<T>(work: (statements: Statements) => Promise<T>): Promise<T>;
  /**
   * Runs `work` in one transaction; within a transaction, in that one. What `work` throws rolls back and costs the
   * connection, so it answers a refusal and throws only what the database threw. It may run again after a deadlock, or
   * after a connection that broke before anything was committed.
   */
  transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T>;
}

/** What the pool is doing, for the metrics. */
export interface DatabaseStats {
  readonly open: number;
  readonly idle: number;
  readonly connecting: number;
  readonly running: number;
  readonly waiting: number;
}

export interface DatabaseObserver {
  /** A statement has waited this long for its turn, in seconds. */
  waited(seconds: number): void;
  /** A request has failed with an error of this kind. */
  failed(kind: string): void;
  /** A request got no connection: it was refused, or its client has gone. */
  refused(reason: Refusal | 'gone'): void;
  /** A statement that was given up has been asked to stop, with this outcome. */
  cancelled(outcome: CancelOutcome): void;
}

/** The database as the service has it. Throws a Problem: 503 out of reach, 500 otherwise. */
export interface Database extends Statements {
  /** The same on behalf of a caller, whose owner has a share of it. Throws a Problem: also 429, beyond that share. */
  as(caller: Caller): Statements;
  /**
   * As `any`, for what is the same for every owner: past the queue, with a deadline of its own in milliseconds if it is
   * given. Of several databases behind a proxy, one that responds is asked.
   */
  probe<Row>(query: QuerySqlToken<z.ZodType<Row>>, timeout?: number): Promise<readonly Row[]>;
  /** When a statement last succeeded with no trouble since, on performance.now()'s clock. */
  lastSuccess(): number;
  /** When the database last failed a request, on the same clock. */
  lastFailure(): number;
  stats(): DatabaseStats;
  close(): Promise<void>;
}

/** How many turns may wait for a connection: some tenths of a second's work for a pool of ten. */
const maxWaiting = 200;

/** How many of them may be of one owner. */
const maxWaitingOfOwner = maxWaiting / 2;

/** The connections that one owner's turns may have at once: three owners together leave one of ten. */
const shareOf = (poolMax: number): number => Math.max(1, Math.floor(poolMax / 3));

/** After how many seconds an owner whose turn was refused may try again: by then the owner's line has moved on. */
const refusedOwnerWaits = 1;

/** How many times a probe asks behind a sharding proxy, which sends what names no owner to any of the databases. */
const maxProbes = 8;

const logQueries = (log: Logger): Interceptor => ({
  name: 'log-queries',
  afterQueryExecution: ({ queryInputTime }, { name }, { rowCount }) => {
    const duration = Number(process.hrtime.bigint() - BigInt(queryInputTime)) / 1e6;
    log.debug({ statement: name, rows: rowCount, duration_ms: duration }, 'database');
    return null;
  },
});

const inTransaction = (connection: CommonQueryMethods): Statements => {
  const statements: Statements = {
    any: (query) => connection.any(query),
    one: (query) => connection.one(query),
    maybeOne: (query) => connection.maybeOne(query),
    turn: (work) => work(statements),
    transaction: (work) => work(statements),
  };
  return statements;
};

// The connection broke before, and Slonik refused to send anything on it.
const isUnsent = (error: unknown): error is Error =>
  error instanceof Error && /^Client is (?:pending destroy|destroyed)/.test(error.message);

const rethrowUnsentAsLost = (error: unknown): never => {
  throw isUnsent(error) ? new ConnectionLost(error, false) : error;
};

const statementsOn = (connection: CommonQueryMethods): Statements => {
  const statements: Statements = {
    any: (query) => connection.any(query).catch(rethrowUnsentAsLost),
    one: (query) => connection.one(query).catch(rethrowUnsentAsLost),
    maybeOne: (query) => connection.maybeOne(query).catch(rethrowUnsentAsLost),
    turn: (work) => work(statements),
    transaction: async (work) => {
      let hasBegun = false;
      let failure: unknown;
      try {
        return await connection.transaction(async (inside) => {
          hasBegun = true;
          failure = undefined;
          try {
            return await work(inTransaction(inside));
          } catch (error) {
            failure = error;
            throw error;
          }
        });
      } catch (error) {
        // COMMIT was not sent, so the end of the connection has rolled back; Slonik's ROLLBACK on it would say less.
        if (failure instanceof ConnectionLost || isUnsent(failure)) throw new ConnectionLost(failure, false);
        // Later it may be Slonik's ROLLBACK that was refused, after a COMMIT of unknown outcome.
        if (hasBegun) throw error;
        return rethrowUnsentAsLost(error);
      }
    },
  };
  return statements;
};

// A data-modifying WITH must stand at the top of a statement: one that begins with SELECT only reads.
const isRead = ({ sql }: { readonly sql: string }): boolean => /^\s*SELECT\b/i.test(sql);

const nobody: DatabaseObserver = {
  waited: () => {},
  failed: () => {},
  refused: () => {},
  cancelled: () => {},
};

/** Opens the pool. It connects when the first statement comes, so the service starts while the database is away. */
export const openDatabase = async (
  settings: DatabaseSettings,
  log: Logger,
  observer: DatabaseObserver = nobody,
): Promise<Database> => {
  const { poolMax, timeout } = settings;
  const backoff = createBackoff(log);
  const retry = createRetry(settings.preparedStatements, log);
  const driver = createPgDriver({
    address: parseAddress(settings.url),
    connectTimeout: settings.connectTimeout ?? timeout,
    backoff,
    named: retry.named,
    cancels: {
      most: poolMax,
      report: (outcome, error) => {
        observer.cancelled(outcome);
        log.debug({ outcome, err: error }, 'a statement that was given up has been asked to stop');
      },
    },
  });
  const pool: DatabasePool = await createPool('postgresql://', {
    driverFactory: driver.factory,
    maxPoolSize: poolMax,
    connectionRetryLimit: 0,
    idleTimeout: 60_000,
    // A connection given up with its statement still running is waited for no longer; the statement is then cancelled.
    gracefulTerminationTimeout: 100,
    // There is no session state to reset; DISCARD ALL would cost a round trip and drop the prepared statements.
    resetConnection: async () => {},
    interceptors: [parseRows, ...(log.isLevelEnabled('debug') ? [logQueries(log)] : [])],
  });
  const lanes = createLanes({
    lease: (use) => pool.connect((connection) => use(statementsOn(connection))),
    width: poolMax,
    ownerWidth: shareOf(poolMax),
    length: maxWaiting,
    ownerLength: maxWaitingOfOwner,
    refusal: (reason) => {
      observer.refused(reason);
      return reason === 'full' ? new GaveUp('overloaded') : problems.tooManyRequests(refusedOwnerWaits);
    },
  });
  let lastSuccess = Number.NEGATIVE_INFINITY;
  let lastFailure = Number.NEGATIVE_INFINITY;
  pool.on('error', (error: Error) => {
    lastSuccess = Number.NEGATIVE_INFINITY;
    log.warn({ err: error }, 'a database connection broke');
  });
  const turns = createTurns({
    lanes,
    lastFailure: () => backoff.error,
    // The other connections of this moment are likely to be dead, too.
    unanswered: driver.dropIdle,
    waited: observer.waited,
    retry,
  });

  const run = async <T>(turn: Turn<T>): Promise<T> => {
    try {
      const result = await turns(turn);
      lastSuccess = performance.now();
      return result;
    } catch (error) {
      if (!turn.reads && isOutOfNumbers(error)) throw problems.changeLimitReached(error);
      // A Problem refuses the turn, or comes from the work; neither is an error of the database.
      if (error instanceof Problem) throw error;
      if (error instanceof ClientGone) {
        observer.refused('gone');
        throw problems.unavailable(error);
      }
      const kind = kindOf(error);
      observer.failed(kind);
      if (kind === 'statement') throw problems.internal(error);
      if (kind !== 'overloaded') lastFailure = performance.now();
      throw problems.unavailable(error);
    }
  };

  const { shardingKey = null } = settings;
  const probes = shardingKey === null ? 1 : maxProbes;
  const keyed = (on: Statements, key: string | undefined): Statements =>
    shardingKey === null || key === undefined ? on : withShardingKey(on, shardingKey, key);

  const statementsOf = (caller?: Caller): Statements => ({
    any: (query, workTimeout) =>
      run({ work: (on) => on.any(query), reads: isRead(query), timeout, workTimeout, caller }),
    one: (query) => run({ work: (on) => on.one(query), reads: isRead(query), timeout, caller }),
    maybeOne: (query) => run({ work: (on) => on.maybeOne(query), reads: isRead(query), timeout, caller }),
    turn: (work) => run({ work: (on) => work(keyed(on, caller?.owner)), reads: false, timeout, caller }),
    transaction: (work) =>
      run({ work: (on) => keyed(on, caller?.owner).transaction(work), reads: false, timeout, caller }),
  });

  return {
    ...statementsOf(),
    as: statementsOf,
    probe: async (query, limit = timeout) => {
      const until = performance.now() + limit;
      for (let tries = 1; ; tries++) {
        const left = Math.max(1, until - performance.now());
        try {
          return await run({ work: (on) => on.any(query), reads: true, timeout: left, isVital: true });
        } catch (error) {
          if (tries >= probes || performance.now() >= until) throw error;
        }
      }
    },
    lastSuccess: () => lastSuccess,
    lastFailure: () => lastFailure,
    stats: () => {
      const { acquiredConnections, idleConnections, pendingConnections } = pool.state();
      return {
        open: acquiredConnections + idleConnections,
        idle: idleConnections + lanes.idle,
        connecting: pendingConnections,
        running: lanes.running,
        waiting: lanes.waiting,
      };
    },
    close: () => {
      lanes.close();
      backoff.close();
      return pool.end();
    },
  };
};
