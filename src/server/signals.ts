// The effect of signals. SIGTERM, SIGINT and SIGHUP drain the process. Others that would end it, or
// open the inspector, do nothing.
import { constants } from 'node:os';

/** SIGHUP comes when the terminal is closed, or the shell that started the process has ended. */
const ending = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export type EndingSignal = (typeof ending)[number];

/**
 * SIGUSR1 makes Node open its inspector, through which anyone on this machine can run code in the
 * process. SIGUSR2 ends a process that has no handler for it. Node itself ignores SIGPIPE.
 */
const ignored = ['SIGUSR1', 'SIGUSR2'] as const;

/**
 * A signal that follows another one within this time, in milliseconds, is the same request: a
 * terminal sends Ctrl-C to npm, to its shell and to the service, and npm passes it on.
 */
const echo = 1000;

/**
 * Ends the process at once, before there is anything to drain, as the signal does without a handler.
 * `process.exit` first waits for V8's background compiler, which can wait for a garbage collection
 * that does not come any more (https://github.com/nodejs/node/issues/54918).
 */
export const endBy = (signal: EndingSignal): never => {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // A signal without a handler does not end the first process of a container. A shell reports this
  // code for one that it ends.
  process.exit(128 + constants.signals[signal]);
};

export interface Signals {
  /**
   * What to do on the first signal. Replace it when there is something that must be stopped
   * cleanly. `hurry` aborts, with the signal as its reason, when SIGINT or SIGTERM comes again:
   * from then on, wait for nothing.
   */
  stop: (signal: EndingSignal, hurry: AbortSignal) => Promise<void>;
  /** Reports a stop that has failed; the process then ends with 1. */
  failed: (error: unknown) => void;
}

/** Handles the signals. Until `stop` is replaced, they end the process at once. */
export const onSignals = (): Signals => {
  const signals: Signals = {
    stop: async (signal) => endBy(signal),
    failed: () => {},
  };
  const hurry = new AbortController();
  let latest = Number.NEGATIVE_INFINITY;
  let stopping = false;
  const receive = (signal: EndingSignal): void => {
    if (performance.now() - latest < echo) return;
    latest = performance.now();
    if (stopping) {
      if (signal !== 'SIGHUP') hurry.abort(signal);
      return;
    }
    stopping = true;
    signals.stop(signal, hurry.signal).catch((error: unknown) => {
      signals.failed(error);
      process.exit(1);
    });
  };
  for (const signal of ending) process.on(signal, receive);
  for (const signal of ignored) process.on(signal, () => {});
  return signals;
};
