// The Python SDK, installed in a fresh virtual environment.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, must } from '../language.ts';

const root = process.cwd();
const sdk = 'generated/clients/python';
const interpreter = (work: string) => join(work, 'python/bin/python');

export const python: Language = {
  name: 'python',
  label: 'Python',
  package: sdk,
  prepare: async (work) => {
    await must(['python3', '-m', 'venv', join(work, 'python')], root);
    await must([interpreter(work), '-m', 'pip', 'install', '--quiet', `./${sdk}`], root);
    for (const made of ['build', 'tasks_api.egg-info'])
      rmSync(join(sdk, made), { recursive: true, force: true });
  },
  programs: (work) => [
    { name: 'python', command: [interpreter(work), 'program.py'], directory: 'test/clients/python' },
  ],
  sample: { file: 'sample.py', command: (work) => [interpreter(work), 'sample.py'] },
};
