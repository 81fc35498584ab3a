// The processor's time between owners, for what costs much of it: pages of an export, and long
// responses. While the process is busy and others have requests in progress, an owner rests after
// each of them for some times as long as it took, so that all of one owner's exports and long reads
// together get a fifth of the time at most. Where there is time to spare, or no one else, nothing
// waits. Short requests are never looked at: their number has bounds of its own.
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnerId } from '../auth/principal.ts';

/** How many times as long as its work an owner rests. */
const restFactor = 4;

/**
 * The longest rest, in milliseconds: a paced export still moves well within the server's time-outs.
 */
const longestRest = 2000;

/**
 * The process counts as busy when its event loop has had work for this share of the time: what a
 * processor does for the database beside it is not part of that, and others should wait for no page
 * before all of it is used.
 */
const busyShare = 0.5;

/** How long a reading of that holds, in milliseconds. */
const readingPeriod = 50;

/** Owners whose rest is remembered before those that are over are forgotten. */
const maxOwners = 1000;

/** Whether the event loop has been busy; read when it is asked for, at most once in a period. */
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
  /** Counts work of an owner that took so many milliseconds. */
  spent(owner: OwnerId, took: number): void;
  /** What is left of the owner's rest; undefined for nothing. */
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
