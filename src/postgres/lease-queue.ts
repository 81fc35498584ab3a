// The connections in use: each is leased from Slonik's pool and then serves one turn after another,
// because a lease for each statement costs more than the rest of the statement's handling. A lease
// that no turn needs goes back to the pool, which closes the connection after some time. The queue
// also bounds the number of leases and of waiting turns: otherwise, more load than the database can
// serve would make every turn wait until it gives up. Both bounds exist for each owner as well, so
// that one owner's excess is refused to that owner only.

import type { Refusal, Statements } from './database.ts';
import { ConnectionNotOpened } from './failure.ts';
import { createFairQueue, type FairQueue, type Party } from './fair-queue.ts';

/** A connection that one turn has for itself. */
export interface Lease {
  readonly statements: Statements;
}

export interface LeaseQueueOptions {
  /** Leases a connection until `use` has settled; a rejection closes the connection. */
  readonly connect: (use: (statements: Statements) => Promise<void>) => Promise<void>;
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
  readonly serve: (lease: Lease) => void;
  readonly fail: (error: unknown) => void;
}

export interface Waiting {
  readonly lease: Promise<Lease>;
  /** Leaves the line. */
  leave(): void;
}

export interface LeaseQueue {
  /**
   * Takes a lease, at once or when one is free. With `isFirst`, it goes ahead of all others, and
   * past the bounds on waiting. Throws `refusal()` if the line is full; the promise can also reject
   * with that, or with ConnectionNotOpened. Turns without an owner are the service's own.
   */
  take(owner: string | undefined, isFirst: boolean): Lease | Waiting;
  giveBack(lease: Lease): void;
  /** Closes the connection of a lease, without waiting for what is in progress on it. */
  giveUp(lease: Lease, reason: unknown): void;
  readonly running: number;
  readonly waiting: number;
  /** Leases without a turn. */
  readonly idle: number;
  /** Gives back every idle lease, now and from now on. */
  close(): void;
}

/** How long a lease is kept without a turn, in milliseconds. */
const patience = 1000;

/**
 * The longest time that a lease is kept, in milliseconds: the pool can renew a connection only when
 * it comes back.
 */
const maxAge = 60_000;

interface Leased extends Lease {
  readonly release: () => void;
  readonly abandon: (reason: unknown) => void;
  readonly leasedAt: number;
  /** The party whose turn has the lease, and since when. */
  party: Party<Waiter> | undefined;
  turnBeganAt: number;
  idleSince: number;
  /** The lease has ended: the connection broke. */
  isOver: boolean;
}

const leaseOf = (
  statements: Statements,
  release: () => void,
  abandon: (reason: unknown) => void,
): Leased => ({
  statements,
  release,
  abandon,
  leasedAt: performance.now(),
  party: undefined,
  turnBeganAt: 0,
  idleSince: 0,
  isOver: false,
});

/** The leases without a turn. Those that stay unused for a while are released. */
const createIdleLeases = () => {
  // The last one used is the next one used, so that those that are not needed stay unused.
  const idle: Leased[] = [];
  let timer: NodeJS.Timeout | undefined;
  const release = (before: number): void => {
    while (idle[0] !== undefined && idle[0].idleSince <= before) idle.shift()?.release();
  };
  const releaseUnused = (): void => {
    release(performance.now() - patience);
    timer = idle.length > 0 ? setTimeout(releaseUnused, patience).unref() : undefined;
  };
  return {
    push: (lease: Leased): void => {
      lease.idleSince = performance.now();
      idle.push(lease);
      timer ??= setTimeout(releaseUnused, patience).unref();
    },
    pop: (): Leased | undefined => idle.pop(),
    remove: (lease: Leased): void => {
      const place = idle.indexOf(lease);
      if (place >= 0) idle.splice(place, 1);
    },
    close: (): void => {
      clearTimeout(timer);
      release(Number.POSITIVE_INFINITY);
    },
    get length() {
      return idle.length;
    },
  };
};

/** Makes room for another turn of `party` in line, or throws if there is none. */
const makeRoom = (
  queue: FairQueue<Waiter>,
  party: Party<Waiter>,
  canOpen: boolean,
  { length, ownerLength, refusal }: LeaseQueueOptions,
): void => {
  if (party.running + party.line.length >= party.limit + ownerLength) throw refusal('owner');
  if ((canOpen && party.running < party.limit) || queue.length < length) return;
  const displaced = queue.displace(party);
  if (displaced === undefined) throw refusal('full');
  displaced.fail(refusal('displaced'));
};

