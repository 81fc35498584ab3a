// What an error of the database means: the cause (the statement: 500; a database out of reach:
// 503), and whether the statement may have run, which decides whether it may be sent again.
// failure-rules.ts has the table.
import { BackendTerminatedError } from 'slonik';
import { type FailureKind, type FailureRule, failureRules, vagueCodes } from './failure-rules.ts';

/** The connection broke during a statement, or before it. Slonik then discards the connection. */
export class ConnectionLost extends BackendTerminatedError {
  /** False when it is certain that nothing was committed. */
  readonly mayHaveRun: boolean;

  constructor(cause: Error, mayHaveRun: boolean) {
    super(cause);
    this.name = 'ConnectionLost';
    this.mayHaveRun = mayHaveRun;
  }
}

/** No connection opened: whatever the reason, nothing was sent to the database. */
export class ConnectionNotOpened extends Error {
  constructor(cause: unknown) {
    super('no connection to the database', { cause });
    this.name = 'ConnectionNotOpened';
  }
}

/** The service itself gave up: no place in the queue, or no response in time. */
export class GaveUp extends Error {
  readonly reason: 'overloaded' | 'deadline';

  constructor(reason: 'overloaded' | 'deadline', cause?: unknown) {
    super(
      reason === 'overloaded' ? 'too many requests wait for the database' : 'no answer within the deadline',
      {
        cause,
      },
    );
    this.name = 'GaveUp';
    this.reason = reason;
    // The stack is of no use here, and recording it would cost most when the load is highest.
    delete this.stack;
  }
}

/** The client has gone, so that no one waits for the result. */
export class ClientGone extends Error {
  constructor() {
    super('the client has gone');
    this.name = 'ClientGone';
    delete this.stack;
  }
}

/** The SQLSTATE, or the socket's error code, of an error or its causes. */
export const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : codeOf(error.cause);
};

/**
 * What an error means: its kind, whether another connection may be tried, and whether the statement
 * was ever sent.
 */
export type Failure = Pick<FailureRule, 'kind' | 'retry' | 'unsent'>;

const matches = (error: Error, isOpening: boolean, { code, message }: FailureRule): boolean => {
  const { code: own } = error as { code?: unknown };
  const ownCode = typeof own === 'string' ? own : undefined;
  if (code !== undefined) return ownCode !== undefined && code.test(ownCode);
  // If the code decides, the message may contain what a user has written.
  return (
    message !== undefined &&
    (isOpening || ownCode === undefined || vagueCodes.test(ownCode)) &&
    message.test(error.message)
  );
};

const notOpened: Failure = { kind: 'connection', retry: true };
const lost: Failure = { kind: 'connection', retry: false };
const unknown: Failure = { kind: 'statement', retry: false };

/**
 * Finds what an error means, by the first row of the table that matches it or one of its causes.
 */
export const failureOf = (error: unknown): Failure => {
  let fallback = unknown;
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof GaveUp && cause.cause === undefined) return { kind: cause.reason, retry: false };
    if (cause instanceof ConnectionNotOpened) fallback = notOpened;
    else if (cause instanceof ConnectionLost) fallback = lost;
    const at = cause;
    const found = failureRules.find((rule) => matches(at, fallback === notOpened, rule));
    if (found !== undefined) return found;
  }
  return fallback;
};

/**
 * The kind of an error, for the metrics: `statement` if the statement, not the database, is the
 * cause.
 */
export const kindOf = (error: unknown): FailureKind => failureOf(error).kind;

// SQLSTATE (PostgreSQL, appendix A): connection exceptions, and the operator interventions that end
// a session.
const ended = /^(?:08...|57P0[1-5]|25P0[34]|E[A-Z_]+)$/;

/** Whether `error`, raised by a connection in use, means that the connection is gone. */
export const isConnectionLoss = (error: Error): boolean =>
  ended.test(codeOf(error) ?? '') ||
  /connection terminated|not queryable|client is (?:pending|destroyed)/i.test(error.message);

const neverRan = /^57P0[15]$/;

/**
 * Whether a statement may have been committed although the connection broke with `error`. Postgres
 * commits only after it has reported the statement as complete. So if an administrator's command
 * (57P01) or the end of an idle session (57P05) comes instead of that report, nothing was
 * committed; after any other end of a connection this is unknown.
 */
export const mayHaveRun = (error: Error, wasReportedComplete: boolean): boolean =>
  failureOf(error).unsent !== true && (wasReportedComplete || !neverRan.test(codeOf(error) ?? ''));

// A pooler, or another session behind it, has named statements other than those that this
// connection expects. PgDog reports this with a code of its own.
const needsUnnamed = /^(?:42P05|26000)$/;

/** Whether the pooler in between cannot keep named prepared statements. */
export const isNamedStatementLoss = (error: unknown): boolean =>
  needsUnnamed.test(codeOf(error) ?? '') ||
  (error instanceof Error &&
    codeOf(error) === '58000' &&
    /prepared statement .* is missing/.test(error.message));

/**
 * Whether `error` means that a number has exceeded its type, which only the service's counters can.
 */
export const isOutOfNumbers = (error: unknown): boolean => codeOf(error) === '22003';

/** Whether a function of Postgres refused its argument (invalid_parameter_value). */
export const isInvalidArgument = (error: unknown): boolean => codeOf(error) === '22023';
