// Runs the code samples of the documentation against a sandbox, as they are.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, run } from './language.ts';
import type { Sandbox } from './sandbox.ts';

interface Action {
  readonly target: string;
  readonly update: {
    readonly 'x-codeSamples': readonly { readonly label: string; readonly source: string }[];
  };
}

// The samples all speak of the sandbox's one task: the batch wants its first version, and deletions
// come last. What is undone is a deletion of another task.
const rank = ({ target }: Action) => {
  if (target.includes('task-batches')) return -1;
  if (target.endsWith("_id}'].delete")) return 1;
  return target.endsWith('.delete') ? 2 : 0;
};

/** Runs all samples of the language; returns how many there are, and what failed. */
export const runSamples = async (
  { name, label, sample }: Language,
  { url, token }: Sandbox,
  work: string,
): Promise<{ count: number; failures: readonly string[] }> => {
  const { actions }: { actions: readonly Action[] } = JSON.parse(
    readFileSync('generated/code-samples.json', 'utf8'),
  );
  const directory = sample.directory?.(work) ?? join(work, `${name}-sample`);
  mkdirSync(directory, { recursive: true });
  for (const [file, text] of Object.entries(sample.files ?? {})) writeFileSync(join(directory, file), text);
  const failures: string[] = [];
  let count = 0;
  for (const { target, update } of actions.toSorted((a, b) => rank(a) - rank(b))) {
    for (const { source } of update['x-codeSamples'].filter(
      (candidate) => candidate.label.split(':')[0] === label,
    )) {
      count += 1;
      writeFileSync(join(directory, sample.file), source);
      const { code, output } = await run(sample.command(work), directory, { API: url, TOKEN: token });
      if (code !== 0) failures.push(`${name} sample of ${target}\n${output.slice(-1500)}`);
    }
  }
  return { count, failures };
};
