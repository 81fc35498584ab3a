// `npm run compatibility`: the contract may not break those who use the last released one, its version must say how far
// it has moved since, and it must stay easy to integrate with (Redocly's score).
import { spawnSync } from 'node:child_process';

const released = 'test/contract/released/openapi.json';
const contract = 'generated/openapi.json';

/** Of 100; the least that we accept. */
const leastScore = 95;

const redocly = (...args: string[]) => spawnSync('redocly', args, { encoding: 'utf8' });

const diff = redocly(
  'diff',
  released,
  contract,
  '--fail-on',
  'major',
  '--check-version',
  '--config',
  'test/contract/diff.yaml',
);
console.log(diff.stdout, diff.stderr);

const { agentReadiness } = JSON.parse(redocly('score', contract, '--format', 'json').stdout);
console.log(`Score: ${agentReadiness} of 100 (at least ${leastScore})`);

const failed = [diff.status !== 0, !(agentReadiness >= leastScore)].filter(Boolean).length;
console.log(`${2 - failed} passed, ${failed} failed`);
process.exit(failed);
