import { join } from 'node:path';
import { must } from '../../clients/language.ts';
import { cacheOf, clientSteps, installOnce, programOf, runProgram, type Tool } from '../tool.ts';

const [name, version] = ['openapi-python-client', '0.29.1'] as const;
const bin = (program: string) => join(cacheOf(name, version), 'bin', program);

export const openapiPythonClient: Tool = {
  name,
  version,
  makes: 'Python',
  install: () =>
    installOnce(name, version, async (directory) => {
      await must(['python3', '-m', 'venv', directory], directory);
      await must([join(directory, 'bin/pip'), 'install', '--quiet', `${name}==${version}`], directory);
    }),
  phases: {
    generate: async ({ work, contract }) => {
      await must(
        [bin(name), 'generate', '--path', contract, '--meta', 'none', '--output-path', 'tasks_api'],
        work,
      );
      return undefined;
    },
    compile: async ({ work }) => {
      await must([bin('python'), '-m', 'compileall', '-q', 'tasks_api'], work);
      return undefined;
    },
    run: (context) =>
      runProgram([bin('python'), programOf(`${name}.py`)], context, { PYTHONPATH: context.work }),
  },
  steps: clientSteps,
  fails: { export: 'only the bytes of the response are there' },
};
