// The manual order as the operations of a batch change it, known around the places that they name.
// A position that a row has left stays: as a bound it is nearer than the next row, never wrong.
import { anyKeyBetween, creationKey, longKeyLength } from './position.ts';

export interface Placed {
  readonly id: string;
  readonly position: string;
}

/** The row that is placed: a new one has no position yet. */
export interface Mover {
  readonly id: string;
  readonly position: string | undefined;
}

/** Each place is a position, and that of the mover itself where it is there already. */
export interface Order {
  /** Makes the position of a row known. */
  add(placed: Placed): void;
  /** Directly before or after this position. */
  before(position: string, mover: Mover): string;
  after(position: string, mover: Mover, change: bigint): string;
  /** Before all others, or after them by the number of the change. */
  first(mover: Mover, change: bigint): string;
  last(mover: Mover, change: bigint): string;
  /** The first position that has become too long, if one has. */
  crowded(): string | undefined;
}

/** The index of the first position that is not before this one. */
const indexIn = (positions: readonly string[], position: string): number => {
  let [low, high] = [0, positions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((positions[middle] ?? '') < position) low = middle + 1;
    else high = middle;
  }
  return low;
};

/**
 * The known positions; among them are the neighbours of those that are named, and the first and the
 * last of all.
 */
export const orderOf = (known: Iterable<Placed>): Order => {
  const positions: string[] = [];
  // Rows have had the same position where the service has not written it.
  const rows = new Map<string, Set<string>>();
  let crowded: string | undefined;
  const add = ({ id, position }: Placed): void => {
    const there = rows.get(position);
    if (there === undefined) positions.splice(indexIn(positions, position), 0, position);
    rows.set(position, (there ?? new Set()).add(id));
  };
  for (const placed of known) add(placed);

  // Null unless only the mover is at this position.
  const ownAt = (position: string | undefined, mover: Mover): string | null => {
    if (position === undefined || position !== mover.position) return null;
    const there = rows.get(position);
    return there?.size === 1 && there.has(mover.id) ? position : null;
  };
  const between = (lower: string | undefined, upper: string | undefined): string => {
    const position = anyKeyBetween(lower ?? null, upper ?? null);
    if (position.length > longKeyLength) crowded ??= position;
    return position;
  };
  // The next new row still comes after what is placed last, so the open end is the change's own key.
  const end = (change: bigint, after: string | undefined): string | undefined => {
    const key = creationKey(change, 0);
    return after === undefined || after < key ? key : undefined;
  };

  return {
    add,
    before: (position, mover) => {
      const lower = positions[indexIn(positions, position) - 1];
      return ownAt(lower, mover) ?? between(lower, position);
    },
    after: (position, mover, change) => {
      const upper = positions[indexIn(positions, `${position}0`)];
      return ownAt(upper, mover) ?? between(position, upper ?? end(change, position));
    },
    first: (mover, change) => {
      const [first] = positions;
      if (first === undefined) return creationKey(change, 0);
      return ownAt(first, mover) ?? between(undefined, first);
    },
    last: (mover, change) => {
      const last = positions.at(-1);
      return ownAt(last, mover) ?? end(change, last) ?? between(last, undefined);
    },
    crowded: () => crowded,
  };
};
