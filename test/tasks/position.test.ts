// The arithmetic of the manual order: `fractional-indexing`, whose format the keys have, is the
// second opinion on each key; long series of moves show how long keys get.
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import { describe, expect, test } from 'vitest';
import {
  creationKey,
  keyBetween,
  keyPattern,
  keysBetween,
  longKeyLength,
  maxKeyLength,
  mostNeighbours,
  rebalanced,
  shortKeyLength,
} from '../../src/tasks/position.ts';
import { randomBounds, randomKey, randomOf } from '../support/random-keys.ts';

const pattern = new RegExp(keyPattern);
const isKey = (text: string) => pattern.test(text) && text.length <= maxKeyLength;

describe('creationKey', () => {
  const places = [
    [0n, 0],
    [0n, 999],
    [1n, 0],
    [9n, 999],
    [10n, 0],
    [123_456_789n, 7],
    [10n ** 13n - 1n, 0],
    [10n ** 13n - 1n, 999],
  ] as const;

  test('is an integer of the format, and ascends with the change and the place in it', () => {
    const keys = places.map(([seq, ordinal]) => creationKey(seq, ordinal));
    expect(keys).toEqual([...keys].sort());
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) {
      expect(isKey(key) && key.length === 17).toBe(true);
      // An integer is followed by the next one, not by a fraction.
      expect(generateKeyBetween(key, null)).toHaveLength(17);
      expect(keyBetween(key, null)).toBe(generateKeyBetween(key, null));
    }
    expect(creationKey(12n, 3)).toBe('p0000000000012003');
  });

  test.each([
    [10n ** 13n, 0],
    [-1n, 0],
    [1n, 1000],
    [1n, -1],
    [1n, 0.5],
    [1n, Number.NaN],
  ])('of change %s, task %s, is refused', (seq, ordinal) => {
    expect(() => creationKey(seq, ordinal)).toThrow(RangeError);
  });
});

describe('keyBetween', () => {
  test('returns what fractional-indexing returns, strictly between the bounds', () => {
    const random = randomOf(1);
    for (let count = 0; count < 25_000; count++) {
      const [lower, upper] = randomBounds(random);
      const key = keyBetween(lower, upper);
      // The last integer here is not the last one of the format.
      const expected =
        lower?.startsWith(`p${'z'.repeat(16)}`) && upper === null ? key : generateKeyBetween(lower, upper);
      if (
        key !== expected ||
        !isKey(key) ||
        (lower !== null && lower >= key) ||
        (upper !== null && key >= upper)
      ) {
        expect.fail(`${key} between ${lower} and ${upper}, expected ${expected}`);
      }
    }
  });

  test('finds a key at both ends of the integers', () => {
    const [first, last] = [`o${'0'.repeat(14)}1`, `p${'z'.repeat(16)}`];
    expect(keyBetween(null, first)).toBe(`o${'0'.repeat(15)}`);
    expect(keyBetween(last, null)).toBe(`${last}V`);
    expect(keyBetween(null, `p${'0'.repeat(16)}`)).toBe(`o${'z'.repeat(15)}`);
    expect(keyBetween(`o${'z'.repeat(15)}`, null)).toBe(`p${'0'.repeat(16)}`);
    expect(() => keyBetween(null, `o${'0'.repeat(15)}`)).toThrow(RangeError);
    expect(keyBetween(null, null)).toBe(`p${'0'.repeat(16)}`);
  });

  const key = creationKey(1n, 0);
  test.each([
    ['the same twice', key, key],
    ['in descending order', creationKey(2n, 0), key],
    ['an empty text', '', key],
    ['a fraction that ends in zero', key, `${key}10`],
    ['an integer that is too short', 'p000000000000100', key],
    ['another head', 'a0', key],
    ['a character that is not a digit', key, `${key}-1`],
    ['a letter with an accent', key, `${key}é`],
    ['a line break at the end', `${key}\n`, null],
    ['a key of 256 characters', key, `${key}${'1'.repeat(239)}`],
    ['no room within 255 characters', `${key}${'0'.repeat(237)}1`, `${key}${'0'.repeat(237)}2`],
  ])('%s is refused', (_name, lower, upper) => {
    expect(() => keyBetween(lower, upper)).toThrow(RangeError);
  });
});

describe('keysBetween', () => {
  test('returns what fractional-indexing returns', () => {
    const random = randomOf(2);
    for (let round = 0; round < 1000; round++) {
      const [lower, upper] = randomBounds(random);
      if (lower?.startsWith('pzzzz') || upper?.startsWith('o0000')) continue;
      const count = random(60);
      expect(keysBetween(lower, upper, count)).toEqual(generateNKeysBetween(lower, upper, count));
    }
  });

  test('a thousand keys take two characters more than the bounds, however long these are', () => {
    const random = randomOf(3);
    for (let round = 0; round < 20; round++) {
      const lower = randomKey(random);
      const upper = keyBetween(lower, keyBetween(lower, null));
      const keys = keysBetween(lower, upper, 1000);
      const all = [lower, ...keys, upper];
      expect(all).toEqual([...new Set(all)].sort());
      expect(Math.max(...keys.map(({ length }) => length))).toBeLessThanOrEqual(
        Math.max(lower.length, upper.length) + 3,
      );
    }
  });
});

