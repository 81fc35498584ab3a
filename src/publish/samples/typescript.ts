// The sample for the TypeScript SDK. It is JavaScript, too, which every version of Node runs.
import type { SdkSample } from './operation.ts';
import { literal, quoted } from './text.ts';

const write = (value: unknown): string => {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return literal(value);
  return `{ ${Object.entries(value)
    .map(([name, inner]) => `${/^\w+$/.test(name) ? name : `'${name}'`}: ${write(inner)}`)
    .join(', ')} }`;
};

export const typescript = ({ operation, inPath, body }: SdkSample): string => {
  const { id, secured, isExport, paging, result } = operation;
  const args = [...inPath, ...(operation.needsBody ? [body] : [])].map(write);
  const call = `tasks.${id}(${args.join(', ')})`;
  const statement = isExport
    ? `for await (const task of ${call}) console.log(task.title);`
    : paging
      ? `for await (const item of ${call}) {\n  console.log(item);\n}`
      : result
        ? `const result = await ${call};\nconsole.log(result);`
        : `await ${call};`;
  return `import { connect } from 'tasks-api-client';

const { API = ''${secured ? ", TOKEN = ''" : ''} } = process.env;
const tasks = connect({ serverUrl: API${secured ? ', token: TOKEN' : ''} });

${statement}
`;
};
