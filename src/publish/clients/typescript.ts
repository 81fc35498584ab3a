// The core of the TypeScript SDK; src/client is the package around it.
import { join } from 'node:path';
import { generateWithRedocly } from './redocly.ts';

export const typescript = (directory: string): void =>
  generateWithRedocly('typescript', join(directory, 'client.ts'));
