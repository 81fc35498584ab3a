// What an error of the database means: who is to blame (the statement, 500, or a database out of reach, 503), and
// whether the statement may have run, which decides if it may be sent again.
import { BackendTerminatedError, SlonikError } from 'slonik';

/** The connection broke under a statement, or before it. Slonik then gives the connection up. */
export class ConnectionLost extends BackendTerminatedError {
  /** False when it is certain that nothing was committed. */
  readonly mayHaveRun: boolean;

  constructor(cause: Error, mayHaveRun: boolean) {
    super(cause);
    this.name = 'ConnectionLost';
    this.mayHaveRun = mayHaveRun;
  }
}

/** No connection opened: whatever the reason, nothing was asked of the database. */
export class ConnectionNotOpened extends Error {
  constructor(cause: unknown) {
    super('no connection to the database', { cause });
    this.name = 'ConnectionNotOpened';
  }
}

/** The service itself gave up: no place in the queue, or no answer in time. */
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
    // Where it was thrown says nothing, and writing it down costs most when there is most to do.
    delete this.stack;
  }
}

/** The SQLSTATE, or the socket's error code, of an error or its causes. */
export const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : codeOf(error.cause);
};

// SQLSTATE (PostgreSQL, appendix A): connection exceptions, and the operator's interventions that end a session.
const lost = /^(?:08...|57P0[1-5]|25P0[34]|E[A-Z_]+)$/;

/** True when `error`, raised by a connection in use, says that the connection is gone. */
export const isConnectionLoss = (error: Error): boolean =>
  lost.test(codeOf(error) ?? '') ||
  /connection terminated|not queryable|client is (?:pending|destroyed)/i.test(error.message);

// What an administrator's command or a pooler's queue says before the statement was given to anybody.
const neverSent =
  /not queryable|client is (?:pending|destroyed)|query_wait_timeout|cannot connect to server|server login|pgbouncer (?:is|shut)/i;

/**
 * Whether a statement may have been committed although the connection broke with `error`. Postgres commits only after
 * it has reported the statement as complete, so an administrator's command (57P01) that comes in place of that report
 * means that nothing was; any other end of a connection leaves it open.
 */
export const mayHaveRun = (error: Error, wasReportedComplete: boolean): boolean =>
  !neverSent.test(error.message) && (wasReportedComplete || codeOf(error) !== '57P01');

// A pooler, or another session behind it, holds other named statements than this connection believes.
const needsUnnamed = /^(?:42P05|26000)$/;

/** True when the pooler between cannot keep named prepared statements. */
export const isNamedStatementLoss = (error: unknown): boolean => needsUnnamed.test(codeOf(error) ?? '');

/** True when `error` says that a number has outgrown its type: of what the service counts, no other can. */
export const isOutOfNumbers = (error: unknown): boolean => codeOf(error) === '22003';

// SQLSTATEs that blame the database: transaction rollback, insufficient resources, system error, statements cancelled,
// locks not to be had; a read-only standby; and a schema that is behind, without the table or the column.
const outOfReach = /^(?:40...|53...|58...|57014|55P03|25006|72...|42P01|42703)$/;

/** True when `error` says that the database, not the statement, is to blame. */
export const isOutOfReach = (error: unknown): boolean =>
  error instanceof GaveUp ||
  error instanceof ConnectionNotOpened ||
  error instanceof ConnectionLost ||
  outOfReach.test(codeOf(error) ?? '') ||
  (error instanceof Error && !(error instanceof SlonikError) && isConnectionLoss(error));

/**
 * True when the server, or a pooler in front of it, will not have this role, password, database or certificate: nothing
 * that waiting for mends. PgBouncer before 1.19 says so with 08P01, a protocol violation.
 */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Error &&
  (/^(?:28...|3D000|ERR_TLS_.*|CERT_.*|DEPTH_.*|SELF_SIGNED.*|UNABLE_TO_.*)$/.test(codeOf(error) ?? '') ||
    /channel binding|does not support SSL|password authentication failed|no such (?:database|user)/.test(
      error.message,
    ) ||
    isRefusal(error.cause));

/** The kind of an error, for the metrics: a short closed list. */
export const kindOf = (error: unknown): string => {
  if (error instanceof GaveUp && error.cause === undefined) return error.reason;
  const code = codeOf(error) ?? '';
  if (isRefusal(error)) return 'refused';
  if (code === '42P01' || code === '42703') return 'schema';
  if (code.startsWith('53')) return 'resources';
  if (code === '57014') return 'cancelled';
  if (code === '25006') return 'read_only';
  if (code.startsWith('40') || code === '55P03') return 'contention';
  if (error instanceof ConnectionLost || error instanceof ConnectionNotOpened) return 'connection';
  if (error instanceof Error && isConnectionLoss(error)) return 'connection';
  return 'statement';
};
