import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../clients/language.ts';
import { npmProgram } from '../tool.ts';
import { typescriptTool } from '../typescript.ts';

const [name, version] = ['orval', '8.38.0'] as const;

export const orval = typescriptTool({
  name,
  version,
  packages: [`${name}@${version}`],
  generate: async ({ work, contract }) => {
    const output = { target: './client.ts', client: 'fetch', baseUrl: { runtime: "process.env.API ?? ''" } };
    const config = { tasks: { input: contract, output } };
    writeFileSync(join(work, 'orval.config.mjs'), `export default ${JSON.stringify(config)};`);
    await must([npmProgram(name, version, name), '--config', 'orval.config.mjs'], work);
    return undefined;
  },
  note: 'headers in the last argument',
});