// The tasks of an owner as their keys in order, and what the moves have cost.
const orderOf = (count: number) => {
  let seq = 0n;
  const keys: string[] = [];
  const rebalances: { at: number; neighbours: number; longest: number }[] = [];
  const order = {
    keys,
    rebalances,
    longest: 0,
    create: () => {
      seq += 1n;
      keys.push(creationKey(seq, 0));
    },
    /** A task comes before the one at index `place`; behind the last one, the change's key is the bound. */
    insert: (place: number) => {
      seq += 1n;
      const lower = keys[place - 1] ?? null;
      const upper = keys[place] ?? creationKey(seq, 0);
      const key = keyBetween(lower, upper);
      if (!isKey(key) || (lower !== null && lower >= key) || key >= upper)
        expect.fail(`${lower} ${key} ${upper}`);
      if (key.length <= longKeyLength) {
        keys.splice(place, 0, key);
        order.longest = Math.max(order.longest, key.length);
        return;
      }
      const { from, to, keys: spread } = rebalanced([...keys, creationKey(seq, 0)], place);
      keys.splice(from, to - from, ...spread);
      const longest = Math.max(...spread.map(({ length }) => length));
      rebalances.push({ at: Number(seq), neighbours: to - from, longest });
    },
    move: (from: number, place: number) => {
      keys.splice(from, 1);
      order.insert(place);
    },
  };
  for (let created = 0; created < count; created++) order.create();
  return order;
};

const expectOrder = (keys: readonly string[]) => {
  expect(keys.every((key, index) => index === 0 || (keys[index - 1] ?? key) < key)).toBe(true);
};

describe('many moves', () => {
  test('120,000 random creations and moves keep the order, with short keys', () => {
    const random = randomOf(4);
    const order = orderOf(10);
    for (let change = 0; change < 120_000; change++) {
      const { length } = order.keys;
      if (random(20) === 0) order.create();
      else {
        const places = [0, length - 1, random(length), random(length)];
        order.move(random(length), places[random(4)] ?? 0);
      }
    }
    expectOrder(order.keys);
    expect(order.rebalances).toEqual([]);
    expect(order.longest).toBeLessThanOrEqual(20);
  });

  test.each([
    ['before the first task', () => 0],
    ['after the last task', (length: number) => length],
    ['before the same task', (length: number) => length - 1],
  ])('10,000 moves %s make no key longer', (_name, placeOf) => {
    const order = orderOf(3);
    for (let move = 0; move < 10_000; move++) order.insert(placeOf(order.keys.length));
    expectOrder(order.keys);
    expect([order.rebalances, order.longest]).toEqual([[], 17]);
  });

  // Two tasks of one change have no integer between them.
  const pair = () => {
    const order = orderOf(2);
    order.keys.splice(0, 2, creationKey(1n, 0), creationKey(1n, 1));
    return order;
  };
  test.each([
    ['after the same task', orderOf(3), () => 1],
    [
      'before the same task, which was created with the one before it',
      pair(),
      (length: number) => length - 1,
    ],
  ])(
    '10,000 moves %s seldom give new keys to neighbours, and to at most a thousand',
    (_name, order, placeOf) => {
      for (let move = 0; move < 10_000; move++) order.insert(placeOf(order.keys.length));
      expectOrder(order.keys);
      const { rebalances } = order;
      // A key grows by a character with every six moves.
      expect(rebalances[0]?.at).toBeGreaterThan(900);
      expect(rebalances.length).toBeGreaterThan(5);
      for (const [index, { at, neighbours, longest }] of rebalances.entries()) {
        expect(neighbours).toBeLessThanOrEqual(mostNeighbours);
        expect(at - (rebalances[index - 1]?.at ?? 0)).toBeGreaterThan(700);
        expect(longest).toBeLessThanOrEqual(shortKeyLength + 10);
      }
      expect(order.longest).toBeLessThanOrEqual(longKeyLength);
    },
  );

  test('two tasks that keep changing places give a new key to one neighbour', () => {
    const order = orderOf(100);
    for (let move = 0; move < 10_000; move++) order.move(51, 50);
    expectOrder(order.keys);
    expect(order.rebalances.length).toBeGreaterThan(5);
    expect(order.rebalances.map(({ neighbours }) => neighbours).filter((count) => count > 1)).toEqual([]);
  });

  test('moves to the middle of many give new keys to half of the neighbours on each side', () => {
    const order = orderOf(3);
    for (let move = 0; move < 10_000; move++) order.insert(Math.ceil(order.keys.length / 2));
    expectOrder(order.keys);
    expect(order.rebalances.length).toBeGreaterThan(5);
    expect(Math.max(...order.rebalances.map(({ neighbours }) => neighbours))).toBe(mostNeighbours);
  });
});
