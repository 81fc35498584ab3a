// Asks once a second, and only while someone waits, for the clocks that other processes have moved.

export interface PollOptions {
  /** Whether anyone waits. */
  readonly isNeeded: () => boolean;
  readonly ask: () => Promise<void>;
  readonly onFailure: (error: unknown) => void;
  /** Pause between two questions, in milliseconds. */
  readonly interval: number;
  /** Runs the work outside the context of a request. */
  readonly outside: (work: () => void) => void;
}

/**
 * The longest pause while the database does not respond, in milliseconds: when it does again, those
 * that wait have missed no more than this.
 */
const longest = 5000;

/** Returns how to begin asking, which ends by itself when it is not needed any more. */
export const createPoll = ({ isNeeded, ask, onFailure, interval, outside }: PollOptions): (() => void) => {
  let isRunning = false;
  const next = (pause: number): void => {
    setTimeout(() => void run(pause), pause).unref();
  };
  const run = async (pause: number): Promise<void> => {
    isRunning = isNeeded();
    if (!isRunning) return;
    try {
      await ask();
      next(interval);
    } catch (error) {
      onFailure(error);
      next(Math.min(longest, pause * 2));
    }
  };
  return () => {
    if (isRunning) return;
    isRunning = true;
    outside(() => next(interval));
  };
};
