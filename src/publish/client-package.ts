// The last step of `npm run build:client`: build/client becomes a separate package,
// `tasks-api-client`, which has no dependencies. This package exports the same files as
// `tasks-api/client`.
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';

const { version, license } = JSON.parse(readFileSync('package.json', 'utf8'));
// The types that sync.d.ts refers to; tsc writes no declarations of declarations.
copyFileSync('generated/openapi.d.ts', 'build/client/generated/openapi.d.ts');
copyFileSync('src/client/README.md', 'build/client/README.md');

const entry = './src/client/index';

writeFileSync(
  'build/client/package.json',
  `${JSON.stringify(
    {
      name: 'tasks-api-client',
      version,
      description: 'Client of the Tasks API for Node.js and browsers, generated from its contract.',
      license,
      type: 'module',
      sideEffects: false,
      exports: { '.': { types: `${entry}.d.ts`, default: `${entry}.js` } },
    },
    null,
    2,
  )}\n`,
);
