// What SIGTERM and SIGINT do. Until there is something to drain they end the process at once: the first process of a
// container would otherwise not hear them at all.
import type { Logger } from './log.ts';

export interface Signals {
  /** What to do on a signal; to be replaced when there is something to stop in order. */
  stop: (signal: NodeJS.Signals) => Promise<void>;
}

/** Takes the signals over. A stop that fails ends the process with 1. */
export const onSignals = (log: Logger): Signals => {
  const signals: Signals = { stop: async () => process.exit(1) };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () =>
      signals.stop(signal).catch((error: unknown) => {
        log.error({ err: error }, 'could not stop in order');
        process.exit(1);
      }),
    );
  }
  return signals;
};
