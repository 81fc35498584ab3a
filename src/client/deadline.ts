// A time-out and the caller's signal as one signal for fetch. AbortSignal.any and its relatives are
// younger than some browsers that this client runs in.
import { ConnectionError, TimeoutError } from './errors.ts';

export interface Deadline {
  readonly signal: AbortSignal;
  /** Stops the clock while nothing is expected of the server. */
  pause(): void;
  /** Gives the server the whole time again. */
  restart(): void;
  /** Stops the clock and lets go of the caller's signal. */
  end(): void;
  /** What the caller should see instead of what fetch threw. */
  errorOf(thrown: unknown): unknown;
}

// A timer that is set for longer than this goes off at once.
const longest = 2 ** 31 - 1;

/** A deadline of `timeout` milliseconds from now; Infinity for none. */
export const createDeadline = (timeout: number, outer?: AbortSignal): Deadline => {
  if (!(timeout > 0)) throw new TypeError('timeout must be a positive number of milliseconds');
  const controller = new AbortController();
  const late = new TimeoutError(`no response within ${timeout} ms`);
  const start = () => setTimeout(() => controller.abort(late), Math.min(timeout, longest));
  const abort = () => controller.abort(outer?.reason);
  let timer = start();
  const pause = () => clearTimeout(timer);
  if (outer?.aborted) abort();
  outer?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    pause,
    restart: () => {
      pause();
      timer = start();
    },
    end: () => {
      pause();
      outer?.removeEventListener('abort', abort);
    },
    errorOf: (thrown) => {
      if (outer?.aborted) return outer.reason;
      if (controller.signal.aborted) return late;
      return new ConnectionError('the connection failed', { cause: thrown });
    },
  };
};
