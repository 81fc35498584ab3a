// A bound on the work in hand: so many at once, so many more that wait, and nobody beyond. Without it, more load than
// the database can serve only makes everybody wait until all give up.

export interface Queue {
  /** Takes a place, at once or when one is free. Rejects with `refusal()` when the line is full already. */
  enter(): Promise<void> | undefined;
  /** Gives the place to the next in line. */
  leave(): void;
  readonly running: number;
  readonly waiting: number;
}

/** At most `width` at once, and at most `length` that wait. */
export const createQueue = (width: number, length: number, refusal: () => Error): Queue => {
  let running = 0;
  const line: (() => void)[] = [];
  return {
    enter: () => {
      if (running < width) {
        running += 1;
        return undefined;
      }
      if (line.length >= length) throw refusal();
      return new Promise((resolve) => line.push(resolve));
    },
    leave: () => {
      const next = line.shift();
      if (next === undefined) running -= 1;
      else next();
    },
    get running() {
      return running;
    },
    get waiting() {
      return line.length;
    },
  };
};
