// Tells a database that cannot be reached right now (503, worth another try) from a statement that is wrong (500).
import {
  BackendTerminatedError,
  BackendTerminatedUnexpectedlyError,
  ConnectionError,
  IdleTransactionTimeoutError,
  StatementCancelledError,
  StatementTimeoutError,
} from 'slonik';

const outOfReachErrors = [
  BackendTerminatedError,
  BackendTerminatedUnexpectedlyError,
  ConnectionError,
  IdleTransactionTimeoutError,
  StatementCancelledError,
  StatementTimeoutError,
];

// SQLSTATE classes (PostgreSQL, appendix A): connection exception, transaction rollback, insufficient resources,
// operator intervention, system error; and 25006, a read-only standby. Then the socket's own codes.
const outOfReachCode =
  /^(?:08...|40...|53...|57P0[1-5]|58...|25006|E(?:CONN|HOST|NET|AI_|PIPE|TIMEDOUT|NOTFOUND).*)$/;

/** True when `error` says that the database, not the statement, is to blame. */
export const isOutOfReach = (error: unknown): boolean => {
  if (outOfReachErrors.some((kind) => error instanceof kind)) return true;
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  if (typeof code === 'string' && outOfReachCode.test(code)) return true;
  return isOutOfReach(error.cause);
};
