// The connections at work: each is leased from Slonik's pool and then serves one turn after the other, because leasing
// it anew for each statement costs more than the statement's own handling. A lane that nobody needs goes back to the
// pool, which closes it in time. It also bounds the work in hand: so many lanes, so many turns that wait, and nobody
// beyond; otherwise more load than the database can serve would make everybody wait until all give up.
import { ConnectionNotOpened } from './failure.ts';
import type { Statements } from './pool.ts';

/** A connection that one turn has for itself. */
export interface Lane {
  readonly statements: Statements;
}

export interface LanesOptions {
  /** Leases a connection for as long as `use` has not settled; a rejection costs the connection. */
  readonly lease: (use: (statements: Statements) => Promise<void>) => Promise<void>;
  /** Connections at once. */
  readonly width: number;
  /** Turns that may wait. */
  readonly length: number;
  /** What the next turn gets when the line is full. */
  readonly refusal: () => Error;
}

/** Somebody in line. */
interface Waiter {
  readonly serve: (lane: Lane) => void;
  readonly fail: (error: unknown) => void;
}

export interface Waiting {
  readonly lane: Promise<Lane>;
  /** Leaves the line. */
  leave(): void;
}

export interface Lanes {
  /**
   * A lane, at once or when one is free. `isFirst` goes before all others, and past the bound. Throws `refusal()` when
   * the line is full; the promise rejects with ConnectionNotOpened.
   */
  take(isFirst: boolean): Lane | Waiting;
  giveBack(lane: Lane): void;
  /** Closes the connection of a lane: what is under way on it is not waited for. */
  giveUp(lane: Lane, reason: unknown): void;
  readonly running: number;
  readonly waiting: number;
  /** Lanes without a turn. */
  readonly idle: number;
  /** Gives back what is idle, now and from now on. */
  close(): void;
}

/** How long a lane is kept without a turn, in milliseconds. */
const patience = 1000;

/** How long a lane is kept at most, in milliseconds: the pool renews its connections when they come back to it. */
const maxAge = 60_000;

interface Leased extends Lane {
  readonly release: () => void;
  readonly abandon: (reason: unknown) => void;
  readonly leasedAt: number;
  idleSince: number;
  /** The lease has ended: the connection broke. */
  isOver: boolean;
}

const leave = <Member>(queue: Member[], member: Member): void => {
  const place = queue.indexOf(member);
  if (place >= 0) queue.splice(place, 1);
};

export const createLanes = ({ lease, width, length, refusal }: LanesOptions): Lanes => {
  // The last one used is the next one used, so that those that are not needed show.
  const idle: Leased[] = [];
  // Arrays, although who leaves is looked for: a Set that changes all the time keeps what was in it from being collected.
  const first: Waiter[] = [];
  const line: Waiter[] = [];
  let leased = 0;
  let running = 0;
  let isClosed = false;
  let sweep: NodeJS.Timeout | undefined;

  const next = (): Waiter | undefined => first.shift() ?? line.shift();

  const releaseIdle = (before: number): void => {
    while (idle[0] !== undefined && idle[0].idleSince <= before) idle.shift()?.release();
  };
  const sweepIdle = (): void => {
    releaseIdle(performance.now() - patience);
    sweep = idle.length > 0 ? setTimeout(sweepIdle, patience).unref() : undefined;
  };

  const offer = (lane: Leased): void => {
    if (lane.isOver || performance.now() - lane.leasedAt > maxAge) {
      lane.release();
      return;
    }
    const waiter = next();
    if (waiter !== undefined) {
      running += 1;
      waiter.serve(lane);
    } else if (isClosed) lane.release();
    else {
      lane.idleSince = performance.now();
      idle.push(lane);
      sweep ??= setTimeout(sweepIdle, patience).unref();
    }
  };

  const open = (): void => {
    leased += 1;
    let lane: Leased | undefined;
    const over = (error?: unknown): void => {
      leased -= 1;
      // Slonik opens no other in place of one that failed to open, or that broke while it was idle.
      if (lane === undefined) next()?.fail(new ConnectionNotOpened(error));
      else {
        lane.isOver = true;
        leave(idle, lane);
      }
      if (first.length + line.length > 0 && leased < width) open();
    };
    lease(
      (statements) =>
        new Promise((release, abandon) => {
          lane = { statements, release, abandon, leasedAt: performance.now(), idleSince: 0, isOver: false };
          offer(lane);
        }),
    ).then(over, over);
  };

  return {
    take: (isFirst) => {
      const lane = idle.pop();
      if (lane !== undefined) {
        running += 1;
        return lane;
      }
      if (!isFirst && leased >= width && line.length >= length) throw refusal();
      const { promise, resolve, reject } = Promise.withResolvers<Lane>();
      const waiter = { serve: resolve, fail: reject };
      const queue = isFirst ? first : line;
      queue.push(waiter);
      if (leased < width) open();
      return { lane: promise, leave: () => leave(queue, waiter) };
    },
    giveBack: (lane) => {
      running -= 1;
      offer(lane as Leased);
    },
    giveUp: (lane, reason) => {
      running -= 1;
      (lane as Leased).abandon(reason);
    },
    get running() {
      return running;
    },
    get waiting() {
      return first.length + line.length;
    },
    get idle() {
      return idle.length;
    },
    close: () => {
      isClosed = true;
      clearTimeout(sweep);
      releaseIdle(Number.POSITIVE_INFINITY);
    },
  };
};
