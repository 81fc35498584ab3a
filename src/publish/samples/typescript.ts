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

export const typescript = (operation: Operation): string => {
  const { id, secured, inPath, inQuery, body, isPaged, isExport, hasResult } = operation;
  const object = (parameters: Operation['inPath']) =>
    write(Object.fromEntries(parameters.map(({ name, example }) => [name, example])));
  const args = [
    ...(inPath.length ? [`path: ${object(inPath)}`] : []),
    ...(inQuery.length ? [`query: ${object(inQuery)}`] : []),
    ...(body ? [`body: ${write(body.value)}`] : []),
  ];
  const argument = args.length === 0 ? '' : `{\n  ${args.join(',\n  ')},\n}`;
  const call = isPaged
    ? `for await (const item of tasks.${id}.items(${argument.replace(/\s+/g, ' ').replace(', }', ' }')})) {\n  console.log(item);\n}`
    : isExport
      ? `const exported = await tasks.${id}(${argument});\nfor await (const task of readExport(exported)) console.log(task.title);`
      : hasResult
        ? `const result = await tasks.${id}(${argument});\nconsole.log(result);`
        : `await tasks.${id}(${argument});`;
  return `import { ${isExport ? 'connect, readExport' : 'connect'} } from 'tasks-api-client';

const tasks = connect({ serverUrl: process.env.API!${secured ? ', token: process.env.TOKEN!' : ''} });

${call}
`;
};
