// Writes the SDKs, one folder of generated/clients/ for each language. `npm run generate` writes
// those that need nothing but npm's packages; `npm run generate:clients` the others, whose
// generators need the tools of their language. `test/clients/run` checks that those are current.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { go } from './go.ts';
import { java } from './java.ts';
import { needOtherTools } from './need-other-tools.ts';
import { python } from './python.ts';
import { typescript } from './typescript.ts';

/** Writes the whole SDK of a language into an empty directory. */
const generators: Readonly<Record<string, (directory: string) => void>> = { typescript, python, go, java };

/** Writes the SDK of `language` below `root`, and removes the one that was there. */
export const generateClient = (language: string, root = 'generated/clients'): void => {
  const generate = generators[language];
  if (generate === undefined) throw new Error(`There is no SDK in ${language}.`);
  const directory = join(root, language);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  generate(directory);
};

if (import.meta.main) {
  const others = process.argv.includes('--other-tools');
  for (const language of Object.keys(generators)) {
    if (needOtherTools.includes(language) === others) generateClient(language);
  }
}
