// What the contract states about the end of an operation, as response headers: `deprecated: true`
// with the extensions `x-deprecated-since` and `x-sunset`, both dates (RFC 3339).
import type { Operation } from 'openapi-backend';

const time = (operation: Operation, extension: string): Date | undefined => {
  const value = (operation as unknown as Record<string, unknown>)[extension];
  if (value === undefined) return undefined;
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  if (Number.isNaN(date.getTime())) throw new Error(`${operation.operationId}: ${extension} is not a date`);
  return date;
};

/**
 * The headers of an operation that will go away; none for any other. `Deprecation` is a structured
 * date (RFC 9745), the epoch if the contract does not state the date; `Sunset` is an HTTP date (RFC
 * 8594). Throws on what is not a date, on a sunset without deprecation, and on one that comes
 * before it.
 */
export const deprecationHeaders = (operation: Operation): Readonly<Record<string, string>> => {
  const since = time(operation, 'x-deprecated-since') ?? new Date(0);
  const sunset = time(operation, 'x-sunset');
  if (!operation.deprecated) {
    if (sunset) throw new Error(`${operation.operationId}: x-sunset without deprecated: true`);
    return {};
  }
  if (sunset && sunset < since)
    throw new Error(`${operation.operationId}: x-sunset before x-deprecated-since`);
  return {
    Deprecation: `@${Math.floor(since.getTime() / 1000)}`,
    ...(sunset && { Sunset: sunset.toUTCString() }),
  };
};
