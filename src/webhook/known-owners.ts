// The owners of whom this process knows that there is something to report, and when it may try: a
// bounded memory. What it has no room for is in the database, where the next scan finds it.

export interface KnownOwner {
  readonly owner: string;
  /** Since when this process has known of the news, on performance.now()'s clock. */
  readonly since: number;
  /** Attempts of this owner alone that have failed in a row. */
  readonly failures: number;
}

/** What a turn has come to. */
export interface TurnResult {
  /** When to try again; null if nothing is left. */
  readonly at: number | null;
  readonly failures: number;
  /** Whether news were reported, so that what is left is newer. */
  readonly isReported: boolean;
}

interface Entry extends KnownOwner {
  at: number;
  isBusy: boolean;
  isAgain: boolean;
  /** It waits for the end of a time that a scan has read, and that may be over. */
  isHearsay: boolean;
}

export interface KnownOwners {
  readonly size: number;
  /** Whether an owner was not remembered since the last call. */
  takeOverflow(): boolean;
  /** There is news of `owner`, which may be reported from `at` on. */
  add(owner: string, now: number, at: number): void;
  /** The owner whose turn it is, from now on busy; null if no one is due. */
  next(now: number): KnownOwner | null;
  /** When the next owner who is not busy is due; infinite if there is none. */
  nextAt(): number;
  /**
   * The owner is not busy any more: tried again at `at`, or at once if there may be news since the
   * turn began; otherwise forgotten.
   */
  settle(owner: string, now: number, result: TurnResult): void;
  /** Since when the oldest news has been known; null if there is none. */
  oldest(): number | null;
}

export const createKnownOwners = (most: number): KnownOwners => {
  // In the order of turns.
  const entries = new Map<string, Entry>();
  let hasOverflown = false;

  const makeRoom = (now: number): boolean => {
    if (entries.size < most) return true;
    hasOverflown = true;
    // One that waits, because it failed or because another process has it, is found by a later scan.
    for (const { owner, at, isBusy } of entries.values()) {
      if (!isBusy && at > now) return entries.delete(owner);
    }
    return false;
  };

  return {
    get size() {
      return entries.size;
    },
    takeOverflow: () => {
      const was = hasOverflown;
      hasOverflown = false;
      return was;
    },
    add: (owner, now, at) => {
      const entry = entries.get(owner);
      if (entry !== undefined) {
        entry.isAgain = true;
        if (entry.isHearsay) entry.at = Math.min(entry.at, at);
        return;
      }
      if (makeRoom(now))
        entries.set(owner, {
          owner,
          since: now,
          failures: 0,
          at,
          isBusy: false,
          isAgain: false,
          isHearsay: at > now,
        });
    },
    next: (now) => {
      for (const entry of entries.values()) {
        if (entry.isBusy || entry.at > now) continue;
        entry.isBusy = true;
        entry.isAgain = false;
        return entry;
      }
      return null;
    },
    nextAt: () => {
      let first = Number.POSITIVE_INFINITY;
      for (const { at, isBusy } of entries.values()) if (!isBusy) first = Math.min(first, at);
      return first;
    },
    settle: (owner, now, { at, failures, isReported }) => {
      const entry = entries.get(owner);
      if (entry === undefined) return;
      entries.delete(owner);
      const next = at ?? (entry.isAgain ? now : null);
      if (next === null) return;
      const since = isReported ? now : entry.since;
      entries.set(owner, {
        owner,
        since,
        failures,
        at: next,
        isBusy: false,
        isAgain: false,
        isHearsay: false,
      });
    },
    oldest: () => {
      const times = [...entries.values()].map(({ since }) => since);
      return times.length > 0 ? Math.min(...times) : null;
    },
  };
};
