// One work at a time, in the order of the calls.

/**
 * Makes a function that gives work its turn. A caller that asks for what has not begun yet waits
 * for that same end.
 */
export const createSerializer = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): (() => Promise<T>) => {
    let waiting: Promise<T> | undefined;
    return () => {
      if (waiting !== undefined) return waiting;
      const turn = last.then(() => {
        waiting = undefined;
        return work();
      });
      waiting = turn;
      last = turn.catch(() => {});
      return turn;
    };
  };
};
