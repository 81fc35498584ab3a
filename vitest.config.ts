import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The first start of the embedded Postgres builds a whole cluster; process tests start many.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // How long to wait for what must come, however busy the machine is.
    expect: { poll: { timeout: 15_000 } },
    // More than a small machine has cores: many tests wait for a process or a time-out.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // In one process, because V8 then compiles the embedded Postgres once, and not again for each file.
    pool: 'threads',
    // Nor are the modules evaluated again for each file: they keep no state, and no test leaves a mock behind.
    isolate: false,
    restoreMocks: true,
    globalSetup: 'test/support/global-setup.ts',
    // Only these tests and what they import: `npm run types` checks the rest.
    typecheck: {
      enabled: true,
      include: ['test/**/*.test-d.ts'],
      tsconfig: 'test/contract/tsconfig.test-d.json',
    },
  },
});
