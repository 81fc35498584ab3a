// Places of a kind: how many of something may be held at once, in all, and by one key (an owner, an
// address). The more others hold, the fewer one key may hold, so that however many keys are greedy,
// a place is left for the next one.

export interface PlacesOptions {
  /** Places in all. */
  readonly total: number;
  /**
   * The most that one key may hold while `free` places are free. With `free / 3` one key alone gets
   * a quarter of all, and ten greedy keys leave a quarter to the others: k of them come to rest at
   * k / (k + 3) of all.
   */
  readonly shareOf: (free: number) => number;
}

/** Why a further place is not available: all are held, or the key has its share. */
export type Bound = 'total' | 'share';

export interface Place<Holder> {
  readonly key: string;
  readonly holder: Holder;
  /** Gives the place back; a second call does nothing. */
  release(): void;
}

export interface Places<Holder> {
  /**
   * Why `weight` further places are not available for the key; null if they are. A key that holds
   * none only needs room.
   */
  boundOn(key: string, weight?: number): Bound | null;
  /** Holds `weight` places, whatever `boundOn` returns. */
  hold(key: string, holder: Holder, weight?: number): Place<Holder>;
  /** Places that are held. */
  readonly used: number;
  /** The places of the key, or of all keys: one for each holder, whatever its weight. */
  held(key?: string): Iterable<Place<Holder>>;
  /** How many places a key holds. */
  heldBy(key: string): number;
}

export const createPlaces = <Holder>({ total, shareOf }: PlacesOptions): Places<Holder> => {
  const counts = new Map<string, number>();
  // Not a Set: V8 allocates a new table for every few members that come and go, and each former
  // table refers to the next. The first one that has become old keeps all of them, and what was in
  // them, until the next full collection.
  const slots: (Place<Holder> | null)[] = [];
  const vacant: number[] = [];
  let used = 0;
  return {
    boundOn: (key, weight = 1) => {
      if (used + weight > total) return 'total';
      const own = counts.get(key) ?? 0;
      return own > 0 && own + weight > shareOf(total - used) ? 'share' : null;
    },
    hold: (key, holder, weight = 1) => {
      const slot = vacant.pop() ?? slots.length;
      const release = (): void => {
        if (slots[slot] !== place) return;
        slots[slot] = null;
        vacant.push(slot);
        used -= weight;
        const left = (counts.get(key) ?? 0) - weight;
        if (left > 0) counts.set(key, left);
        else counts.delete(key);
      };
      const place = { key, holder, release };
      slots[slot] = place;
      used += weight;
      counts.set(key, (counts.get(key) ?? 0) + weight);
      return place;
    },
    get used() {
      return used;
    },
    *held(key) {
      for (const place of slots) if (place !== null && (key === undefined || place.key === key)) yield place;
    },
    heldBy: (key) => counts.get(key) ?? 0,
  };
};

/**
 * The place to take away first. Only holders that have kept others waiting since `before` or longer
 * lose theirs: first the key that holds most, and of that key the holder that has done so for
 * longest. Undefined if there is none. `sinceOf` and `before` are on performance.now()'s clock.
 */
export const mostWasteful = <Holder>(
  places: Places<Holder>,
  sinceOf: (holder: Holder) => number,
  before: number,
  key?: string,
): Place<Holder> | undefined => {
  let found: Place<Holder> | undefined;
  for (const place of places.held(key)) {
    if (sinceOf(place.holder) > before) continue;
    if (found === undefined) {
      found = place;
      continue;
    }
    const more = places.heldBy(place.key) - places.heldBy(found.key);
    if (more > 0 || (more === 0 && sinceOf(place.holder) < sinceOf(found.holder))) found = place;
  }
  return found;
};
