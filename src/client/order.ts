// The manual order as the user should see it before the server has it. The server computes positions;
// between an edit and its response, what was moved gets one of the replica's own, which is never sent.
import type { Place } from '../../generated/clients/typescript/types.ts';

/** By the code points of positions, which are ASCII, as the server orders. */
export const byPosition = (
  [a, { position: first = '' }]: readonly [string, { readonly position?: string }],
  [b, { position: second = '' }]: readonly [string, { readonly position?: string }],
): number => {
  if (first !== second) return first < second ? -1 : 1;
  return a < b ? -1 : Number(a > b);
};

const inserted = (order: readonly string[], id: string, place: Place): readonly string[] => {
  const others = order.filter((other) => other !== id);
  if (place.first) return [id, ...others];
  const [neighbour, by] = place.before === undefined ? [place.after, 1] : [place.before, 0];
  const at = neighbour === undefined ? -1 : others.indexOf(neighbour);
  // Next to one that is gone, it stays where it was; a new one comes last.
  if (at < 0) return place.last || !order.includes(id) ? [...others, id] : order;
  return [...others.slice(0, at + by), id, ...others.slice(at + by)];
};

/**
 * The positions of what the places move, one after the other. Each is that of the neighbour before,
 * and `!` with a number: `!` comes before everything that a position of the server contains, so
 * these are between the two neighbours.
 */
export const positionsOf = (
  present: ReadonlyMap<string, { readonly position?: string }>,
  places: readonly (readonly [string, Place])[],
): ReadonlyMap<string, string> => {
  const moved = new Map(places);
  const isThere = ([, { position }]: readonly [string, { readonly position?: string }]) =>
    position !== undefined;
  let order: readonly string[] = [...present]
    .filter(isThere)
    .sort(byPosition)
    .map(([id]) => id);
  for (const [id, place] of places) order = inserted(order, id, place);
  const positions = new Map<string, string>();
  let before = '';
  for (const [at, id] of order.entries()) {
    if (moved.has(id)) positions.set(id, `${before}!${String(at).padStart(7, '0')}`);
    else before = present.get(id)?.position ?? before;
  }
  return positions;
};
