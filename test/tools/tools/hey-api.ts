import { must } from '../../clients/language.ts';
import { npmProgram } from '../tool.ts';
import { typescriptTool } from '../typescript.ts';

const [name, version] = ['hey-api', '0.99.0'] as const;

export const heyApi = typescriptTool({
  name,
  version,
  // It uses the compiler's API, which the next major version of the compiler does not have.
  packages: [`@hey-api/openapi-ts@${version}`, 'typescript@5.9.3'],
  generate: async ({ work, contract }) => {
    await must([npmProgram(name, version, 'openapi-ts'), '-i', contract, '-o', 'client', '--silent'], work);
    return undefined;
  },
  note: "`parseAs: 'stream'` for the export; TypeScript 5",
});
