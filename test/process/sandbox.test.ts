// The sandbox as consumers run it: what it prints is correct, and it leaves nothing behind.
import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { newDirectory, run } from '../support/process.ts';

test('the sandbox prints its address and that of its docs, and leaves nothing behind', async () => {
  const directory = await newDirectory();
  const sandbox = run('src/sandbox/main.ts', [], { PORT: '0', TMPDIR: directory });
  await sandbox.until(() => sandbox.stdout().endsWith('\n') && sandbox.stdout().includes('Tokens'));
  const [, api = ''] = /at (\S+)\n/.exec(sandbox.stdout()) ?? [];
  const [, docs = ''] = /^Docs at (\S+)$/m.exec(sandbox.stdout()) ?? [];
  expect(docs).toBe(`${api}/docs`);
  const [, token = ''] = /^ {2}\S+ {2}(\S+)$/m.exec(sandbox.stdout()) ?? [];
  expect(sandbox.stdout()).toContain(`\nConsole at ${api}/console#token=${token}\n`);
  expect((await fetch(docs)).headers.get('content-type')).toBe('text/html');
  const left = async () => (await readdir(directory)).filter((name) => name.startsWith('tasks-sandbox'));
  expect(await left()).toHaveLength(1);
  sandbox.child.kill('SIGUSR1');
  expect(await sandbox.end('SIGHUP')).toEqual({ code: 0, signal: null });
  expect(sandbox.stderr()).not.toContain('Debugger');
  expect(await left()).toEqual([]);
}, 120_000);
