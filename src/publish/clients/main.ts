// `npm run generate:clients`: writes the SDKs, one folder of generated/clients/ for each language.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ApiModel, model } from '../model.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import { python } from './python.ts';
import { typescript } from './typescript.ts';

/** Writes the whole SDK of a language into an empty directory. */
const generators: Readonly<Record<string, (directory: string, model: ApiModel) => void>> = {
  typescript,
  python,
  go,
  java,
};

for (const [language, generate] of Object.entries(generators)) {
  const directory = join('generated/clients', language);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  generate(directory, model);
}
