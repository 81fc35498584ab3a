// The rule for second tries. A read is sent again whenever its connection broke; a write only if it
// is certain that the first try did nothing. A write that may have been committed is not sent
// again: the client gets a 503, which means that the outcome is unknown.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ConnectionLost, ConnectionNotOpened, failureOf, isNamedStatementLoss } from './failure.ts';

export interface Retry {
  /** Whether to try again after `tries` tries; resolves after the necessary pause. */
  isDue(error: unknown, tries: number, reads: boolean): Promise<boolean>;
  /** Whether named statements are in use. */
  named(): boolean;
}

/**
 * The maximum number of attempts on connections that break. The backoff paces those whose
 * connection does not open, up to the deadline.
 */
const maxTries = 8;

const jitter = (tries: number) => sleep(Math.random() * 25 * tries);

/**
 * How long statements go without names after one was lost, at first and at most, in milliseconds.
 */
const firstPause = 10_000;
const longestPause = 3_600_000;

/**
 * Whether named statements are in use. A pooler that has just been reconfigured may lose them only
 * once, so names are tried again after a pause, which doubles with each loss. One line is logged
 * when they are no longer used, and one when they have worked again for as long as they were not
 * used.
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

/** `prepared`: whether statements with a name are prepared on the server at first. */
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
        // The backoff paces them, but a failure that comes before it must not be repeated in a
        // tight loop, which would keep the deadline's timer from running.
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
