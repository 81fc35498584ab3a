// The sample for the Python SDK.
import type { Operation } from '../operations.ts';
import { literal, pathValues, plainFields, snake } from './text.ts';

const write = (value: unknown): string => {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
  if (typeof value !== 'object') return literal(value);
  return `{${Object.entries(value)
    .map(([name, inner]) => `${literal(name)}: ${write(inner)}`)
    .join(', ')}}`;
};

export const python = (operation: Operation): string => {
  const { id, secured, inQuery, body, isPaged, hasResult } = operation;
  const fields = plainFields(operation);
  const built = fields
    ? `${body?.name}(${fields.map(([name, value]) => `${name}=${write(value)}`).join(', ')})`
    : body && `decode(${body.name}, ${write(body.value)})`;
  const args = [
    ...pathValues(operation),
    ...(built ? [built] : []),
    ...inQuery.map(({ name, example }) => `${name}=${write(example)}`),
  ].join(', ');
  const imports = ['Client', ...(body ? [body.name] : []), ...(body && !fields ? ['decode'] : [])];
  const settings = secured
    ? `
    os.environ["API"],
    auth={"bearer": os.environ["TOKEN"]},
    retry={"retries": 3},
    idempotency_key=True,
`
    : 'os.environ["API"], retry={"retries": 3}';
  const name = snake(id);
  const call = isPaged
    ? `for item in tasks.${name}_items(${args}):\n    print(item)`
    : hasResult
      ? `result = tasks.${name}(${args})\nprint(result)`
      : `tasks.${name}(${args})`;
  return `import os

from tasks_api import ${imports.join(', ')}

tasks = Client(${settings})

${call}
`;
};
