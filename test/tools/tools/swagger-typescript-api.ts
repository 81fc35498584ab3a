import { must } from '../../clients/language.ts';
import { npmProgram } from '../tool.ts';
import { typescriptTool } from '../typescript.ts';

const [name, version] = ['swagger-typescript-api', '13.13.0'] as const;

export const swaggerTypescriptApi = typescriptTool({
  name,
  version,
  packages: [`${name}@${version}`],
  generate: async ({ work, contract }) => {
    await must(
      [npmProgram(name, version, name), 'generate', '-p', contract, '-o', '.', '-n', 'client.ts'],
      work,
    );
    return undefined;
  },
  note: 'headers in the last argument',
});
