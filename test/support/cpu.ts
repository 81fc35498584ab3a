// What work costs, for tests that compare one cost with another of the same run: CPU time of this
// thread, in which the service of `startApi` runs, so that neither other test files nor a busy
// machine count.

/** Enough for the clock, which ticks every 10 ms on some systems; in microseconds. */
const enough = 100_000;

/**
 * The CPU time that `work` takes, in microseconds: the mean of as many runs as it takes to be
 * measurable.
 */
export const cpuOf = async (work: () => Promise<unknown>): Promise<number> => {
  const before = process.threadCpuUsage();
  for (let runs = 1; ; runs++) {
    await work();
    const { user, system } = process.threadCpuUsage(before);
    if (user + system >= enough) return (user + system) / runs;
  }
};
