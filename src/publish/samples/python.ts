// The sample for the Python SDK.
import { type Operation as Method, operations } from '../clients/python/resources.ts';
import type { Operation } from '../operations.ts';
import { indent, literal } from './text.ts';

const methods = new Map(operations().map((method) => [method.id, method]));

const width = 84;

/** A value in Python: in one line if it fits after `before` characters. */
const write = (value: unknown, before = 0): string => {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return literal(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{', '}'];
  const items = isList
    ? value.map((item) => write(item))
    : Object.entries(value).map(([name, item]) => `${literal(name)}: ${write(item)}`);
  const line = `${open}${items.join(', ')}${close}`;
  if (before + line.length <= width) return line;
  return `${open}\n${items.map((item) => `    ${indent(item, '    ')},\n`).join('')}${close}`;
};

/** A call: in one line if it fits. */
const call = (name: string, args: readonly string[]): string => {
  const line = `${name}(${args.join(', ')})`;
  if (!line.includes('\n') && line.length + 'result = '.length <= width) return line;
  const [only = '', ...others] = args;
  if (others.length === 0 && /^[[{]/.test(only)) return `${name}(${only})`;
  return `${name}(\n${args.map((arg) => `    ${indent(arg, '    ')},\n`).join('')})`;
};

const named = (name: string, value: unknown) => `${name}=${write(value, name.length + 1)}`;

/** The arguments of the method's call, as Python writes them. */
const argumentsOf = ({ inPath, inQuery, body }: Operation, method: Method): readonly string[] => {
  const fields = Object.entries(body?.value ?? {});
  const isOnlyField = Object.keys(body?.schema.properties ?? {}).length === 1;
  return [
    ...inPath.filter(({ name }) => name !== 'user_id').map(({ example }) => write(example)),
    ...fields.map(([name, value]) => (isOnlyField ? write(value, width) : named(name, value))),
    ...inQuery
      .filter(({ name }) => method.arguments.includes(name))
      .map(({ name, example }) => named(name, example)),
  ];
};

const resultName = ({ result }: Method) =>
  ({ Task: 'task', Session: 'session', Health: 'health' })[result?.$ref?.split('/').at(-1) ?? ''] ?? 'result';

const statementOf = (operation: Operation, method: Method): string => {
  const called = call(`client.${method.resource}.${method.method}`, argumentsOf(operation, method));
  switch (method.kind) {
    case 'page':
      return `for task in ${called}:\n    print(task.title)`;
    case 'changes':
      return `changes = ${called}\nfor change in changes:\n    print(change)\nprint("continue from", changes.next_since)`;
    case 'export':
      return `for task in ${called}:\n    print(task.title)`;
    case 'nothing':
      return called;
    default: {
      const variable = resultName(method);
      return `${variable} = ${called}\nprint(${variable})`;
    }
  }
};

export const python = (operation: Operation): string => {
  const method = methods.get(operation.id);
  if (method === undefined) throw new Error(`The Python SDK has no ${operation.id}.`);
  return `import os

from tasks_api import TasksClient

with TasksClient(os.environ["API"], os.environ["TOKEN"]) as client:
    ${indent(statementOf(operation, method), '    ')}
`;
};
