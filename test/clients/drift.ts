// Compares the SDKs whose generators need more than npm's packages with what their generators write
// now: `npm run drift` leaves them out, because it must work without those tools.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateClient } from '../../src/publish/clients/main.ts';
import { needOtherTools } from '../../src/publish/clients/need-other-tools.ts';

const contentsOf = (directory: string): Map<string, string> =>
  new Map(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(join(directory, name)).isFile())
      .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );

/** The files of the language's SDK that are not what its generator writes, as lines to print. */
export const clientDriftOf = (language: string): string[] => {
  if (!needOtherTools.includes(language)) return [];
  const work = mkdtempSync(join(tmpdir(), 'tasks-clients-'));
  try {
    generateClient(language, work);
    const is = contentsOf(join('generated/clients', language));
    const should = contentsOf(join(work, language));
    return [...new Set([...is.keys(), ...should.keys()])]
      .filter((name) => is.get(name) !== should.get(name))
      .map((name) => `${language}/${name} is not current: run \`npm run generate:clients\``);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
