// Runs the workflows against a sandbox of its own. See `run`.
import { spawnSync } from 'node:child_process';
import { startSandbox } from '../clients/sandbox.ts';

const workflows = 'test/workflows/tasks.arazzo.yaml';
const redocly = (...args: string[]) => spawnSync('redocly', args, { encoding: 'utf8' });

const lint = redocly('lint', workflows, '--config', 'test/contract/lint/redocly.yaml');
if (lint.status !== 0) console.log(lint.stdout, lint.stderr);
const sandbox = await startSandbox();
try {
  const run = redocly('respect', workflows, '-S', `tasks=${sandbox.url}`, '-i', `token=${sandbox.token}`);
  const output = run.stdout + run.stderr;
  // "Checks: 68 passed, 1 failed, 69 total", without the part that is zero.
  const checks = /Checks: .*/.exec(output)?.[0] ?? '';
  const count = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(checks)?.[1] ?? 0);
  const failed = count('failed') + (lint.status === 0 ? 0 : 1);
  if (run.status !== 0) console.log(output);
  console.log(`${count('passed')} passed, ${run.status !== 0 && failed === 0 ? 1 : failed} failed`);
  process.exitCode = run.status !== 0 || failed > 0 ? 1 : 0;
} finally {
  await sandbox.close();
}
