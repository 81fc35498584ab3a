// A result that is expensive to make and does not change.

/**
 * A function that makes its result at the first call and returns the same one from then on. What
 * fails is not remembered: the next call tries again.
 */
export const remember = <T>(make: () => Promise<T>): (() => Promise<T>) => {
  let result: Promise<T> | undefined;
  return () => {
    if (result !== undefined) return result;
    const made = make();
    made.catch(() => {
      result = undefined;
    });
    result = made;
    return made;
  };
};
