// Random keys of the manual order, and pairs of them as bounds: the same ones for the same seed.
// Most have digits at the ends of the alphabet, and most pairs have a long common beginning, which
// is where the arithmetic differs.
import { creationKey } from '../../src/tasks/position.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const extremes = '00000011zzzzzzyyVUW';

/** Whole numbers from 0 up to, but not including, `below`. */
export type Random = (below: number) => number;

/** The generator mulberry32. */
export const randomOf = (seed: number): Random => {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
};

const digitsOf = (random: Random, count: number): string => {
  const alphabet = random(3) === 0 ? digits : extremes;
  return Array.from({ length: count }, () => alphabet.charAt(random(alphabet.length))).join('');
};

const fractionOf = (random: Random): string =>
  digitsOf(random, random(4) === 0 ? random(180) : random(8)).replace(/0+$/, '');

const integerOf = (random: Random): string => {
  if (random(3) === 0) return creationKey(BigInt(random(2 ** 40)), random(1000));
  if (random(2) === 0) return `p${digitsOf(random, 16)}`;
  // Not all zeros: it is the first integer, which nothing comes before.
  return `o${digitsOf(random, 14)}${digits.charAt(1 + random(61))}`;
};

export const randomKey = (random: Random): string => integerOf(random) + fractionOf(random);

const nearTo = (key: string, random: Random): string => {
  const kept = key.startsWith('o') ? 16 : 17;
  if (random(3) > 0) {
    return (key.slice(0, kept + random(key.length - kept + 1)) + digitsOf(random, random(4))).replace(
      new RegExp(`(?<=^.{${kept},})0+$`),
      '',
    );
  }
  const changed = key.slice(0, kept - 1) + digits.charAt(1 + random(61));
  return changed + fractionOf(random);
};

/** Two keys in ascending order, where an end may be open. */
export const randomBounds = (random: Random): readonly [lower: string | null, upper: string | null] => {
  const one = randomKey(random);
  const other = random(4) === 0 ? randomKey(random) : nearTo(one, random);
  const end = random(20);
  if (end === 0 || one === other) return [null, one];
  if (end === 1) return [one, null];
  return one < other ? [one, other] : [other, one];
};
