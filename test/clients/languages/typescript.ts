// The TypeScript SDK as its users get it: packed, and installed in a directory of its own.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, must } from '../language.ts';

const root = process.cwd();
const consumer = (work: string) => join(work, 'typescript');

const tsc = [
  join(root, 'node_modules/.bin/tsc'),
  ...[
    '--outDir',
    'compiled',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--module',
    'nodenext',
    '--target',
    'es2022',
  ],
  ...['--lib', 'es2022', '--types', 'node'],
  ...['--typeRoots', join(root, 'node_modules/@types')],
];

// The oldest that the package's `engines` allow, as npm's packages have it for each platform.
const oldest = { version: '20.20.2', name: `node-${process.platform}-${process.arch}` };

const packed = (work: string, pattern: RegExp): string =>
  join(work, readdirSync(work).find((name) => pattern.test(name)) ?? 'nothing was packed');

/** What the blocks of the package's README take for granted. */
const surroundings: Readonly<Record<string, string>> = {
  tasks: 'TasksClient',
  task: 'Task',
  copy: 'Map<string, Task>',
  signal: 'AbortSignal',
  replica: 'Replica',
  order: '{ id: string }',
  load: '() => Promise<ReplicaState | undefined>',
  save: '(state: ReplicaState) => Promise<void>',
  ...Object.fromEntries(['token', 'id', 'other', 'requestId'].map((name) => [name, 'string'])),
};

/** The TypeScript of the package's README, each block as a module in `directory`. */
const writeReadme = (directory: string): readonly string[] => {
  const readme = readFileSync('src/client/README.md', 'utf8');
  return [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block = ''], index) => {
    const given = Object.entries(surroundings).flatMap(([name, type]) =>
      new RegExp(`(?:const|let) ${name}\\b`).test(block) ? [] : [`declare const ${name}: ${type};`],
    );
    const types = "import type { Replica, ReplicaState, Task, TasksClient } from 'tasks-api-client';";
    const used = ['ChangeTokenExpiredError', 'PreconditionFailedError'].filter((name) =>
      block.includes(name),
    );
    const errors = `import { ${used.join(', ')} } from 'tasks-api-client';`;
    const since = 'let since: string | undefined;';
    writeFileSync(join(directory, `readme-${index}.mts`), [types, errors, since, ...given, block].join('\n'));
    return `readme-${index}.mts`;
  });
};

export const typescript: Language = {
  name: 'typescript',
  label: 'TypeScript',
  package: 'build/client',
  prepare: async (work) => {
    const directory = consumer(work);
    mkdirSync(join(directory, 'node_modules/tasks-api'), { recursive: true });
    await must(['npm', 'run', '--silent', 'build:client'], root);
    // As a consumer gets it: packed, then installed with nothing else.
    await must(['npm', 'pack', '--silent', '--pack-destination', work, './build/client'], root);
    await must(
      [
        'npm',
        'install',
        '--silent',
        '--no-audit',
        '--no-fund',
        '--prefix',
        directory,
        packed(work, /^tasks-api-client-/),
      ],
      root,
    );
    // The whole package holds the same client, and importing it needs none of the server's dependencies.
    mkdirSync(join(directory, 'node_modules/tasks-api'), { recursive: true });
    await must(['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', work], root);
    await must(
      [
        ...['tar', '-xzf', packed(work, /^tasks-api-\d/), '-C', join(directory, 'node_modules/tasks-api')],
        '--strip-components=1',
      ],
      root,
    );
    await must(
      [
        ...['npm', 'install', '--silent', '--no-audit', '--no-fund', '--prefix', join(work, 'oldest')],
        `${oldest.name}@${oldest.version}`,
      ],
      root,
    );
    copyFileSync('test/clients/typescript/program.ts', join(directory, 'program.mts'));
    await must([...tsc, 'program.mts', ...writeReadme(directory)], directory);
  },
  programs: (work) => [
    { name: 'typescript', command: ['node', 'program.mts'], directory: consumer(work) },
    {
      name: 'typescript on Node 20',
      command: [join(work, 'oldest/node_modules', oldest.name, 'bin/node'), 'compiled/program.mjs'],
      directory: consumer(work),
    },
  ],
  // As JavaScript, which all versions of Node run.
  sample: { file: 'sample.mjs', directory: consumer, command: () => ['node', 'sample.mjs'] },
  undo: {
    readme: 'src/client/README.md',
    program: (block) => `import { connect } from 'tasks-api-client';
const tasks = connect({ serverUrl: process.env.API, token: process.env.TOKEN });
const task = await tasks.getTask(process.env.ID);
${block}`,
  },
};
