// A time-out and the caller's signal as one signal for fetch. AbortSignal.any and its relatives are
// younger than some browsers that this client runs in.
import { ConnectionError, TimeoutError } from './errors.ts';

export interface Deadline {
  readonly signal: AbortSignal;
  /** The result of `work`, or a rejection as soon as the time is over or the caller aborts. */
  race<T>(work: () => Promise<T> | T): Promise<T>;
  /** Stops the clock while nothing is expected of the server. */
  pause(): void;
  /** Gives the server the whole time again, or another one. */
  restart(timeout?: number): void;
  /** Stops the clock and lets go of the caller's signal. */
  end(): void;
  /** What the caller should see instead of what fetch threw. */
  errorOf(thrown: unknown): unknown;
}

// A timer that is set for longer than this goes off at once.
const longest = 2 ** 31 - 1;

/** Throws a TypeError unless `timeout` is one: a positive number of milliseconds, or Infinity. */
export const assertTimeout = (timeout: unknown): void => {
  if (!(typeof timeout === 'number' && timeout > 0))
    throw new TypeError('timeout must be a positive number of milliseconds');
};

/** A deadline of `timeout` milliseconds from now; Infinity for none. `what` names the request in errors. */
export const createDeadline = (timeout: number, what: string, outer?: AbortSignal): Deadline => {
  assertTimeout(timeout);
  const controller = new AbortController();
  const { signal } = controller;
  const start = (limit: number) => {
    const expire = () => controller.abort(new TimeoutError(`${what}: no response within ${limit} ms`));
    return setTimeout(expire, Math.min(limit, longest));
  };
  const abort = () => controller.abort(outer?.reason);
  let timer = start(timeout);
  const pause = () => clearTimeout(timer);
  if (outer?.aborted) abort();
  outer?.addEventListener('abort', abort, { once: true });
  return {
    signal,
    race: (work) =>
      new Promise((resolve, reject) => {
        const stop = () => reject(signal.reason);
        if (signal.aborted) return stop();
        signal.addEventListener('abort', stop, { once: true });
        Promise.resolve()
          .then(work)
          .then(resolve, reject)
          .finally(() => signal.removeEventListener('abort', stop));
      }),
    pause,
    restart: (limit = timeout) => {
      pause();
      timer = start(limit);
    },
    end: () => {
      pause();
      outer?.removeEventListener('abort', abort);
    },
    errorOf: (thrown) => {
      if (outer?.aborted) return outer.reason;
      if (signal.aborted) return signal.reason;
      return new ConnectionError(`${what}: the connection failed`, { cause: thrown });
    },
  };
};
