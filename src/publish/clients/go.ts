// The Go SDK.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateWithRedocly } from './redocly.ts';

export const go = (directory: string): void => {
  generateWithRedocly('go', join(directory, 'tasks.ts'), '--go-package', 'tasks');
  writeFileSync(join(directory, 'go.mod'), 'module tasks-api/tasks\n\ngo 1.23\n');
};
