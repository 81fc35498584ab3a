// Divides the processor's time between owners for work that costs much of it: pages of an export,
// and long responses. While the process is busy and others have requests in progress, an owner
// pauses after each piece of such work for a multiple of the time that it took. So all of one
// owner's exports and long reads together get at most a fifth of the time. If there is time to
// spare, or there are no others, nothing waits. Short requests are not paced: their number has
// bounds of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnerId } from '../auth/principal.ts';

/** How many times as long as its work an owner pauses. */
const restFactor = 4;

/** The longest pause, in milliseconds: a paced export stays well within the server's time-outs. */
const longestRest = 2000;

/**
 * The process counts as busy when its event loop has had work for this share of the time: the work
 * of a database on the same processor is not part of that, and no page should wait before the
 * processor is fully used.
 */
const busyShare = 0.5;

/** How long a reading of that share is valid, in milliseconds. */
const readingPeriod = 50;

/**
 * The number of owners whose pauses are remembered before the pauses that are over are forgotten.
 */
const maxOwners = 1000;

/** Whether the event loop has been busy; read on demand, at most once in a period. */
const createBusyReading = (): (() => boolean) => {
  let latest = performance.eventLoopUtilization();
  let readAt = performance.now();
  let isBusy = false;
  return () => {
    const now = performance.now();
    if (now - readAt < readingPeriod) return isBusy;
    const next = performance.eventLoopUtilization();
    isBusy = performance.eventLoopUtilization(next, latest).utilization > busyShare;
    latest = next;
    readAt = now;
    return isBusy;
  };
};

export interface Pace {
  /** Counts work of an owner that took `took` milliseconds. */
  spent(owner: OwnerId, took: number): void;
  /** Resolves at the end of the owner's pause; undefined if there is none. */
  rest(owner: OwnerId): Promise<void> | undefined;
}

/** `hasOthers`: whether others than this owner have requests in progress. */
export const createPace = (
  hasOthers: (owner: OwnerId) => boolean,
  isBusy: () => boolean = createBusyReading(),
  clock: () => number = () => performance.now(),
): Pace => {
  let restsUntil = new Map<OwnerId, number>();
  const forgetRested = (now: number): void => {
    restsUntil = new Map([...restsUntil].filter(([, until]) => until > now));
  };
  return {
    spent: (owner, took) => {
      if (!isBusy() || !hasOthers(owner)) return;
      const now = clock();
      if (restsUntil.size >= maxOwners) forgetRested(now);
      const from = Math.max(now, restsUntil.get(owner) ?? 0);
      restsUntil.set(owner, Math.min(from + took * restFactor, now + longestRest));
    },
    rest: (owner) => {
      const left = (restsUntil.get(owner) ?? Number.NEGATIVE_INFINITY) - clock();
      return left > 0 && hasOthers(owner) ? sleep(left) : undefined;
    },
  };
};
