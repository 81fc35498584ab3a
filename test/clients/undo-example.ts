// Runs the example of undo in the README of each SDK's package: what it does must have happened.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, must } from './language.ts';
import type { Sandbox } from './sandbox.ts';

/** The first block of code in the section "Undo". */
export const undoExampleOf = (readme: string): string => {
  const [, section = ''] = readme.split(/^## Undo$/m);
  const [, block] = /```\w+\n([\s\S]*?)```/.exec(section) ?? [];
  if (block === undefined) throw new Error('The README has no example of undo.');
  return block;
};

interface Recorded {
  readonly operation: string;
}

/** Runs it with a new task, which must be open again; throws what fails. */
export const runUndoExample = async (
  { undo, sample, name }: Language,
  { url, token }: Sandbox,
  work: string,
): Promise<void> => {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const request = async (path: string, body?: object) => {
    const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    return JSON.parse(await (await fetch(`${url}/api/v1/users/me/${path}`, init)).text());
  };
  const { id } = await request('tasks', { title: 'Undo' });
  const directory = sample.directory?.(work) ?? join(work, `${name}-sample`);
  writeFileSync(join(directory, sample.file), undo.program(undoExampleOf(readFileSync(undo.readme, 'utf8'))));
  await must(sample.command(work), directory, { API: url, TOKEN: token, ID: id });
  const { completed } = await request(`tasks/${id}`);
  const { items }: { items: readonly Recorded[] } = await request(`tasks/${id}/versions`);
  const done = items.map(({ operation }) => operation).join();
  if (completed || !done.endsWith('undoChange,completeTask,createTask')) {
    throw new Error(`It has done this, the newest first: ${done}`);
  }
};
