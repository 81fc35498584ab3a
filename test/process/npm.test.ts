// `npm start` runs the service in a shell, and npm ends that shell: the service must not outlive
// it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { newDataDirectory } from '../support/process.ts';

test('the service drains when the shell that npm started it with is gone', { timeout: 120_000 }, async () => {
  const start = fileURLToPath(new URL('../../src/start.js', import.meta.url));
  // The second command keeps the shell from becoming the service itself.
  const shell = spawn('sh', ['-c', `"${process.execPath}" "${start}"; true`], {
    env: {
      PATH: process.env.PATH ?? '',
      DATA_DIR: await newDataDirectory(),
      PORT: '0',
      npm_lifecycle_event: 'start',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const lines = () =>
    output
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  await expect.poll(() => lines().some(({ msg }) => msg === 'listening'), { timeout: 60_000 }).toBe(true);
  const closed = once(shell.stdout, 'close');
  shell.kill('SIGTERM');
  // The pipe is the service's too: it closes when both are gone.
  await closed;
  expect(lines().map(({ msg }) => msg)).toContain('stopped');
});
