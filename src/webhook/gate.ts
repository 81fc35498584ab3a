// Whether messages may be sent now. All go to one receiver: while it fails, one attempt at a time shows
// when it works again, at growing intervals.

export interface GateOptions {
  /** The first and the longest pause, in milliseconds. */
  readonly first: number;
  readonly longest: number;
  /** The longest pause while there is activity. */
  readonly active: number;
  /** Attempts at once, while none fails. */
  readonly width: number;
}

export interface Gate {
  /** How many attempts may run at once. */
  width(now: number): number;
  /** When it opens, while it is closed. */
  readonly opensAt: number;
  /** How many attempts have failed since one has succeeded; those of one time count once. */
  readonly failures: number;
  /**
   * Closes the gate for its own time, or for `pause` milliseconds if that is longer. Returns for how
   * long, or null if it was closed already.
   */
  fail(now: number, pause: number | null): number | null;
  succeed(): void;
  /** There is activity: shortens a long pause, but not one that was asked for. */
  hasten(): void;
}

/** Whole seconds, for the log. */
export const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000);

/** A pause that doubles with each failure and varies by half, in milliseconds. */
export const backoff = (failures: number, { first, longest }: Pick<GateOptions, 'first' | 'longest'>) =>
  Math.min(longest, first * 2 ** Math.min(failures - 1, 30)) * (0.5 + Math.random() / 2);

export const createGate = ({ first, longest, active, width }: GateOptions): Gate => {
  let failures = 0;
  let failedAt = 0;
  let opensAt = Number.NEGATIVE_INFINITY;
  let asked = 0;
  return {
    width: (now) => {
      if (now < opensAt) return 0;
      return failures > 0 ? 1 : width;
    },
    get opensAt() {
      return opensAt;
    },
    get failures() {
      return failures;
    },
    fail: (now, pause) => {
      if (now < opensAt) return null;
      failures += 1;
      failedAt = now;
      // A receiver that asks for no pause at all, or for one in the past, gets the first one.
      asked = pause === null ? 0 : Math.min(longest, Math.max(first, pause));
      const taken = Math.max(asked, backoff(failures, { first, longest }));
      opensAt = now + taken;
      return taken;
    },
    succeed: () => {
      failures = 0;
      opensAt = Number.NEGATIVE_INFINITY;
    },
    hasten: () => {
      opensAt = Math.min(opensAt, failedAt + Math.max(active, asked));
    },
  };
};
