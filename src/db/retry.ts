// The rule of the second try. A read is sent again whenever its connection broke; a write only when it is certain that
// the first one did nothing. A write that may have been committed is not: the client learns that the outcome is open.
import { setTimeout as sleep } from 'node:timers/promises';
import { UnexpectedStateError } from 'slonik';
import type { Logger } from '../log.ts';
import { ConnectionLost, ConnectionNotOpened, isNamedStatementLoss, isRefusal } from './failure.ts';

export interface Retry {
  /** Whether to try again after so many tries, answered after the pause that is due. */
  isDue(error: unknown, tries: number, reads: boolean): Promise<boolean>;
  /** Whether named statements are in use. */
  named(): boolean;
}

/** The most attempts on connections that break; those that do not open are paced by the backoff, up to the deadline. */
const maxTries = 8;

const jitter = (tries: number) => sleep(Math.random() * 25 * tries);

/** `prepared` says whether statements with a name are prepared on the server to begin with. */
export const createRetry = (prepared: boolean, log: Logger): Retry => {
  let named = prepared;
  return {
    named: () => named,
    isDue: async (error, tries, reads) => {
      // The statement was refused before it ran.
      if (isNamedStatementLoss(error) && (named || tries < maxTries)) {
        if (named) {
          log.error(
            { err: error },
            'this pooler does not keep prepared statements: set DATABASE_PREPARED_STATEMENTS=false',
          );
        }
        named = false;
        return true;
      }
      if (error instanceof ConnectionNotOpened) {
        // The service's own pool has closed, or waiting mends nothing.
        if (error.cause instanceof UnexpectedStateError || isRefusal(error.cause)) return false;
        // The backoff paces them; but whatever fails before it must not spin, and starve the deadline's timer.
        await jitter(1);
        return true;
      }
      if (!(error instanceof ConnectionLost) || tries >= maxTries) return false;
      if (error.mayHaveRun && !reads) return false;
      await jitter(tries);
      return true;
    },
  };
};
