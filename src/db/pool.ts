// The one way to Postgres: Slonik, set up for Neon's pooler. A Database runs a statement to its end or throws a
// Problem; no error of the driver gets past it.
import { createPgDriverFactory } from '@slonik/pg-driver';
import {
  type CommonQueryMethods,
  createBigintTypeParser,
  createPool,
  type Driver,
  type DriverFactory,
  type Interceptor,
  type QuerySqlToken,
} from 'slonik';
import type { z } from 'zod';
import { Problem, problems } from '../contract/problem.ts';
import type { Logger } from '../log.ts';
import { isOutOfReach } from './out-of-reach.ts';
import { parseRows } from './parse-rows.ts';
import { toRfc3339 } from './timestamp.ts';

export interface DatabaseSettings {
  readonly url: string;
  readonly poolMax: number;
  /** Off for poolers that know no named statements (PgBouncer before 1.21). */
  readonly preparedStatements: boolean;
  /** How long to wait for a connection, and for a statement to answer, in milliseconds. */
  readonly timeout: number;
}

/** Runs one statement and answers its rows, parsed by its schema. */
export interface Statements {
  any<Row>(query: QuerySqlToken<z.ZodType<Row>>): Promise<readonly Row[]>;
  one<Row>(query: QuerySqlToken<z.ZodType<Row>>): Promise<Row>;
  maybeOne<Row>(query: QuerySqlToken<z.ZodType<Row>>): Promise<Row | null>;
  /**
   * Runs `work` in one transaction; within a transaction, in that one. What `work` throws rolls back and costs the
   * connection, so it answers a refusal and throws only what the database threw. It may run again after a deadlock.
   */
  transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T>;
}

/** The database as the service has it. Throws a Problem: 503 out of reach, 500 otherwise. */
export interface Database extends Statements {
  close(): Promise<void>;
}

const statementsOn = (connection: CommonQueryMethods): Statements => {
  const statements: Statements = {
    any: (query) => connection.any(query),
    one: (query) => connection.one(query),
    maybeOne: (query) => connection.maybeOne(query),
    transaction: (work) => work(statements),
  };
  return statements;
};

/**
 * Slonik's driver asks Postgres for the ids of its types before the first connection, once and without a second try.
 * Asked only when a connection is wanted, and again after a failure, it cannot keep the service from starting.
 */
const lazyDriver: DriverFactory = async (setup) => {
  let driver: Promise<Driver> | undefined;
  return {
    createClient: async () => {
      driver ??= createPgDriverFactory()(setup).catch((error: unknown) => {
        driver = undefined;
        throw error;
      });
      return (await driver).createClient();
    },
  };
};

const logQueries = (log: Logger): Interceptor => ({
  name: 'log-queries',
  beforeTransformQuery: ({ sandbox }, { name }) => {
    sandbox.statement = name;
    return null;
  },
  afterQueryExecution: ({ queryInputTime, sandbox }, _query, { rowCount }) => {
    const duration = Number(process.hrtime.bigint() - BigInt(queryInputTime)) / 1e6;
    log.debug({ statement: sandbox.statement, rows: rowCount, duration_ms: duration }, 'database');
    return null;
  },
});

// A token's name makes it a prepared statement on the server.
const unnamed: Interceptor = {
  name: 'unnamed-statements',
  transformQuery: (_context, { name: _name, ...query }) => query,
};

/** Waits for `work` no longer than `timeout` milliseconds. What comes later is dropped. */
const within = async <T>(timeout: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(problems.unavailable(new Error('the database did not answer in time'))),
      timeout,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** Opens the pool. It connects when the first statement comes, so the service starts while the database is away. */
export const openDatabase = async (settings: DatabaseSettings, log: Logger): Promise<Database> => {
  const pool = await createPool(settings.url, {
    driverFactory: lazyDriver,
    maxPoolSize: settings.poolMax,
    connectionTimeout: settings.timeout,
    connectionRetryLimit: 0,
    idleTimeout: 60_000,
    // They would travel as start-up parameters, which Neon's pooler refuses.
    statementTimeout: 'DISABLE_TIMEOUT',
    idleInTransactionSessionTimeout: 'DISABLE_TIMEOUT',
    // There is no session state to reset; DISCARD ALL would cost a round trip and drop the prepared statements.
    resetConnection: async () => {},
    typeParsers: [createBigintTypeParser(), { name: 'timestamptz', parse: toRfc3339 }],
    interceptors: [
      parseRows,
      ...(log.isLevelEnabled('debug') ? [logQueries(log)] : []),
      ...(settings.preparedStatements ? [] : [unnamed]),
    ],
  });
  pool.on('error', (error: Error) => log.warn({ err: error }, 'a database connection broke'));

  const run = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await within(settings.timeout, work);
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw isOutOfReach(error) ? problems.unavailable(error) : problems.internal(error);
    }
  };

  return {
    any: (query) => run(pool.any(query)),
    one: (query) => run(pool.one(query)),
    maybeOne: (query) => run(pool.maybeOne(query)),
    transaction: (work) => run(pool.transaction((connection) => work(statementsOn(connection)))),
    close: () => pool.end(),
  };
};
