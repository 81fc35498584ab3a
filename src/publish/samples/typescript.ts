// The sample for the TypeScript SDK.
import type { Operation } from '../operations.ts';
import { literal, quoted } from './text.ts';

const write = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return literal(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${/^\w+$/.test(name) ? name : `'${name}'`}: ${write(inner)}`)
    .join(', ')} }`;
};

export const typescript = ({
  id,
  secured,
  inPath,
  body,
  isPaged,
  isExport,
  hasResult,
}: Operation): string => {
  // The client sends the user itself, and query parameters that can have one value only.
  const params = inPath.filter(({ name }) => name !== 'user_id').map(({ example }) => write(example));
  const call = `tasks.${id}(${[...params, ...(body ? [write(body.value)] : [])].join(', ')})`;
  const statement = isExport
    ? `for await (const task of ${call}) console.log(task.title);`
    : isPaged
      ? `for await (const item of ${call}) {\n  console.log(item);\n}`
      : hasResult
        ? `const result = await ${call};\nconsole.log(result);`
        : `await ${call};`;
  return `import { connect } from 'tasks-api-client';

const tasks = connect({ serverUrl: process.env.API!${secured ? ', token: process.env.TOKEN!' : ''} });

${statement}
`;
};
