// `npm run test:faults`: the tests that break things, which make their own servers. Arguments go to
// vitest.
import { spawnSync } from 'node:child_process';
import { findPgBouncer, findPostgres } from './programs.ts';

for (const found of [findPostgres(), findPgBouncer()]) {
  if ('missing' in found) {
    console.error(found.missing);
    process.exit(1);
  }
}
// In processes, not threads: only those hear that they end, and take the servers with them.
const { status } = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', 'test/faults', '--pool=forks', ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, TEST_FAULTS: '1' } },
);
process.exit(status ?? 1);
