// Positions: the keys of the manual order of tasks. A key sorts by code point, and between any two
// there is another one. The keys are those of `fractional-indexing` 4.0.0 with the heads `o` and
// `p`: a head, an integer of as many base 62 digits as the head stands for, and a fraction that
// does not end in zero. So a place before the first or after the last one costs no length.
// `task_key_between` in the database returns the same keys.

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const zero = '0';
const last = 'z';

/** What a key is, as the database checks it, besides `maxKeyLength`. */
export const keyPattern = '^(?:o[0-9A-Za-z]{15}|p[0-9A-Za-z]{16})(?:[0-9A-Za-z]*[1-9A-Za-z])?$';

/** The most characters of a key. */
export const maxKeyLength = 255;

/** A new key with more characters than this is not stored: its neighbours get new ones, too. */
export const longKeyLength = 200;

/** Neighbours keep keys of at most this many characters. */
export const shortKeyLength = 40;

/** The most neighbours that get new keys at once. */
export const mostNeighbours = 1000;

const form = new RegExp(keyPattern);

const formed = (key: string): string => {
  if (!form.test(key)) throw new RangeError(`not a key: ${key.slice(0, 300)}`);
  return key;
};

const checked = (key: string): string => {
  if (key.length > maxKeyLength) throw new RangeError(`too long for a key: ${key.slice(0, 300)}`);
  return formed(key);
};

const digitAt = (text: string, index: number): number => digits.indexOf(text.charAt(index) || zero);

const integerOf = (key: string): string => key.slice(0, key.startsWith('o') ? 16 : 17);

/** The index of the last digit of an integer that is another one than this; 0 if there is none. */
const lastOther = (integer: string, digit: string): number => {
  let index = integer.length - 1;
  while (index > 0 && integer.charAt(index) === digit) index -= 1;
  return index;
};

/** The next integer, or null after the last one. */
const increment = (integer: string): string | null => {
  const kept = lastOther(integer, last);
  if (kept === 0) return integer.startsWith('o') ? `p${zero.repeat(16)}` : null;
  const digit = digits.charAt(digitAt(integer, kept) + 1);
  return integer.slice(0, kept) + digit + zero.repeat(integer.length - kept - 1);
};

const decrement = (integer: string): string => {
  const kept = lastOther(integer, zero);
  if (kept === 0) {
    if (integer.startsWith('o')) throw new RangeError('there is no key before the first one');
    return `o${last.repeat(15)}`;
  }
  const digit = digits.charAt(digitAt(integer, kept) - 1);
  return integer.slice(0, kept) + digit + last.repeat(integer.length - kept - 1);
};

/** A fraction after this one, as near as a digit allows to the middle between it and 1. */
const fractionAfter = (lower: string): string => {
  const run = /^z*/.exec(lower)?.[0] ?? '';
  return run + digits.charAt(Math.ceil((digitAt(lower, run.length) + digits.length) / 2));
};

const fractionBetween = (lower: string, upper: string): string => {
  let same = 0;
  while ((lower.charAt(same) || zero) === upper.charAt(same)) same += 1;
  const [from, to] = [digitAt(lower, same), digitAt(upper, same)];
  const prefix = upper.slice(0, same);
  if (to - from > 1) return prefix + digits.charAt(Math.ceil((from + to) / 2));
  if (upper.length > same + 1) return upper.slice(0, same + 1);
  return prefix + digits.charAt(from) + fractionAfter(lower.slice(same + 1));
};

const between = (lower: string | null, upper: string | null): string => {
  if (lower === null) {
    if (upper === null) return `p${zero.repeat(16)}`;
    const integer = integerOf(upper);
    return integer < upper ? integer : decrement(integer);
  }
  const integer = integerOf(lower);
  const fraction = lower.slice(integer.length);
  if (upper?.startsWith(integer)) {
    return integer + fractionBetween(fraction, upper.slice(integer.length));
  }
  const next = increment(integer);
  return next !== null && (upper === null || next < upper) ? next : integer + fractionAfter(fraction);
};

/**
 * The key of a task that the change with number `seq` creates, after all keys that there are:
 * `ordinal` is the task's place in that change, from 0. Throws a RangeError from 10^13 changes of
 * an owner, or 1,000 tasks of a change.
 */
export const creationKey = (seq: bigint, ordinal: number): string => {
  if (seq < 0n || seq >= 10n ** 13n || !Number.isInteger(ordinal) || ordinal < 0 || ordinal > 999) {
    throw new RangeError(`no key for task ${ordinal} of change ${seq}`);
  }
  return `p${String(seq).padStart(13, zero)}${String(ordinal).padStart(3, zero)}`;
};

/**
 * Like `keyBetween` without its limit of length, as `task_key_between` in the database: what is too
 * long is for the caller to see.
 */
export const anyKeyBetween = (lower: string | null, upper: string | null): string => {
  if (lower !== null) formed(lower);
  if (upper !== null) formed(upper);
  if (lower !== null && upper !== null && lower >= upper) throw new RangeError(`${lower} >= ${upper}`);
  return between(lower, upper);
};

/**
 * A key strictly between the two; null is an open end. Throws a RangeError when a bound is not a
 * key, when they are not in ascending order, or when a key between them would be too long.
 */
export const keyBetween = (lower: string | null, upper: string | null): string => {
  if (lower !== null) checked(lower);
  if (upper !== null) checked(upper);
  return checked(anyKeyBetween(lower, upper));
};

const spread = (lower: string, upper: string, count: number): string[] => {
  if (count <= 0) return [];
  const before = Math.floor(count / 2);
  const key = anyKeyBetween(lower, upper);
  return [...spread(lower, key, before), key, ...spread(key, upper, count - before - 1)];
};

/**
 * `count` ascending keys strictly between the two: spread over the gap, or one after the other
 * where an end is open. Throws as `anyKeyBetween` does.
 */
export const keysBetween = (lower: string | null, upper: string | null, count: number): string[] => {
  if (lower !== null && upper !== null) return spread(lower, upper, count);
  const keys: string[] = [];
  let [from, to] = [lower, upper];
  while (keys.length < count) {
    const key = anyKeyBetween(from, to);
    keys.push(key);
    if (upper === null) from = key;
    else to = key;
  }
  return upper === null ? keys : keys.reverse();
};

/** The keys from index `from` up to, but not including, `to` are replaced by `keys`, one more. */
export interface Rebalanced {
  readonly from: number;
  readonly to: number;
  readonly keys: readonly string[];
}

/**
 * Makes room for one more key before the one at index `place` of ascending `keys`, where the key
 * between the two would be long: the neighbours with long keys, up to the next one with a short key
 * on each side, are spread over the gap between those two. At most `mostNeighbours` of them move:
 * on one side alone, or half of that on each. They are so many because fewer would not do: a
 * window of a hundred leaves most of the length, and after some thousands of moves to one place
 * there would be no key left.
 */
export const rebalanced = (keys: readonly string[], place: number): Rebalanced => {
  const isLong = (index: number) => (keys[index] ?? '').length > shortKeyLength;
  let [below, above] = [0, 0];
  while (below < mostNeighbours && isLong(place - below - 1)) below += 1;
  while (above < mostNeighbours && isLong(place + above)) above += 1;
  const half = mostNeighbours / 2;
  const from = place - Math.min(below, Math.max(half, mostNeighbours - above));
  const to = place + Math.min(above, Math.max(half, mostNeighbours - below));
  return { from, to, keys: keysBetween(keys[from - 1] ?? null, keys[to] ?? null, to - from + 1) };
};
