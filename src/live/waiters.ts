// Requests that wait for their owner's next change. Waiting is only an entry in a map: no connection
// to the database is held and no statement runs. An entry is woken when a request of this process
// has written, when another request of the owner has seen a newer clock, and by the regular question
// for the clocks that other processes may have moved (poll.ts).

/** How far an owner's changes have come: the clock and its number; both empty before the first. */
export interface Clock {
  readonly epoch: string | null;
  readonly seq: bigint;
}

/** Why a request waits no longer. */
export type Woken = 'news' | 'timeout' | 'ended';

/** One request that waits, perhaps several times. Call `begin` before each reading. */
export interface Waiter {
  /** Whether waiting has ended: it has left, or the process drains. */
  readonly isOver: boolean;
  /** What is written from now on wakes this waiter. */
  begin(): void;
  /** Reports the clock that was read. */
  saw(clock: Clock): void;
  /**
   * Resolves when there may be something new since `begin` and `saw`, after `milliseconds`, or when
   * waiting has ended: because the client has gone, or the process drains.
   */
  wait(milliseconds: number): Promise<Woken>;
  /** Ends waiting for good. */
  leave(): void;
}

/** What woke a waiter: a write of this process, or the clock that the database has reported. */
export type WakeUp = 'own_write' | 'database';

export interface Waiters {
  /** A new waiter of an owner. */
  enter(owner: string): Waiter;
  /** A request of this process has written something of this owner, or may have. */
  wrote(owner: string): void;
  /** The owners that are waited for, with the latest clock that is known of each. */
  watched(): readonly { readonly owner: string; readonly clock: Clock }[];
  /** An owner's clock as the database has it. */
  report(owner: string, clock: Clock): void;
  /** Ends all waiting at once, and what comes later as soon as it would wait. */
  end(): void;
  /** How many wait. */
  readonly count: number;
}

export interface WaitersOptions {
  /** Called when the first waiter has entered. */
  readonly begun?: () => void;
  readonly woken?: (by: WakeUp, waiters: number) => void;
}

/**
 * An owner's waiters are woken at once, but not again before this time has passed, in milliseconds:
 * each reads a page then, and a client that writes without a pause would have them all read for each
 * write. With more than ten waiters it is longer, so that no owner causes more than a hundred
 * readings a second.
 */
const gap = 100;
const gapPerWaiter = 10;

interface Entry {
  readonly waiters: Set<Wakeable>;
  /** Null as long as no waiter has seen it. */
  clock: Clock | null;
  /** When its waiters were woken last, on performance.now()'s clock. */
  wokenAt: number;
  later: NodeJS.Timeout | undefined;
}

interface Wakeable {
  seen: Clock | null;
  /** Something may have been written since `begin`. */
  hasNews: boolean;
  resolve: ((woken: Woken) => void) | undefined;
}

// Clocks of different epochs have no order: whoever has seen the other one reads again.
const isNewer = (clock: Clock, than: Clock | null): boolean =>
  than === null || clock.epoch !== than.epoch || clock.seq > than.seq;

const wake = (waiter: Wakeable, woken: Woken): void => {
  waiter.resolve?.(woken);
  waiter.resolve = undefined;
};

/** Whether there may be something that the waiter has not read. */
const isDue = ({ clock }: Entry, { seen, hasNews }: Wakeable): boolean =>
  hasNews || (clock !== null && isNewer(clock, seen));

/** Wakes those that wait although there is something for them, as soon as the gap allows. */
const createWaking = (woken: (by: WakeUp, waiters: number) => void) => {
  const wakeNow = (entry: Entry): void => {
    entry.later = undefined;
    const counts = { own_write: 0, database: 0 };
    for (const waiter of entry.waiters) {
      if (waiter.resolve === undefined || !isDue(entry, waiter)) continue;
      counts[waiter.hasNews ? 'own_write' : 'database'] += 1;
      entry.wokenAt = performance.now();
      wake(waiter, 'news');
    }
    if (counts.own_write > 0) woken('own_write', counts.own_write);
    if (counts.database > 0) woken('database', counts.database);
  };
  return (entry: Entry): void => {
    if (entry.later !== undefined) return;
    const rest = entry.wokenAt + Math.max(gap, entry.waiters.size * gapPerWaiter) - performance.now();
    if (rest <= 0) wakeNow(entry);
    else entry.later = setTimeout(wakeNow, rest, entry);
  };
};

const newEntry = (): Entry => ({
  waiters: new Set(),
  clock: null,
  wokenAt: Number.NEGATIVE_INFINITY,
  later: undefined,
});

/** The waiters by owner. */
const createEntries = (begun: () => void) => {
  const entries = new Map<string, Entry>();
  let count = 0;
  return {
    of: (owner: string): Entry | undefined => entries.get(owner),
    all: (): Iterable<[string, Entry]> => entries,
    join: (owner: string, waiter: Wakeable): Entry => {
      const entry = entries.get(owner) ?? newEntry();
      entries.set(owner, entry);
      entry.waiters.add(waiter);
      count += 1;
      if (count === 1) begun();
      return entry;
    },
    leave: (owner: string, entry: Entry, waiter: Wakeable): void => {
      if (!entry.waiters.delete(waiter)) return;
      count -= 1;
      wake(waiter, 'ended');
      if (entry.waiters.size > 0) return;
      clearTimeout(entry.later);
      entries.delete(owner);
    },
    get count() {
      return count;
    },
  };
};

export const createWaiters = ({ begun = () => {}, woken = () => {} }: WaitersOptions = {}): Waiters => {
  const entries = createEntries(begun);
  const wakeSoon = createWaking(woken);
  let hasEnded = false;

  const moved = (entry: Entry, clock: Clock): void => {
    if (!isNewer(clock, entry.clock)) return;
    entry.clock = clock;
    wakeSoon(entry);
  };

  return {
    enter: (owner) => {
      const waiter: Wakeable = { seen: null, hasNews: false, resolve: undefined };
      const entry = entries.join(owner, waiter);
      return {
        get isOver() {
          return hasEnded || !entry.waiters.has(waiter);
        },
        begin: () => {
          waiter.hasNews = false;
        },
        saw: (clock) => {
          waiter.seen = clock;
          moved(entry, clock);
        },
        wait: (milliseconds) => {
          if (hasEnded || !entry.waiters.has(waiter)) return Promise.resolve('ended');
          return new Promise((resolve) => {
            // What the gap has held back is not lost on a request whose time is over.
            const onTimeout = () => wake(waiter, isDue(entry, waiter) ? 'news' : 'timeout');
            const timer = setTimeout(onTimeout, milliseconds);
            waiter.resolve = (why) => {
              clearTimeout(timer);
              resolve(why);
            };
            if (isDue(entry, waiter)) wakeSoon(entry);
          });
        },
        leave: () => entries.leave(owner, entry, waiter),
      };
    },

    wrote: (owner) => {
      const entry = entries.of(owner);
      if (entry === undefined) return;
      for (const waiter of entry.waiters) waiter.hasNews = true;
      wakeSoon(entry);
    },

    watched: () =>
      [...entries.all()].flatMap(([owner, { clock }]) => (clock === null ? [] : [{ owner, clock }])),

    report: (owner, clock) => {
      const entry = entries.of(owner);
      if (entry !== undefined) moved(entry, clock);
    },

    end: () => {
      hasEnded = true;
      for (const [, { waiters }] of entries.all()) for (const waiter of waiters) wake(waiter, 'ended');
    },

    get count() {
      return entries.count;
    },
  };
};
