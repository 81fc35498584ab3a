// The database as the rest of the service sees it: what it can do, and on whose behalf.
import type { QuerySqlToken } from 'slonik';
import type { z } from 'zod';
import type { CancelOutcome } from './cancel.ts';

/** On whose behalf statements run. */
export interface Caller {
  /** Turns wait in a line for each owner, and each owner has a share of the connections. */
  readonly owner: string;
  /**
   * Calls `left` when the client has gone, or at once if it already has; returns a function that
   * stops this. No one reads the result then, so a turn that only reads need not continue.
   */
  readonly whenGone?: ((left: () => void) => () => void) | undefined;
}

/** Runs one statement and returns its rows, parsed by its schema. */
export interface Statements {
  /**
   * `workTimeout`: how long the statement may take once it has a connection, in milliseconds; not
   * in a transaction.
   */
  any<Row>(query: QuerySqlToken<z.ZodType<Row>>, workTimeout?: number): Promise<readonly Row[]>;
  one<Row>(query: QuerySqlToken<z.ZodType<Row>>): Promise<Row>;
  maybeOne<Row>(query: QuerySqlToken<z.ZodType<Row>>): Promise<Row | null>;
  /**
   * Runs `work` on one connection and within one deadline; each of its statements commits by
   * itself.
   */
  turn<T>(work: (statements: Statements) => Promise<T>): Promise<T>;
  /**
   * Runs `work` in one transaction; within a transaction, in that one. If `work` throws, the
   * transaction is rolled back and its connection is closed, so it returns a refusal and throws
   * only errors of the database. It may run again after a deadlock, or if its connection broke
   * before anything was committed.
   */
  transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T>;
}

/**
 * Why a turn gets no connection: the owner has too many in line, or has to give way to an owner
 * with fewer in line; or the line is full.
 */
export type Refusal = 'owner' | 'displaced' | 'full';

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
  /** The database was asked to stop an abandoned statement, with this outcome. */
  cancelled(outcome: CancelOutcome): void;
}

/** The database of the service. Throws a Problem: 503 if it is out of reach, 500 otherwise. */
export interface Database extends Statements {
  /**
   * The same on behalf of a caller, whose owner has a share of it. Also throws a 429 beyond that
   * share.
   */
  as(caller: Caller): Statements;
  /**
   * Like `any`, for data that is the same for every owner: it bypasses the queue, and may have a
   * deadline of its own in milliseconds. If there are several databases behind a proxy, it uses one
   * that responds.
   */
  probe<Row>(query: QuerySqlToken<z.ZodType<Row>>, timeout?: number): Promise<readonly Row[]>;
  /**
   * When a statement last succeeded, if no connection has broken since; on performance.now()'s
   * clock.
   */
  lastSuccess(): number;
  /** When the database last failed a request, on the same clock. */
  lastFailure(): number;
  stats(): DatabaseStats;
  close(): Promise<void>;
}
