// What `npm run migrate` and `npm run limits` have in common: the direct addresses of the environment, one for each
// database, and a report that names each by its place, never by its credentials.
import type { BaseLogger } from 'pino';
import { ConfigError, type MaintenanceConfig, readMaintenanceConfig } from '../config.ts';
import { createLogger, loggable } from '../observability/log.ts';
import { nameOf } from '../postgres/address.ts';

/** One of the databases. */
export interface Target {
  readonly url: string;
  /** The host, the port and the database. */
  readonly name: string;
  /** Puts the name into every line where there are several databases. */
  readonly log: BaseLogger;
}

/** Reports a command that could not do its work, and ends the process. */
export const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

/** The configuration, or the end of the process with all that is wrong with it. `why` is for the embedded database. */
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
 * Does the work on each database, one after the other; what fails on one does not keep it from the others. Returns the
 * failures, a line each that begins with `failed` and names the database where there are several.
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
