// The line for a connection. Turns wait in a line for each owner, and the owners are served in turn ("round robin"), so
// that an owner with two hundred turns delays another owner's single turn by one of them and not by all. An owner also
// has a limit on what runs at once: a connection cannot be taken back, so none of them may hold all the connections.

/** One owner's turns: those that run, and those that wait. */
export interface Party<Waiter> {
  running: number;
  /** How many may run at once. */
  readonly limit: number;
  readonly line: Waiter[];
  /** How many wait before every line. */
  ahead: number;
  isInRing: boolean;
}

export interface FairQueue<Waiter> {
  /** The turns of an owner; those without an owner are one party, without a limit. */
  partyOf(owner: string | undefined): Party<Waiter>;
  /** Adds to the end of the owner's line; `isFirst` goes before every line instead. */
  join(waiter: Waiter, isFirst: boolean): void;
  /** Does nothing when it waits no more. */
  leave(waiter: Waiter): void;
  /** Whether someone waits whose owner's limit allows another turn. */
  readonly hasNext: boolean;
  /** Takes the next one out of the line: call `began` when it runs, or `passed` when it does not. */
  next(): Waiter | undefined;
  began(party: Party<Waiter>): void;
  passed(party: Party<Waiter>): void;
  ended(party: Party<Waiter>): void;
  /** Takes the latest turn out of the longest line, where that is longer than the line of `party` would become. */
  displace(party: Party<Waiter>): Waiter | undefined;
  /** How many wait. */
  readonly length: number;
}

/** How many owners are remembered, those at rest included. */
const maxParties = 1000;

const removeFrom = <Member>(queue: Member[], member: Member): boolean => {
  const place = queue.indexOf(member);
  if (place >= 0) queue.splice(place, 1);
  return place >= 0;
};

/** A queue in which each owner may have `limit` turns running. */
export const createFairQueue = <Waiter extends { readonly party: Party<Waiter> }>(
  limit: number,
): FairQueue<Waiter> => {
  // Arrays, although members are looked for: a Set that changes all the time keeps what was in it from being collected.
  // The Map is only added to, and begun anew when it is large, for the same reason.
  const first: Waiter[] = [];
  const ring: Party<Waiter>[] = [];
  const createParty = (most: number): Party<Waiter> => ({
    running: 0,
    limit: most,
    line: [],
    ahead: 0,
    isInRing: false,
  });
  const unowned = createParty(Number.POSITIVE_INFINITY);
  let parties = new Map<string, Party<Waiter>>();
  let length = 0;

  const isFree = ({ running, limit: most }: Party<Waiter>): boolean => running < most;

  // A party is in the ring, once, while it waits and its limit allows another turn.
  const settle = (party: Party<Waiter>): void => {
    const belongs = party.line.length > 0 && isFree(party);
    if (belongs === party.isInRing) return;
    party.isInRing = belongs;
    if (belongs) ring.push(party);
    else removeFrom(ring, party);
  };

  const forgetIdle = (): void => {
    parties = new Map(
      [...parties].filter(([, party]) => party.running + party.ahead + party.line.length > 0),
    );
  };

  return {
    partyOf: (owner) => {
      if (owner === undefined) return unowned;
      const known = parties.get(owner);
      if (known !== undefined) return known;
      if (parties.size >= maxParties) forgetIdle();
      const party = createParty(limit);
      parties.set(owner, party);
      return party;
    },
    join: (waiter, isFirst) => {
      length += 1;
      if (isFirst) {
        first.push(waiter);
        waiter.party.ahead += 1;
        return;
      }
      waiter.party.line.push(waiter);
      settle(waiter.party);
    },
    leave: (waiter) => {
      if (removeFrom(waiter.party.line, waiter)) settle(waiter.party);
      else if (removeFrom(first, waiter)) waiter.party.ahead -= 1;
      else return;
      length -= 1;
    },
    get hasNext() {
      return ring.length > 0 || first.some(({ party }) => isFree(party));
    },
    next: () => {
      const ahead = first.find(({ party }) => isFree(party));
      if (ahead !== undefined) {
        removeFrom(first, ahead);
        ahead.party.ahead -= 1;
        length -= 1;
        return ahead;
      }
      const party = ring.shift();
      if (party === undefined) return undefined;
      party.isInRing = false;
      length -= 1;
      return party.line.shift();
    },
    began: (party) => {
      party.running += 1;
      settle(party);
    },
    passed: settle,
    ended: (party) => {
      party.running -= 1;
      settle(party);
    },
    displace: (party) => {
      let longest = unowned;
      for (const other of parties.values()) if (other.line.length > longest.line.length) longest = other;
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
