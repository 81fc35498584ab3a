// `npm run compatibility`: the contract must not break the users of the last released one, its
// version must reflect the changes since then, and it must stay easy to integrate with (Redocly's
// score of each operation). Before 1.0.0 a minor version may break clients (semantic versioning, section 4): then
// only the version is checked, and the report still lists what breaks.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const released = 'test/contract/released/openapi.json';
const contract = 'generated/openapi.json';

/**
 * Of 100: the least that is accepted of the operations on average, and of each. Redocly's score of
 * the whole is about their median: it falls when operations are added that take preconditions and an
 * idempotency key as the others do, which says nothing of any of them.
 */
const leastAverage = 90;
const leastScore = 75;

/** What can be full whatever the API can do: descriptions, errors and ids. */
const full = ['documentationQuality', 'errorClarity', 'identifierClarity'];

const redocly = (...args: string[]) => spawnSync('redocly', args, { encoding: 'utf8' });

const { version }: { version: string } = JSON.parse(readFileSync(released, 'utf8')).info;

const diff = redocly(
  'diff',
  released,
  contract,
  '--fail-on',
  version.startsWith('0.') ? 'none' : 'major',
  '--check-version',
  '--config',
  'test/contract/diff.yaml',
);
console.log(diff.stdout, diff.stderr);

const {
  operationScores,
  subscores,
}: {
  operationScores: Record<string, { agentReadiness: number }>;
  subscores: Record<string, number>;
} = JSON.parse(redocly('score', contract, '--format', 'json').stdout);
const scores = Object.values(operationScores).map(({ agentReadiness }) => agentReadiness);
const average = scores.reduce((sum, score) => sum + score, 0) / scores.length;
const least = Math.min(...scores);
console.log(
  `Scores of ${scores.length} operations: ${average.toFixed(1)} on average (at least ${leastAverage}), ` +
    `${least} at least (${leastScore})`,
);
const lacking = full.filter((name) => subscores[name] !== 1);
console.log(`Full: ${full.join(', ')}${lacking.length > 0 ? `, but not ${lacking.join(', ')}` : ''}`);

const failed = [
  diff.status !== 0,
  !(average >= leastAverage && least >= leastScore),
  lacking.length > 0,
].filter(Boolean).length;
console.log(`${3 - failed} passed, ${failed} failed`);
process.exit(failed);
