// The Go SDK.
import { join } from 'node:path';
import { type Language, must } from '../language.ts';

const sdk = join(process.cwd(), 'generated/clients/go');
const directory = 'test/clients/go';

export const go: Language = {
  name: 'go',
  label: 'Go',
  package: sdk,
  prepare: async () => void (await must(['go', 'vet', '.'], directory)),
  programs: () => [{ name: 'go', command: ['go', 'run', '.'], directory }],
  sample: {
    file: 'sample.go',
    command: () => ['go', 'run', '.'],
    files: {
      'go.mod': `module sample\n\ngo 1.24\n\nrequire tasks-api/tasks v0.0.0\n\nreplace tasks-api/tasks => ${sdk}\n`,
    },
  },
};
