// How many connections the system's limit on open files leaves room for. At that limit Node reports nothing: libuv accepts
// a connection and closes it at once, and neither the database nor a log file could be opened any more.
import { readdirSync, readFileSync } from 'node:fs';
import type { Logger } from '../observability/log.ts';

/** Kept for what is opened besides: key sets, metrics, files. */
const reserve = 32;

/** Fewer would be no service. */
const least = 4;

/** The open files that this process may still have, or Infinity where the system does not tell (only Linux does). */
const spare = (): number => {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return Number(limit ?? Number.POSITIVE_INFINITY) - readdirSync('/proc/self/fd').length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

/** `wanted` connections, or as many as there are files for beside those to the database; warns when that is fewer. */
export const connectionsWithin = (wanted: number, poolMax: number, log: Logger): number => {
  const possible = Math.max(least, spare() - poolMax - reserve);
  if (possible >= wanted) return wanted;
  log.warn(
    { connections: possible },
    'the limit on open files allows fewer connections than MAX_CONNECTIONS',
  );
  return possible;
};
