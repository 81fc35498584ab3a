// The line for a connection. Turns wait in a line for each owner, and the owners are served round
// robin, weighted by the cost of their turns ("deficit round robin", Shreedhar and Varghese 1996):
// a turn that had its connection for a long time counts as several, and its owner is passed over as
// many times while others wait. So an owner with two hundred turns delays another owner's single
// turn by one of them, not by all, and two exports get no more of the connections' time than two
// lists. An owner also has a limit on the turns that run at once: a connection cannot be taken
// back, so no owner may hold all of them.

/** One owner's turns: those that run, and those that wait. */
export interface Party<Waiter> {
  running: number;
  /** How many may run at once. */
  readonly limit: number;
  readonly line: Waiter[];
  /** How many wait ahead of every line. */
  ahead: number;
  isInRing: boolean;
  /**
   * How many rounds it is passed over, for the time that its turns took beyond one share each...
   */
  debt: number;
  /** ...and since when, on performance.now()'s clock: the debt shrinks by the time that passes. */
  owesSince: number;
}

export interface FairQueue<Waiter> {
  /** The turns of an owner; those without an owner are one party, without a limit. */
  partyOf(owner: string | undefined): Party<Waiter>;
  /** Adds a turn to the end of the owner's line, or ahead of every line with `isFirst`. */
  join(waiter: Waiter, isFirst: boolean): void;
  /** Does nothing if the turn no longer waits. */
  leave(waiter: Waiter): void;
  /** Whether a turn waits whose owner's limit allows another one. */
  readonly hasNext: boolean;
  /**
   * Takes the next one out of the line: call `began` when it runs, or `passed` when it does not.
   */
  next(): Waiter | undefined;
  began(party: Party<Waiter>): void;
  passed(party: Party<Waiter>): void;
  /** `took`: how long the turn had its connection, in milliseconds. */
  ended(party: Party<Waiter>, took: number): void;
  /**
   * Takes the latest turn out of the longest line, if that line is longer than the line of `party`
   * would become.
   */
  displace(party: Party<Waiter>): Waiter | undefined;
  /** How many wait. */
  readonly length: number;
}

/** How many owners are remembered, including those without turns. */
const maxParties = 1000;

/**
 * The time on a connection that is one share, in milliseconds: more than an ordinary statement
 * takes if its database is near. If all statements take longer, all of them count as several, which
 * makes no difference.
 */
const share = 5;

/**
 * The most rounds that an owner is passed over: a single turn may have been slow through no fault
 * of its owner.
 */
const maxDebt = 40;

const createParty = <Waiter>(limit: number): Party<Waiter> => ({
  running: 0,
  limit,
  line: [],
  ahead: 0,
  isInRing: false,
  debt: 0,
  owesSince: 0,
});

const removeFrom = <Member>(queue: Member[], member: Member): boolean => {
  const place = queue.indexOf(member);
  if (place >= 0) queue.splice(place, 1);
  return place >= 0;
};

const isFree = <Waiter>({ running, limit }: Party<Waiter>): boolean => running < limit;

/**
 * The parties by owner. The Map only grows, and is replaced when it is large: a Map that changes
 * all the time keeps its former content from being collected.
 */
const createParties = <Waiter>(limit: number) => {
  let parties = new Map<string, Party<Waiter>>();
  const forgetIdle = (): void => {
    parties = new Map(
      [...parties].filter(([, { running, ahead, line }]) => running + ahead + line.length > 0),
    );
  };
  return {
    of: (owner: string): Party<Waiter> => {
      const known = parties.get(owner);
      if (known !== undefined) return known;
      if (parties.size >= maxParties) forgetIdle();
      const party = createParty<Waiter>(limit);
      parties.set(owner, party);
      return party;
    },
    longest: (than: Party<Waiter>): Party<Waiter> => {
      let longest = than;
      for (const other of parties.values()) if (other.line.length > longest.line.length) longest = other;
      return longest;
    },
  };
};

