// Several processes on one port. The primary starts workers, replaces those that crash, stops them
// cleanly, and serves the metrics of all.
import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import type { Config } from '../config.ts';
import { listenMetrics } from '../http/metrics-server.ts';
import { addressOf } from '../http/server.ts';
import type { Logger } from '../observability/log.ts';
import { shareReading } from '../observability/metrics.ts';
import { announce } from './addresses.ts';
import { type EndingSignal, endBy, type Signals } from './signals.ts';

/** The first and the longest pause before a worker that crashed is replaced, in milliseconds. */
const first = 200;
const longest = 10_000;

/** A worker that has run this long did not fail at its start, in milliseconds. */
const settled = 30_000;

/**
 * Runs `config.workers` workers until a signal. Exits with 1 if workers crash before any has
 * listened.
 */
export const runPrimary = async (config: Config, log: Logger, signals: Signals): Promise<void> => {
  const workers = new Set<Worker>();
  let stopping = false;
  let hasListened = false;
  let pause = first;

  const start = (): void => {
    const worker = cluster.fork();
    const startedAt = performance.now();
    workers.add(worker);
    worker.once('listening', ({ port }) => {
      if (!hasListened) announce(addressOf(config.host, port), config.host);
      hasListened = true;
    });
    worker.once('exit', (code, signal) => {
      workers.delete(worker);
      if (stopping) return;
      if (!hasListened) {
        stopping = true;
        process.exitCode = 1;
        for (const other of workers) other.kill('SIGTERM');
        return;
      }
      if (performance.now() - startedAt > settled) pause = first;
      log.error({ code, signal, pause_ms: pause }, 'a worker crashed and will be replaced');
      setTimeout(() => !stopping && start(), pause * (0.5 + Math.random() / 2));
      pause = Math.min(longest, pause * 2);
    });
  };

  if (config.metricsPort !== null) {
    const registry = new AggregatorRegistry();
    const read = shareReading(() => registry.clusterMetrics());
    await listenMetrics(read, { host: config.host, port: config.metricsPort });
  }
  for (let n = 0; n < config.workers; n++) start();

  signals.stop = async (signal, hurry) => {
    stopping = true;
    log.info({ signal, workers: workers.size }, 'stopping the workers');
    const ended = [...workers].map((worker) => new Promise((done) => worker.once('exit', done)));
    const pass = (received: EndingSignal) => {
      for (const worker of workers) worker.process.kill(received);
    };
    pass(signal);
    hurry.addEventListener('abort', () => pass(hurry.reason));
    await Promise.all(ended);
    if (!hasListened) endBy(signal);
    process.exit(0);
  };
};
