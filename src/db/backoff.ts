// How long to leave a database alone that does not take connections. All who want a connection share one backoff, so
// that a database on its way up is not met by everybody at once.
import { setTimeout as sleep } from 'node:timers/promises';

/** The first and the longest pause between two attempts, in milliseconds. */
const first = 50;
const longest = 2000;

export interface Backoff {
  /** Waits for as long as the failures so far ask for: nothing after a success. */
  pause(): Promise<void>;
  failed(error: unknown): void;
  succeeded(): void;
  /** Why the latest attempt failed; undefined after a success. */
  readonly error: unknown;
}

/** Doubles the pause with each round of failures, and takes a random part of it ("full jitter") each time. */
export const createBackoff = (random: () => number = Math.random): Backoff => {
  let bound = 0;
  let grownAt = 0;
  let latest: unknown;
  return {
    pause: async () => {
      if (bound > 0) await sleep(bound * random());
    },
    failed: (error) => {
      latest = error;
      // Attempts that ran side by side are one round, and fail as one.
      if (performance.now() - grownAt < bound) return;
      grownAt = performance.now();
      bound = Math.min(longest, bound === 0 ? first : bound * 2);
    },
    succeeded: () => {
      latest = undefined;
      bound = 0;
    },
    get error() {
      return latest;
    },
  };
};
