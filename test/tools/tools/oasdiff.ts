import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { must } from '../../clients/language.ts';
import { type Context, cacheOf, goInstall, type Tool } from '../tool.ts';

const [name, version] = ['oasdiff', '1.37.0'] as const;

const breaking = (from: string, to: string, { work }: Context) =>
  must([join(cacheOf(name, version), name), 'breaking', '--fail-on', 'ERR', from, to], work);

/** The contract without an operation, which is a breaking change. */
const withoutDeletion = ({ contract, work }: Context): string => {
  const document = JSON.parse(readFileSync(contract, 'utf8'));
  delete document.paths['/api/v1/users/{user_id}/tasks/{task_id}'].delete;
  const file = join(work, 'without.json');
  writeFileSync(file, JSON.stringify(document));
  return file;
};

export const oasdiff: Tool = {
  name,
  version,
  makes: 'differences between versions',
  install: () => goInstall(name, version, 'github.com/oasdiff/oasdiff'),
  phases: {
    'no change': (context) => breaking(context.contract, context.contract, context),
    'a change since the release': async ({ contract, work }) => {
      const released = resolve('test/contract/released/openapi.json');
      await must([join(cacheOf(name, version), name), 'changelog', released, contract], work);
      return undefined;
    },
    'a breaking change': async (context) => {
      const output = await breaking(context.contract, withoutDeletion(context), context).then(
        () => '',
        (error: Error) => error.message,
      );
      if (!output.includes('api-removed-without-deprecation')) throw new Error(`found nothing: ${output}`);
      return undefined;
    },
  },
  steps: [],
};
