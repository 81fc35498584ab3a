// Statements on one leased connection of Slonik, by themselves or in a transaction. If the
// connection breaks, the error states whether anything can have been committed.
import type { CommonQueryMethods } from 'slonik';
import type { Statements } from './database.ts';
import { ConnectionLost } from './failure.ts';

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

/** The statements of a connection that one turn has for itself. */
export const statementsOn = (connection: CommonQueryMethods): Statements => {
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
        // COMMIT was not sent, so the end of the connection has rolled back. The error of Slonik's
        // own ROLLBACK would not show that.
        if (failure instanceof ConnectionLost || isUnsent(failure)) throw new ConnectionLost(failure, false);
        // Later, the refused statement may be Slonik's ROLLBACK after a COMMIT of unknown outcome.
        if (hasBegun) throw error;
        return rethrowUnsentAsLost(error);
      }
    },
  };
  return statements;
};
