// How what the contract names is called and written in Go.
import type { Field, ScalarKind, Type } from '../../model/types.ts';

const initialisms = new Set(['id', 'url', 'uri', 'http', 'json', 'api']);

/** The exported name of a JSON name: `owner_id` is OwnerID. */
export const goName = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .split(/[_\W]+/)
    .map((word) =>
      initialisms.has(word.toLowerCase()) ? word.toUpperCase() : word.replace(/^./, (c) => c.toUpperCase()),
    )
    .join('');

/** The name of a parameter: `task_id` is taskID. */
export const goParameter = (name: string): string =>
  goName(name).replace(/^[A-Z]+(?=[A-Z]|$)|^[A-Z]/, (c) => c.toLowerCase());

const plain: Readonly<Record<ScalarKind | 'either', string>> = {
  string: 'string',
  uuid: 'string',
  date: 'string',
  'date-time': 'time.Time',
  integer: 'int',
  number: 'float64',
  boolean: 'bool',
  either: 'any',
};

export const goType = (type: Type): string => {
  if (type.kind === 'named') return type.name;
  if (type.kind === 'map') {
    return `map[string]${type.hasNulls ? `Optional[${goType(type.item)}]` : goType(type.item)}`;
  }
  return type.kind === 'list' ? `[]${goType(type.item)}` : plain[type.kind];
};

/** A query parameter whose type has an empty value that cannot be meant is absent with that value. */
export const isPlainParameter = ({ required, allowsEmpty }: Field) => required || !allowsEmpty;

/** Text of the contract as lines of a comment, wrapped at 100 columns. Go has no mark for code. */
export const comment = (text: string, indent = ''): string =>
  text
    .trim()
    .replaceAll('`', '')
    .replace(/See "([^"]+)"/g, 'See the section "$1" of the API\'s documentation')
    .split(/\n{2,}/)
    .map((paragraph) => {
      const lines = [''];
      for (const word of paragraph.split(/\s+/)) {
        const line = lines.at(-1) ?? '';
        if (line !== '' && indent.length * 4 + line.length + word.length > 95) lines.push(word);
        else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
      }
      return lines.map((line) => `${indent}// ${line}`).join('\n');
    })
    .join(`\n${indent}//\n`);