/** The turns that run, counted for their owners by `queue`. */
const createTurns = (queue: FairQueue<Waiter>) => {
  let running = 0;
  return {
    begin: (lease: Leased, party: Party<Waiter>): Lease => {
      running += 1;
      lease.party = party;
      lease.turnBeganAt = performance.now();
      queue.began(party);
      return lease;
    },
    end: (lease: Leased): void => {
      running -= 1;
      if (lease.party !== undefined) queue.ended(lease.party, performance.now() - lease.turnBeganAt);
      lease.party = undefined;
    },
    get running() {
      return running;
    },
  };
};

/** Fails the next turn in line. */
const failNext = (queue: FairQueue<Waiter>, error: unknown): void => {
  const waiter = queue.next();
  if (waiter === undefined) return;
  queue.passed(waiter.party);
  waiter.fail(error);
};

/** The leases: they are opened as turns need them, and each serves one turn after another. */
const createLeases = (queue: FairQueue<Waiter>, { connect, width }: LeaseQueueOptions) => {
  const idle = createIdleLeases();
  const turns = createTurns(queue);
  let leased = 0;
  let isClosed = false;

  const offer = (lease: Leased): void => {
    if (lease.isOver || performance.now() - lease.leasedAt > maxAge) {
      lease.release();
      return;
    }
    const waiter = queue.next();
    if (waiter !== undefined) waiter.serve(turns.begin(lease, waiter.party));
    else if (isClosed) lease.release();
    else idle.push(lease);
  };
  const open = (): void => {
    leased += 1;
    let lease: Leased | undefined;
    const over = (error?: unknown): void => {
      leased -= 1;
      // Slonik does not replace a connection that failed to open, or that broke while it was idle.
      if (lease === undefined) failNext(queue, new ConnectionNotOpened(error));
      else {
        lease.isOver = true;
        idle.remove(lease);
      }
      if (queue.hasNext && leased < width) open();
    };
    const use = (statements: Statements): Promise<void> =>
      new Promise((release, abandon) => {
        lease = leaseOf(statements, release, abandon);
        offer(lease);
      });
    connect(use).then(over, over);
  };

  return {
    idle,
    turns,
    offer,
    open,
    canOpen: (): boolean => leased < width,
    // When a turn ends, its owner may have another one.
    serveIdle: (): void => {
      while (idle.length > 0 && queue.hasNext) {
        const lease = idle.pop();
        if (lease !== undefined) offer(lease);
      }
    },
    close: (): void => {
      isClosed = true;
      idle.close();
    },
  };
};

export const createLeaseQueue = (options: LeaseQueueOptions): LeaseQueue => {
  const queue = createFairQueue<Waiter>(options.ownerWidth);
  const leases = createLeases(queue, options);
  const { idle, turns } = leases;
  return {
    take: (owner, isFirst) => {
      const party = queue.partyOf(owner);
      // While a turn waits that may have a lease, none is idle, so this turn overtakes no other.
      const lease = party.running < party.limit ? idle.pop() : undefined;
      if (lease !== undefined) return turns.begin(lease, party);
      if (!isFirst) makeRoom(queue, party, leases.canOpen(), options);
      const { promise, resolve, reject } = Promise.withResolvers<Lease>();
      const waiter: Waiter = { party, serve: resolve, fail: reject };
      queue.join(waiter, isFirst);
      const isFree = party.running + party.ahead + party.line.length <= party.limit;
      if (isFree && leases.canOpen()) leases.open();
      return { lease: promise, leave: () => queue.leave(waiter) };
    },
    giveBack: (lease) => {
      turns.end(lease as Leased);
      leases.offer(lease as Leased);
      leases.serveIdle();
    },
    giveUp: (lease, reason) => {
      turns.end(lease as Leased);
      (lease as Leased).abandon(reason);
      leases.serveIdle();
    },
    get running() {
      return turns.running;
    },
    get waiting() {
      return queue.length;
    },
    get idle() {
      return idle.length;
    },
    close: leases.close,
  };
};
