// When a failed attempt is repeated, and after how long.

/** The longest wait between two attempts, in milliseconds. */
const maxWait = 60_000;

/** Overload, and what proxies send when the server does not respond. */
const passing = [408, 429, 502, 503, 504];

/** The milliseconds that `Retry-After` asks for (RFC 9110, section 10.2.3): seconds, or a date. */
export const retryAfter = (headers: Headers): number | undefined => {
  const value = headers.get('Retry-After');
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // Date.parse takes `-5` and `1.5` for dates, too; all forms of an HTTP date begin with the weekday.
  const wait = /^(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? /.test(value)
    ? Date.parse(value) - Date.now()
    : Number.NaN;
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
};

/** From half a second on, twice as long each time up to eight, less a random part of up to a half. */
const backoff = (attempt: number): number => Math.min(8000, 500 * 2 ** attempt) * (1 - Math.random() / 2);

/**
 * How many milliseconds to wait before the next attempt, `attempt` being 0 after the first; undefined
 * if the failure is final. `response` is undefined if none came, or only a part of it. Repeating is
 * safe for every operation: reads change nothing, and writes have a key or delete everything.
 */
export const waitAfter = (response: Response | undefined, attempt: number): number | undefined => {
  if (response === undefined) return backoff(attempt);
  const wanted = retryAfter(response.headers);
  // A 409 with Retry-After: an earlier attempt, or the deletion of everything, is still in progress.
  if (!passing.includes(response.status) && !(response.status === 409 && wanted !== undefined))
    return undefined;
  if (wanted === undefined) return backoff(attempt);
  // Not all clients that were told the same time should return at once.
  return wanted > maxWait ? undefined : wanted + Math.random() * 250;
};

/**
 * Whether a failure passes, for work that repeats until its caller ends it: any that a call repeats,
 * and those of a server that fails.
 */
export const isPassing = (status: number): boolean =>
  status === 425 || passing.includes(status) || (status >= 500 && status !== 501);

/** The longest pause before connecting again, in milliseconds, unless the server wants a longer one. */
const maxPause = 30_000;

/** The longest time in `Retry-After` that is waited for, in milliseconds. */
const maxRetryAfter = 3_600_000;

/**
 * The milliseconds before connecting again after this many failures in a row: at random up to
 * `first`, and up to twice as long each time ("full jitter"), so that the clients of a server that
 * has restarted do not return at once. The time in `Retry-After` is added.
 */
export const pauseAfter = (failures: number, first: number, headers?: Headers): number =>
  Math.random() * Math.min(maxPause, first * 2 ** Math.min(failures, 10)) +
  Math.min(maxRetryAfter, (headers && retryAfter(headers)) ?? 0);

/** The first pause before connecting again, in milliseconds, unless the server names another one. */
export const firstPause = 1000;

/** A connection that has lasted as long, in milliseconds, was no failure, even if it brought nothing. */
export const steady = 10_000;

/** Waits, and rejects with the signal's reason when it aborts. */
export const sleep = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const end = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', end, { once: true });
  });
