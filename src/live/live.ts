// Live: requests that wait for changes, and the question to the database that tells them what other
// processes have written.
import { findMovedClocks } from '../db/moved-clocks.ts';
import type { Statements } from '../postgres/database.ts';
import { createPoll } from './poll.ts';
import { createTurns, type TakeTurn } from './turns.ts';
import { createWaiters, type Waiter, type Waiters, type WaitersOptions } from './waiters.ts';

export interface LiveOptions extends Pick<WaitersOptions, 'woken'> {
  /** The databases that owners are spread over. */
  readonly databases: readonly Statements[];
  /**
   * How often the database is asked what other processes have written, in milliseconds; null if
   * there are none.
   */
  readonly pollInterval: number | null;
  /** Called after each question. */
  readonly asked?: (outcome: 'ok' | 'failed') => void;
  /** Called when a database no longer responds, and when it does again. */
  readonly onFailure: (error: unknown) => void;
  readonly onRecovery: () => void;
  /** Runs the work outside the context of a request. */
  readonly outside: (work: () => void) => void;
}

/** How many requests that have been woken read at once: fewer than may wait for the database. */
const readings = 32;

type Ask = () => Promise<void>;

/**
 * For each database, how to ask it for the clocks that have moved. An owner is in one of them, so it
 * has no clock any more only if none of them has one.
 */
const questionsTo = (databases: readonly Statements[], waiters: () => Waiters): readonly Ask[] => {
  const without = databases.map(() => new Set<string>());
  return databases.map((database, at) => async () => {
    const { watched, report } = waiters();
    const moved = await findMovedClocks(
      database,
      watched().map(({ owner, clock }) => ({ owner, ...clock })),
    );
    const gone = new Set<string>();
    without[at] = gone;
    for (const { owner, ...clock } of moved) {
      if (clock.epoch !== null) report(owner, clock);
      else gone.add(owner);
    }
    for (const owner of gone) {
      if (without.every((others) => others.has(owner))) report(owner, { epoch: null, seq: 0n });
    }
  });
};

type PollOptions = Pick<LiveOptions, 'onFailure' | 'onRecovery' | 'outside'> &
  Required<Pick<LiveOptions, 'asked'>> & {
    readonly ask: Ask;
    readonly interval: number;
    readonly isNeeded: () => boolean;
  };

/** Asks regularly, and reports the first failure of several. */
const pollOf = ({ ask, asked, onFailure, onRecovery, ...options }: PollOptions): (() => void) => {
  let hasFailed = false;
  return createPoll({
    ...options,
    ask: async () => {
      await ask();
      asked('ok');
      if (hasFailed) onRecovery();
      hasFailed = false;
    },
    onFailure: (error) => {
      asked('failed');
      if (!hasFailed) onFailure(error);
      hasFailed = true;
    },
  });
};

/** The waiters of this process, and the turns in which they read. */
export interface Live extends Waiters {
  readonly takeTurn: TakeTurn;
}

/** The waiters are woken by this process' own writes and by those of others. */
export const createLive = ({
  databases,
  pollInterval,
  woken = () => {},
  asked = () => {},
  ...options
}: LiveOptions): Live => {
  const isNeeded = (): boolean => waiters.count > 0;
  const polls =
    pollInterval === null
      ? []
      : questionsTo(databases, () => waiters).map((ask) =>
          pollOf({ ...options, ask, asked, isNeeded, interval: pollInterval }),
        );
  const begun = (): void => {
    for (const begin of polls) begin();
  };
  const waiters = createWaiters({ begun, woken });
  return Object.assign(waiters, { takeTurn: createTurns(readings) });
};

/** How long streams are silent, and open, in milliseconds. */
export interface StreamTimes {
  /** At least as often something is sent: proxies end a connection that is silent. */
  readonly heartbeat: number;
  /**
   * The longest time that a stream stays open: its connection may have gone without a word, and load
   * is spread anew over the processes.
   */
  readonly longest: number;
}

export const defaultTimes: StreamTimes = { heartbeat: 15_000, longest: 3_600_000 };

/** What an operation can use to wait for its owner's changes. */
export interface LiveContext {
  readonly live: {
    /** A waiter of the owner, which leaves by itself when the response has closed. */
    enter(): Waiter;
    /**
     * Turns the request from one in progress into one that waits, and returns how to end that.
     * Throws a Problem if too many wait: 429 or 503.
     */
    park(): () => void;
    /** Runs a reading of a request that has been woken, when it is its turn. */
    readonly takeTurn: TakeTurn;
    readonly times: StreamTimes;
    /** When the token expires, in milliseconds since the epoch. */
    readonly until: number;
  };
}
