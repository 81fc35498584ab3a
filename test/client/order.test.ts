// The order that a replica shows before the server has it: the same as of a list in which each item is
// moved, one after the other.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byPosition, positionsOf } from '../../src/client/order.ts';

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
// Some are the beginnings of others, as keys of the server are.
const positions = ['p1', 'p10', 'p1V', 'p2', 'p20000000000000001', 'q'];
const anId = fc.constantFrom(...ids, 'new', 'gone');
const aPlace = fc.oneof(
  fc.constant({ first: true }),
  fc.constant({ last: true }),
  anId.map((before) => ({ before })),
  anId.map((after) => ({ after })),
);

const moved = (order: readonly string[], id: string, place: ReturnType<typeof JSON.parse>): string[] => {
  const others = order.filter((other) => other !== id);
  const at = others.indexOf(place.before ?? place.after);
  if (place.first) others.unshift(id);
  else if (place.before && at >= 0) others.splice(at, 0, id);
  else if (place.after && at >= 0) others.splice(at + 1, 0, id);
  else if (place.last || !order.includes(id)) others.push(id);
  else return [...order];
  return others;
};

test('places move items one after the other, and leave the others where they are', () => {
  const present = new Map(ids.map((id, at) => [id, { position: positions[at] ?? '' }]));
  const someone = fc.constantFrom(...ids, 'new');
  fc.assert(
    fc.property(fc.array(fc.tuple(someone, aPlace), { maxLength: 8 }), (places) => {
      const shown = new Map<string, { position?: string }>(present);
      if (places.some(([id]) => id === 'new')) shown.set('new', {});
      const result = positionsOf(shown, places);
      const after = [...shown].map(
        ([id, item]) => [id, { position: result.get(id) ?? item.position ?? '' }] as const,
      );
      const expected = places.reduce((order: string[], [id, place]) => moved(order, id, place), [...ids]);
      expect(after.sort(byPosition).map(([id]) => id)).toEqual(expected);
      expect([...result.keys()].sort()).toEqual([...new Set(places.map(([id]) => id))].sort());
    }),
  );
});
