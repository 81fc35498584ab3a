// Runs `redocly generate-client` on the SDK bundle. redocly.yaml defines how its clients follow
// pages.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sdkBundle } from '../sdk-bundle.ts';

/** Writes the client to `output`; the generator replaces `.ts` with the language's own ending. */
export const generateWithRedocly = (generator: string, output: string, ...options: string[]): void => {
  const work = mkdtempSync(join(tmpdir(), 'tasks-clients-'));
  try {
    const contract = join(work, 'openapi.json');
    writeFileSync(contract, JSON.stringify(sdkBundle()));
    execFileSync(
      'redocly',
      ['generate-client', contract, '--generator', generator, '--output', output, ...options],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
