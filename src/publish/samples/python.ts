// The sample for the Python SDK.
import { fieldsOfBody } from '../clients/python/arguments.ts';
import { placeOf } from '../clients/python/surface.ts';
import { model } from '../model.ts';
import type { SdkSample } from './operation.ts';
import { indent, literal } from './text.ts';

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
const argumentsOf = ({ operation, inPath, body }: SdkSample): readonly string[] => {
  const isOnlyField = fieldsOfBody(model.types, operation).length === 1;
  return [
    ...inPath.map((value) => write(value)),
    ...Object.entries(body ?? {}).map(([name, value]) =>
      isOnlyField ? write(value, width) : named(name, value),
    ),
  ];
};

const resultNames: Readonly<Record<string, string>> = { Task: 'task', Session: 'session', Health: 'health' };

const statementOf = (sample: SdkSample): string => {
  const { isExport, paging, result } = sample.operation;
  const { resource, method } = placeOf(sample.operation);
  const called = call(`client.${resource}.${method}`, argumentsOf(sample));
  if (isExport || paging?.item === 'Task') return `for task in ${called}:\n    print(task.title)`;
  if (paging?.by === 'cursor') return `for item in ${called}:\n    print(item)`;
  if (paging?.by === 'since') {
    return `changes = ${called}\nfor change in changes:\n    print(change)\nprint("continue from", changes.next_since)`;
  }
  if (result === undefined) return called;
  const variable = resultNames[result] ?? 'result';
  return `${variable} = ${called}\nprint(${variable})`;
};

export const python = (sample: SdkSample): string => `import os

from tasks_api import TasksClient

with TasksClient(os.environ["API"], os.environ["TOKEN"]) as client:
    ${indent(statementOf(sample), '    ')}
`;
