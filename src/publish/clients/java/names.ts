// How what the contract names is called and written in Java.
import type { ScalarKind, Type } from '../../model/types.ts';

/** The package, which is also the group of the artifact. To publish the SDK, replace it. */
export const javaPackage = 'com.example.tasks';

/** The methods that no class can have, because they are final in Object. */
const ofObject = ['getClass', 'notify', 'notifyAll', 'wait'];

/** The name of a member: `owner_id` is ownerId. One that Object has already ends in `_`. */
export const javaName = (name: string): string => {
  const plain = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return ofObject.includes(plain) ? `${plain}_` : plain;
};

/** The name of a constant: `-created_at` is CREATED_AT_DESC. */
export const javaConstant = (value: string): string =>
  `${value.replace(/^-/, '').replace(/\W+/g, '_').toUpperCase()}${value.startsWith('-') ? '_DESC' : ''}`;

export const pascal = (name: string) => javaName(name).replace(/^./, (letter) => letter.toUpperCase());

const boxed: Readonly<Record<ScalarKind | 'either', string>> = {
  string: 'String',
  uuid: 'UUID',
  date: 'LocalDate',
  'date-time': 'Instant',
  integer: 'Long',
  number: 'Double',
  boolean: 'Boolean',
  either: 'Object',
};

const primitives: Readonly<Partial<Record<Type['kind'], string>>> = {
  integer: 'long',
  number: 'double',
  boolean: 'boolean',
};

export const javaType = (type: Type, canBeNull: boolean): string => {
  if (type.kind === 'named') return type.name;
  if (type.kind === 'list') return `List<${javaType(type.item, true)}>`;
  if (type.kind === 'map') return `Map<String, ${javaType(type.item, true)}>`;
  return (canBeNull ? undefined : primitives[type.kind]) ?? boxed[type.kind];
};

const escaped = (text: string) =>
  text.replace(/[&<@]/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll('*/', '*&#47;');

/** Text of the contract as Javadoc, wrapped at 110 columns. */
export const javadoc = (
  text: string,
  indent = '',
  tags: readonly (readonly [string, string])[] = [],
): string => {
  const clean = (words: string) =>
    words
      .split('`')
      .map((part, n) => (n % 2 === 1 ? `{@code ${part.replace(/[{}]/g, '')}}` : escaped(part)))
      .join('');
  const wrap = (words: string, first: string, rest: string): string[] => {
    const lines = [first];
    for (const word of words.split(/\s+/)) {
      const line = lines.at(-1) ?? '';
      if (line.trim() !== '' && indent.length + line.length + word.length > 105) lines.push(`${rest}${word}`);
      else lines[lines.length - 1] = /^$|[ >]$/.test(line) ? line + word : `${line} ${word}`;
    }
    return lines;
  };
  const described = text.replace(/See "([^"]+)"/g, 'See the section "$1" of the API\'s documentation');
  const paragraphs = described.trim().split(/\n{2,}/);
  const body = paragraphs.flatMap((paragraph, n) => [
    ...(n > 0 ? [''] : []),
    ...wrap(clean(paragraph), n > 0 ? '<p>' : '', ''),
  ]);
  const last = tags.flatMap(([tag, words]) => wrap(clean(words), `${tag} `, '    '));
  const lines = [...body, ...(last.length > 0 ? ['', ...last] : [])];
  return [`${indent}/**`, ...lines.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`].join('\n');
};
