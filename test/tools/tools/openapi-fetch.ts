import { resolve } from 'node:path';
import { must } from '../../clients/language.ts';
import { typescriptTool } from '../typescript.ts';

export const openapiFetch = typescriptTool({
  name: 'openapi-fetch',
  version: '0.17.0',
  packages: ['openapi-fetch@0.17.0'],
  generate: async ({ work, contract }) => {
    // Elsewhere than in the project, whose redocly.yaml it would follow.
    await must(
      [resolve('node_modules/.bin/openapi-typescript'), contract, '--output', 'contract.d.ts'],
      work,
    );
    return undefined;
  },
  note: "types by openapi-typescript without `--immutable`; `parseAs: 'stream'` for the export",
});
