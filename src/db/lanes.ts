// The connections at work: each is leased from Slonik's pool and then serves one turn after another, because leasing
// it anew for each statement costs more than the statement's own handling. A lane that no turn needs goes back to the
// pool, which closes it in time. It also bounds the work in hand: so many lanes, so many turns that wait, and no more;
// otherwise more load than the database can serve would make everyone wait until all give up. Both bounds exist for
// each owner as well, so that one owner's load is refused to that owner and not to the others.
import { ConnectionNotOpened } from './failure.ts';
import { createFairQueue, type Party } from './fair-queue.ts';
import type { Statements } from './pool.ts';

/** A connection that one turn has for itself. */
export interface Lane {
  readonly statements: Statements;
}

/**
 * Why a turn gets no connection: the owner has too many in line, or has to give way to an owner with fewer in line; or
 * the line is full.
 */
export type Refusal = 'owner' | 'displaced' | 'full';

export interface LanesOptions {
  /** Leases a connection for as long as `use` has not settled; a rejection costs the connection. */
  readonly lease: (use: (statements: Statements) => Promise<void>) => Promise<void>;
  /** Connections at once. */
  readonly width: number;
  /** Connections of one owner at once. */
  readonly ownerWidth: number;
  /** Turns that may wait. */
  readonly length: number;
  /** Turns of one owner that may wait. */
  readonly ownerLength: number;
  /** The error of a turn that is refused. */
  readonly refusal: (reason: Refusal) => Error;
}

/** A turn in line. */
interface Waiter {
  readonly party: Party<Waiter>;
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
   * A lane, at once or when one is free. `isFirst` goes before all others, and past the bounds on waiting. Throws
   * `refusal()` when the line is full; the promise rejects with that as well, or with ConnectionNotOpened. Turns without
   * an owner are the service's own.
   */
  take(owner: string | undefined, isFirst: boolean): Lane | Waiting;
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
  /** Whose turn has it. */
  party: Party<Waiter> | undefined;
  idleSince: number;
  /** The lease has ended: the connection broke. */
  isOver: boolean;
}

export const createLanes = (options: LanesOptions): Lanes => {
  const { lease, width, ownerWidth, length, ownerLength, refusal } = options;
  // The last one used is the next one used, so that those that are not needed show.
  const idle: Leased[] = [];
  const queue = createFairQueue<Waiter>(ownerWidth);
  let leased = 0;
  let running = 0;
  let isClosed = false;
  let sweep: NodeJS.Timeout | undefined;

  const releaseIdle = (before: number): void => {
    while (idle[0] !== undefined && idle[0].idleSince <= before) idle.shift()?.release();
  };
  const sweepIdle = (): void => {
    releaseIdle(performance.now() - patience);
    sweep = idle.length > 0 ? setTimeout(sweepIdle, patience).unref() : undefined;
  };

  const begin = (lane: Leased, party: Party<Waiter>): Lane => {
    running += 1;
    lane.party = party;
    queue.began(party);
    return lane;
  };
  const end = (lane: Leased): void => {
    running -= 1;
    if (lane.party !== undefined) queue.ended(lane.party);
    lane.party = undefined;
  };

  const offer = (lane: Leased): void => {
    if (lane.isOver || performance.now() - lane.leasedAt > maxAge) {
      lane.release();
      return;
    }
    const waiter = queue.next();
    if (waiter !== undefined) waiter.serve(begin(lane, waiter.party));
    else if (isClosed) lane.release();
    else {
      lane.idleSince = performance.now();
      idle.push(lane);
      sweep ??= setTimeout(sweepIdle, patience).unref();
    }
  };

  const failNext = (error: unknown): void => {
    const waiter = queue.next();
    if (waiter === undefined) return;
    queue.passed(waiter.party);
    waiter.fail(error);
  };

  const open = (): void => {
    leased += 1;
    let lane: Leased | undefined;
    const over = (error?: unknown): void => {
      leased -= 1;
      // Slonik opens no other in place of one that failed to open, or that broke while it was idle.
      if (lane === undefined) failNext(new ConnectionNotOpened(error));
      else {
        lane.isOver = true;
        const place = idle.indexOf(lane);
        if (place >= 0) idle.splice(place, 1);
      }
      if (queue.hasNext && leased < width) open();
    };
    lease(
      (statements) =>
        new Promise((release, abandon) => {
          const leasedAt = performance.now();
          lane = { statements, release, abandon, leasedAt, party: undefined, idleSince: 0, isOver: false };
          offer(lane);
        }),
    ).then(over, over);
  };

  // The end of a turn lets its owner have another one.
  const serveIdle = (): void => {
    for (let lane = idle.at(-1); lane !== undefined && queue.hasNext; lane = idle.at(-1)) {
      idle.pop();
      offer(lane);
    }
  };

  /** Throws where there is no room for another turn of `party` in line. */
  const makeRoom = (party: Party<Waiter>): void => {
    if (party.running + party.line.length >= party.limit + ownerLength) throw refusal('owner');
    const opensLane = leased < width && party.running < party.limit;
    if (opensLane || queue.length < length) return;
    const displaced = queue.displace(party);
    if (displaced === undefined) throw refusal('full');
    displaced.fail(refusal('displaced'));
  };

  return {
    take: (owner, isFirst) => {
      const party = queue.partyOf(owner);
      // No lane is idle while a turn waits that may have it, so this one overtakes none.
      const lane = party.running < party.limit ? idle.pop() : undefined;
      if (lane !== undefined) return begin(lane, party);
      if (!isFirst) makeRoom(party);
      const { promise, resolve, reject } = Promise.withResolvers<Lane>();
      const waiter: Waiter = { party, serve: resolve, fail: reject };
      queue.join(waiter, isFirst);
      if (leased < width && party.running + party.ahead + party.line.length <= party.limit) open();
      return { lane: promise, leave: () => queue.leave(waiter) };
    },
    giveBack: (lane) => {
      end(lane as Leased);
      offer(lane as Leased);
      serveIdle();
    },
    giveUp: (lane, reason) => {
      end(lane as Leased);
      (lane as Leased).abandon(reason);
      serveIdle();
    },
    get running() {
      return running;
    },
    get waiting() {
      return queue.length;
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
