// One write of another process, or one question to the database, can wake a thousand requests, and
// each reads then. They take turns: otherwise they would fill the line for the database, which would
// refuse ordinary requests, and most of them.

/** Runs `work` when it is its turn, the first come first. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `most` run at once. */
export const createTurns = (most: number): TakeTurn => {
  let running = 0;
  const line: (() => void)[] = [];
  const begin = (): Promise<void> => {
    if (running < most) {
      running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => line.push(resolve));
  };
  // The turn passes on to the next one in line, so `running` stays the same.
  const end = (): void => {
    const next = line.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return async (work) => {
    await begin();
    try {
      return await work();
    } finally {
      end();
    }
  };
};
