// How many connections the system's limit on open files allows. At that limit Node reports nothing:
// libuv accepts a connection and closes it at once, and the process can open neither the database
// nor a log file.
import { readdirSync, readFileSync } from 'node:fs';
import type { Logger } from '../observability/log.ts';

/** Reserved for everything else that the process opens: key sets, metrics, files. */
const reserve = 32;

/** With fewer, the service could not work. */
const least = 4;

/**
 * How many more files this process may open, or Infinity if the system does not report it (only
 * Linux does).
 */
const spare = (): number => {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return Number(limit ?? Number.POSITIVE_INFINITY) - readdirSync('/proc/self/fd').length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

/**
 * Returns `wanted`, or the number of connections that the remaining files allow besides those to
 * the database. Logs a warning if that is fewer.
 */
export const connectionsWithin = (wanted: number, poolMax: number, log: Logger): number => {
  const possible = Math.max(least, spare() - poolMax - reserve);
  if (possible >= wanted) return wanted;
  log.warn(
    { connections: possible },
    'the limit on open files allows fewer connections than MAX_CONNECTIONS',
  );
  return possible;
};
