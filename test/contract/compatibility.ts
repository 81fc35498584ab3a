// `npm run compatibility`: the contract must not break the users of the last released one, its
// version must reflect the changes since then, and it must stay easy to integrate with (Redocly's
// score). Before 1.0.0 a minor version may break clients (semantic versioning, section 4): then
// only the version is checked, and the report still lists what breaks.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const released = 'test/contract/released/openapi.json';
const contract = 'generated/openapi.json';

/** Of 100: the least that is accepted. */
const leastScore = 95;

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

const { agentReadiness, subscores } = JSON.parse(redocly('score', contract, '--format', 'json').stdout);
console.log(`Score: ${agentReadiness} of 100 (at least ${leastScore})`);
const lacking = full.filter((name) => subscores[name] !== 1);
console.log(`Full: ${full.join(', ')}${lacking.length > 0 ? `, but not ${lacking.join(', ')}` : ''}`);

const failed = [diff.status !== 0, !(agentReadiness >= leastScore), lacking.length > 0].filter(
  Boolean,
).length;
console.log(`${3 - failed} passed, ${failed} failed`);
process.exit(failed);
