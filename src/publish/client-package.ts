// The last step of `npm run build:client`: build/client becomes a separate package,
// `tasks-api-client`, which has no dependencies. This package exports the same files as
// `tasks-api/client`.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { license } = JSON.parse(readFileSync('package.json', 'utf8'));
const { info } = JSON.parse(readFileSync('generated/openapi.json', 'utf8'));
copyFileSync('src/client/README.md', 'build/client/README.md');
copyFileSync('LICENSE', 'build/client/LICENSE');

// tsc rewrites the endings of imports in the code, but not in declarations.
for (const name of readdirSync('build/client', { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue;
  const file = join('build/client', name);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/(from '\..*)\.ts'/g, "$1.js'"));
}

const entry = './src/client/index';

writeFileSync(
  'build/client/package.json',
  `${JSON.stringify(
    {
      name: 'tasks-api-client',
      version: info.version,
      description: 'Client of the Tasks API for Node.js and browsers.',
      keywords: ['tasks', 'to-do', 'api', 'client', 'sdk'],
      license,
      type: 'module',
      sideEffects: false,
      engines: { node: '>=20' },
      types: `${entry}.d.ts`,
      exports: {
        '.': { types: `${entry}.d.ts`, default: `${entry}.js` },
        './package.json': './package.json',
      },
      files: ['generated', 'src'],
    },
    null,
    2,
  )}\n`,
);
