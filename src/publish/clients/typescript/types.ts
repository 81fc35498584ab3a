// The types of the contract's schemas, as Redocly writes them.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dereference, document } from '../../contract.ts';

/** The objects that can be null. Their fields contain null here, and not, as Redocly has it, their types. */
const nullable = (): readonly string[] =>
  Object.entries(document.components?.schemas ?? {}).flatMap(([name, schema]) => {
    const { properties, nullable: canBeNull } = dereference(schema);
    return properties && canBeNull ? [name] : [];
  });

/** The types, as interfaces where they are objects, which editors show by name. */
export const schemaTypes = (): string => {
  const work = mkdtempSync(join(tmpdir(), 'tasks-typescript-'));
  try {
    const input = join(work, 'openapi.json');
    const { title, version } = document.info;
    writeFileSync(input, JSON.stringify({ ...document, servers: undefined, info: { title, version } }));
    const options = [
      '--generator',
      'typescript',
      '--output-mode',
      'split',
      '--output',
      join(work, 'client.ts'),
    ];
    execFileSync('redocly', ['generate-client', input, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    const [types = ''] = readFileSync(join(work, 'client.schemas.ts'), 'utf8').split(
      /\n\/\*\*\n \* Narrow a /,
    );
    const body = types
      .slice(types.indexOf('export type '))
      .replace(/^export type (\w+) = \{$/gm, 'export interface $1 {')
      .replace(new RegExp(`^( +\\w+\\??: (?:${nullable().join('|')}));$`, 'gm'), '$1 | null;')
      // With exactOptionalPropertyTypes, a field that may be undefined could not be passed otherwise.
      .replace(/^( +\w+\?: .*[^;{]);$/gm, '$1 | undefined;');
    // What is before the first type is its comment, and the generator's own header.
    const comments = types.slice(0, types.indexOf('export type ')).split('\n\n').at(-1) ?? '';
    return `${comments}${body.replace(/^\}(?: \| null)?;$/gm, '}').trimEnd()}\n`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};
