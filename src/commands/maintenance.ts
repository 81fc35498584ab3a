// What `npm run migrate` and `npm run limits` have in common: the direct addresses of the
// environment, one for each database, and a report that identifies each by its place, never by its
// credentials.
import type { BaseLogger } from 'pino';
import { ConfigError, type MaintenanceConfig, readMaintenanceConfig } from '../config.ts';
import { createLogger, loggable } from '../observability/log.ts';
import { nameOf } from '../postgres/address.ts';

/** One of the databases. */
export interface Target {
  readonly url: string;
  /** The host, the port and the database. */
  readonly name: string;
  /** Adds the name to every line if there are several databases. */
  readonly log: BaseLogger;
}

/** Reports that a command failed, and ends the process. */
export const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

/**
 * Returns the configuration. If it is invalid, reports all errors and ends the process. `why` is
 * the explanation for the embedded database.
 */
export const configOrFail = (record: NodeJS.ProcessEnv, why: string): MaintenanceConfig => {
  try {
    const config = readMaintenanceConfig(record);
    if (config.urls.length === 0) fail(`DATABASE_URL is not set. ${why}`);
    return config;
  } catch (error) {
    return fail(error instanceof ConfigError ? error.message : loggable(error).message);
  }
};

/** The databases of the configuration, in its order. */
export const targetsOf = ({ urls, logLevel }: MaintenanceConfig): Target[] => {
  const log = createLogger(logLevel);
  return urls.map((url) => {
    const name = nameOf(url);
    return { url, name, log: urls.length > 1 ? log.child({ database: name }) : log };
  });
};

/**
 * Does the work on each database, one after the other. A failure on one does not stop the others.
 * Returns the failures, one line each, which begins with `failed` and contains the database if
 * there are several.
 */
export const onEach = async (
  targets: readonly Target[],
  failed: string,
  work: (target: Target) => Promise<void>,
): Promise<string[]> => {
  const failures: string[] = [];
  for (const [index, target] of targets.entries()) {
    const place = targets.length > 1 ? `${index + 1} of ${targets.length}, ${target.name}: ` : '';
    await work(target).catch((error: unknown) => {
      failures.push(`${failed}: ${place}${loggable(error).message}`);
    });
  }
  return failures;
};
