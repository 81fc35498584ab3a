// The TypeScript SDK as its users get it: packed, and installed in a directory of its own.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, must } from '../language.ts';

const root = process.cwd();
const consumer = (work: string) => join(work, 'typescript');

const tsc = [
  join(root, 'node_modules/.bin/tsc'),
  ...['--outDir', 'compiled', '--strict', '--module', 'nodenext', '--target', 'es2022'],
  ...['--lib', 'es2022', '--types', 'node'],
  ...['--typeRoots', join(root, 'node_modules/@types')],
];

// The oldest that the package's `engines` allow, as npm's packages have it for each platform.
const oldest = { version: '20.20.2', name: `node-${process.platform}-${process.arch}` };

const packed = (work: string, pattern: RegExp): string =>
  join(work, readdirSync(work).find((name) => pattern.test(name)) ?? 'nothing was packed');

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
    await must([...tsc, 'program.mts'], directory);
  },
  programs: (work) => [
    { name: 'typescript', command: ['node', 'program.mts'], directory: consumer(work) },
    {
      name: 'typescript on Node 20',
      command: [join(work, 'oldest/node_modules', oldest.name, 'bin/node'), 'compiled/program.mjs'],
      directory: consumer(work),
    },
  ],
  sample: { file: 'sample.mts', directory: consumer, command: () => ['node', 'sample.mts'] },
};
