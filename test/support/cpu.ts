// What work costs, for tests that compare one cost with another of the same run: CPU time of this
// thread, in which the service of `startApi` runs, so that neither other test files nor a busy
// machine count.

/** Enough for the clock, which ticks every 10 ms on some systems; in microseconds. */
const enough = 100_000;

/**
 * The CPU time that `work` takes, in microseconds: the mean of as many runs as it takes to be
 * measurable.
 */
const cpuOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.threadCpuUsage();
  for (let runs = 1; ; runs++) {
    await work();
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= enough) return (user + system) / runs;
  }
};

/** How many times as much CPU time `work` takes as `reference`. */
const measure = async (work: () => Promise<unknown>, reference: () => Promise<unknown>): Promise<number> => {
  const ordinary = await cpuOf(reference);
  return (await cpuOf(work)) / ordinary;
};

/**
 * The same, of a ratio that should be less than `bound`. A collection of garbage can fall into one of
 * the two: so one that is not is measured twice more, and the median counts.
 */
export const costRatio = async (
  work: () => Promise<unknown>,
  reference: () => Promise<unknown>,
  bound: number,
): Promise<number> => {
  const ratios = [await measure(work, reference)];
  while (Math.max(...ratios) >= bound && ratios.length < 3) ratios.push(await measure(work, reference));
  return ratios.toSorted((a, b) => a - b)[ratios.length >> 1] ?? Number.NaN;
};
