// The entry point: reads the environment, starts one process or several, and reports errors to the
// person who started it.
import cluster from 'node:cluster';
import { ConfigError, readConfig } from '../config.ts';
import { EmbeddedDatabaseMissing } from '../db/embedded.ts';
import { DataDirectoryInUse, DataDirectoryUnusable } from '../db/lock.ts';
import { DatabaseUnsuitable, refuseUnsuitable } from '../db/suitable.ts';
import { createLogger, loggable } from '../observability/log.ts';
import { runPrimary } from './cluster.ts';
import { serve } from './serve.ts';
import type { Signals } from './signals.ts';

const plain = [
  ConfigError,
  DatabaseUnsuitable,
  DataDirectoryInUse,
  DataDirectoryUnusable,
  EmbeddedDatabaseMissing,
];

/**
 * The message for the person who started the server: one sentence if they can fix it, a stack for a
 * bug.
 */
const explain = (error: unknown): string => {
  if (plain.some((kind) => error instanceof kind)) return (error as Error).message;
  const { name, message, stack, code } = loggable(error);
  if (code === 'EADDRINUSE')
    return `Port ${(error as { port?: unknown }).port} is taken. Set PORT or METRICS_PORT to another one.`;
  const { syscall } = error as { syscall?: unknown };
  if (syscall === 'listen' || syscall === 'getaddrinfo')
    return `Cannot listen there. Check HOST and PORT: ${message}.`;
  return stack ?? `${name}: ${message}`;
};

/** Runs the service until a signal. If an error ends it, prints the error and exits with 1. */
export const main = async (signals: Signals): Promise<void> => {
  try {
    const config = readConfig(process.env);
    const log = createLogger(config.logLevel);
    signals.failed = (error) => log.error({ err: error }, 'could not stop cleanly');
    if (config.database !== null && !cluster.isWorker) await refuseUnsuitable(config.database.url);
    if (config.workers > 1 && cluster.isPrimary) await runPrimary(config, log, signals);
    else await serve({ config, log, signals, isWorker: cluster.isWorker });
  } catch (error) {
    console.error(explain(error));
    process.exit(1);
  }
};
