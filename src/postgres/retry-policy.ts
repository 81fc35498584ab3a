// The rule of the second try. A read is sent again whenever its connection broke; a write only when
// it is certain that the first one did nothing. A write that may have been committed is not: the
// client learns that the outcome is open.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ConnectionLost, ConnectionNotOpened, failureOf, isNamedStatementLoss } from './failure.ts';

export interface Retry {
  /** Whether to try again after so many tries, answered after the pause that is due. */
  isDue(error: unknown, tries: number, reads: boolean): Promise<boolean>;
  /** Whether named statements are in use. */
  named(): boolean;
}

/**
 * The most attempts on connections that break; those that do not open are paced by the backoff, up
 * to the deadline.
 */
const maxTries = 8;

const jitter = (tries: number) => sleep(Math.random() * 25 * tries);

/**
 * How long statements go without names after one was lost, at first and at most, in milliseconds.
 */
const firstPause = 10_000;
const longestPause = 3_600_000;

/**
 * Whether named statements are in use. A single loss may come of a pooler that was set up anew a
 * moment ago, so names are tried again after a pause, which doubles while they keep being lost; one
 * line is logged when they stop, one when they have held for as long as they were out of use.
 */
const createNames = (prepared: boolean, log: Logger, now: () => number) => {
  let pause = 0;
  let resumesAt = 0;
  return {
    inUse: (): boolean => {
      if (!prepared || pause === 0) return prepared;
      const since = now() - resumesAt;
      if (since > pause) {
        pause = 0;
        log.info('named statements are in use again');
      }
      return since >= 0;
    },
    lost: (error: unknown): void => {
      if (!prepared || now() < resumesAt) return;
      if (pause === 0) {
        log.error(
          { err: error },
          'this pooler does not keep prepared statements: set DATABASE_PREPARED_STATEMENTS=false if it never does',
        );
      }
      pause = pause === 0 ? firstPause : Math.min(longestPause, 2 * pause);
      resumesAt = now() + pause;
    },
  };
};

/** `prepared` says whether statements with a name are prepared on the server to begin with. */
export const createRetry = (
  prepared: boolean,
  log: Logger,
  now: () => number = () => performance.now(),
): Retry => {
  const names = createNames(prepared, log, now);
  return {
    named: names.inUse,
    isDue: async (error, tries, reads) => {
      // The statement was refused before it ran.
      if (isNamedStatementLoss(error) && tries < maxTries) {
        names.lost(error);
        return true;
      }
      if (error instanceof ConnectionNotOpened) {
        if (!failureOf(error).retry) return false;
        // The backoff paces them; but whatever fails before it must not spin, and starve the
        // deadline's timer.
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
