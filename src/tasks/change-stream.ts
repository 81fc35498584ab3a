// Changes that a request waits for: one page after a pause (long polling), or pages as server-sent
// events (HTML standard, section 9.2) for as long as the client stays.
import type { components } from '../contract/operation.ts';
import { problems } from '../contract/problem.ts';
import type { LiveContext } from '../live/live.ts';
import type { Waiter } from '../live/waiters.ts';
import type { ChangePage, Position } from './feed.ts';

type Live = LiveContext['live'];

/** Reads the changes after a position; null if they cannot be listed completely any more. */
type Read = (after: Position | null) => Promise<ChangePage | null>;

/** How a page is sent. */
type ToBody = (page: ChangePage) => Promise<components['schemas']['TaskChanges']>;

/** How soon a client connects again, in milliseconds. */
const retry = 1000;

const readWith = async (waiter: Waiter, read: Read, after: Position | null): Promise<ChangePage | null> => {
  waiter.begin();
  const page = await read(after);
  if (page !== null && !page.hasMore) waiter.saw(page.next);
  return page;
};

/**
 * The changes after a position, as soon as there are any, or none after `seconds` without any. Throws
 * a Problem: 410, 429, 503.
 */
export const waitForChanges = async (
  live: Live,
  read: Read,
  { after, seconds }: { readonly after: Position | null; readonly seconds: number },
): Promise<ChangePage> => {
  const end = Math.min(performance.now() + seconds * 1000, performance.now() + live.until - Date.now());
  const waiter = live.enter();
  let leave: (() => void) | undefined;
  try {
    for (;;) {
      const reading = () => readWith(waiter, read, after);
      const page = await (leave === undefined ? reading() : live.takeTurn(reading));
      if (page === null) throw problems.changeTokenExpired();
      const left = end - performance.now();
      if (page.items.length > 0 || left <= 0) return page;
      leave ??= live.park();
      if ((await waiter.wait(left)) !== 'news') return page;
    }
  } finally {
    waiter.leave();
    leave?.();
  }
};

/**
 * The changes after a position, and then those to come, as the text of events. The first page is read
 * before it returns, so what is wrong with the request is still a Problem: 410, 429, 503.
 */
export const streamChanges = async (
  live: Live,
  read: Read,
  toBody: ToBody,
  after: Position | null,
): Promise<AsyncIterable<string>> => {
  const { heartbeat, longest } = live.times;
  const end = Math.min(Date.now() + longest, live.until);
  const waiter = live.enter();
  // A stream waits from its beginning: after a restart, all that follow come at once, and read in turns.
  live.park();
  const first = await live.takeTurn(() => readWith(waiter, read, after));
  if (first === null) throw problems.changeTokenExpired();

  const eventOf = async (page: ChangePage): Promise<string> => {
    const body = await toBody(page);
    return `id: ${body.next_since}\nevent: changes\ndata: ${JSON.stringify(body)}\n\n`;
  };
  async function* events(start: ChangePage): AsyncIterable<string> {
    yield `retry: ${retry}\n\n${start.items.length > 0 ? await eventOf(start) : ''}`;
    let { next, hasMore } = start;
    for (;;) {
      const left = end - Date.now();
      if (left <= 0 || waiter.isOver) return;
      if (!hasMore) {
        const woken = await waiter.wait(Math.min(heartbeat, left));
        if (woken === 'timeout') yield ':\n\n';
        if (woken !== 'news') continue;
      }
      const page = await live.takeTurn(() => readWith(waiter, read, next));
      // Everything was deleted: a new request with the last id gets the 410.
      if (page === null) return;
      if (page.items.length > 0) yield await eventOf(page);
      ({ next, hasMore } = page);
    }
  }
  return events(first);
};