const payByTime = <Waiter>(party: Party<Waiter>): void => {
  const rounds = Math.floor((performance.now() - party.owesSince) / share);
  party.debt = Math.max(0, party.debt - rounds);
  party.owesSince += rounds * share;
};

/**
 * The parties that wait and whose limit allows another turn, each once, in the order in which they
 * are served.
 */
const createRing = <Waiter>() => {
  const ring: Party<Waiter>[] = [];
  /** Skips the rounds in which all of them would be passed over. */
  const skipRounds = (): void => {
    const least = ring.reduce((rounds, { debt }) => Math.min(rounds, debt), Number.POSITIVE_INFINITY);
    if (least > 0) for (const party of ring) party.debt -= least;
  };
  return {
    settle: (party: Party<Waiter>): void => {
      const belongs = party.line.length > 0 && isFree(party);
      if (belongs === party.isInRing) return;
      party.isInRing = belongs;
      if (!belongs) {
        removeFrom(ring, party);
        return;
      }
      if (party.debt > 0) payByTime(party);
      ring.push(party);
    },
    shift: (): Party<Waiter> | undefined => {
      const [first] = ring;
      if (first !== undefined && first.debt > 0) skipRounds();
      for (let party = ring.shift(); party !== undefined; party = ring.shift()) {
        if (party.debt === 0) {
          party.isInRing = false;
          return party;
        }
        party.debt -= 1;
        ring.push(party);
      }
      return undefined;
    },
    get length() {
      return ring.length;
    },
  };
};

/** The turns that go ahead of every line, in the order of their arrival. */
const createFront = <Waiter extends { readonly party: Party<Waiter> }>() => {
  // An array, although it is searched: a Set that changes all the time keeps its former content
  // from being collected.
  const front: Waiter[] = [];
  const remove = (waiter: Waiter): boolean => {
    if (!removeFrom(front, waiter)) return false;
    waiter.party.ahead -= 1;
    return true;
  };
  return {
    push: (waiter: Waiter): void => {
      front.push(waiter);
      waiter.party.ahead += 1;
    },
    remove,
    shift: (): Waiter | undefined => {
      if (front.length === 0) return undefined;
      const next = front.find(({ party }) => isFree(party));
      if (next !== undefined) remove(next);
      return next;
    },
    hasNext: (): boolean => front.some(({ party }) => isFree(party)),
  };
};

/** A queue in which each owner may have `limit` turns running. */
export const createFairQueue = <Waiter extends { readonly party: Party<Waiter> }>(
  limit: number,
): FairQueue<Waiter> => {
  const front = createFront<Waiter>();
  const ring = createRing<Waiter>();
  const unowned = createParty<Waiter>(Number.POSITIVE_INFINITY);
  const parties = createParties<Waiter>(limit);
  let length = 0;
  const { settle } = ring;

  return {
    partyOf: (owner) => (owner === undefined ? unowned : parties.of(owner)),
    join: (waiter, isFirst) => {
      length += 1;
      if (isFirst) front.push(waiter);
      else {
        waiter.party.line.push(waiter);
        settle(waiter.party);
      }
    },
    leave: (waiter) => {
      if (removeFrom(waiter.party.line, waiter)) settle(waiter.party);
      else if (!front.remove(waiter)) return;
      length -= 1;
    },
    get hasNext() {
      return ring.length > 0 || front.hasNext();
    },
    next: () => {
      const waiter = front.shift() ?? ring.shift()?.line.shift();
      if (waiter !== undefined) length -= 1;
      return waiter;
    },
    began: (party) => {
      party.running += 1;
      settle(party);
    },
    passed: settle,
    ended: (party, took) => {
      party.running -= 1;
      if (took >= 2 * share) {
        if (party.debt === 0) party.owesSince = performance.now();
        party.debt = Math.min(maxDebt, party.debt + Math.floor(took / share) - 1);
      }
      settle(party);
    },
    displace: (party) => {
      const longest = parties.longest(unowned);
      if (longest.line.length <= party.line.length + 1) return undefined;
      const latest = longest.line.pop();
      length -= 1;
      settle(longest);
      return latest;
    },
    get length() {
      return length;
    },
  };
};
