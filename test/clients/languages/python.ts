// The Python SDK as its users get it: built as wheel and sdist, and installed in a fresh virtual
// environment. Its users' type checkers find its types, so the programs and the code of its README
// are checked with mypy.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, must } from '../language.ts';

const root = process.cwd();
const programs = 'test/clients/python';
const tools = ['build==1.6.1', 'mypy==2.4.1'];
// A warning is an error: a client that is not closed, for example.
const strict = ['-X', 'dev', '-B', '-W', 'error'];
const interpreter = (work: string) => join(work, 'python/bin/python');

const venv = async (directory: string, ...packages: readonly string[]): Promise<void> => {
  await must(['python3', '-m', 'venv', directory], root);
  await must([join(directory, 'bin/python'), '-m', 'pip', 'install', '--quiet', ...packages], root);
};

export const python: Language = {
  name: 'python',
  label: 'Python',
  package: 'generated/clients/python',
  prepare: async (work) => {
    const source = join(work, 'python-source');
    cpSync('generated/clients/python', source, { recursive: true });
    await venv(join(work, 'python-tools'), ...tools);
    const tool = join(work, 'python-tools/bin/python');
    // The wheel is built from the sdist, so both are complete.
    await must([tool, '-m', 'build', '--outdir', join(work, 'dist')], source);
    const wheel = readdirSync(join(work, 'dist')).find((name) => name.endsWith('.whl')) ?? '';
    await venv(join(work, 'python'), join(work, 'dist', wheel));
    const types = ['-m', 'mypy', '--strict', '--no-incremental', '--python-executable', interpreter(work)];
    await must([tool, ...types, 'program.py', 'program_async.py', 'checks.py'], programs);
    await must([tool, ...types, '-p', 'tasks_api'], work);
    await must([interpreter(work), ...strict, 'checks.py'], programs);
    const readme = readFileSync('generated/clients/python/README.md', 'utf8');
    const code = [...readme.matchAll(/```python\n([\s\S]*?)```/g)].map(([, block]) => block);
    writeFileSync(join(work, 'readme.py'), code.join('\n'));
    await must([tool, ...types, 'readme.py'], work);
  },
  programs: (work) =>
    ['program', 'program_async'].map((name) => ({
      name: name === 'program' ? 'python' : 'python with async',
      command: [interpreter(work), ...strict, `${name}.py`],
      directory: programs,
    })),
  sample: { file: 'sample.py', command: (work) => [interpreter(work), '-W', 'error', 'sample.py'] },
  undo: {
    readme: 'generated/clients/python/README.md',
    program: (block) => `import os
from tasks_api import TasksClient
with TasksClient(os.environ["API"], os.environ["TOKEN"]) as client:
    task = client.tasks.get(os.environ["ID"])
${block.replaceAll(/^(?=.)/gm, '    ')}`,
  },
};
