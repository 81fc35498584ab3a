import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../clients/language.ts';
import { type Context, npmInstall, npmProgram, type Tool } from '../tool.ts';

const [name, version] = ['Spectral', '6.16.3'] as const;

/** Fails at findings of this severity or above. */
const lint = async (severity: string, { contract, work }: Context): Promise<undefined> => {
  writeFileSync(join(work, 'rules.json'), JSON.stringify({ extends: ['spectral:oas'] }));
  const options = ['--ruleset', 'rules.json', '--fail-severity', severity];
  await must([npmProgram(name, version, 'spectral'), 'lint', contract, ...options], work);
};

export const spectral: Tool = {
  name,
  version,
  makes: 'a linter, with its own OAS rules',
  install: () => npmInstall(name, version, `@stoplight/spectral-cli@${version}`),
  phases: {
    'no error': (context) => lint('error', context),
    'no warning': (context) => lint('hint', context),
  },
  steps: [],
  fails: { 'no warning': 'the contract has no contact, because each operator has one of their own' },
};
