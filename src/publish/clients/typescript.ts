// The parts of the TypeScript SDK that follow from the contract: the types of its schemas, and the
// interface of the client, in which a call reads `tasks.createTask({ title })`. src/client/ is the
// package around them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiModel } from '../model.ts';
import { clientInterface } from './typescript/interface.ts';
import { schemaTypes } from './typescript/types.ts';

const header = '// Generated from openapi.yaml by src/publish/clients/typescript.ts.\n';

/** Writes them into `directory`. */
export const typescript = (directory: string, model: ApiModel): void => {
  const types = schemaTypes();
  writeFileSync(join(directory, 'types.ts'), `${header}\n${types}`);
  writeFileSync(join(directory, 'operations.ts'), `${header}${clientInterface(model, types)}`);
};
