// How what the contract names and describes is called and written in Python.
import type { EnumType, Field, ScalarKind, Type, Types } from '../../model/types.ts';

export const string = (text: string) => JSON.stringify(text);
export const snake = (name: string) =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/^_/, '');

// Python's keywords that could be field names. https://docs.python.org/3/reference/lexical_analysis.html#keywords
const keywords = new Set(
  'and as assert async await break class def del elif else except for from global if import in is lambda nonlocal not or pass raise return try while with yield'.split(
    ' ',
  ),
);

/** A field's name as a name in Python. */
export const identifier = (name: string): string =>
  keywords.has(name) ? `${name}_` : name.replaceAll('-', '_');

/** A value of JSON that is a text, `true` or `false`. */
export const constant = (value: string | boolean): string =>
  typeof value === 'string' ? string(value) : value ? 'True' : 'False';

const literal = (values: readonly string[]) => `Literal[${values.map(string).join(', ')}]`;

/** How the two kinds of objects differ: those that the API returns, and those that it receives. */
export type Use = 'model' | 'argument';

const scalars: Readonly<Record<Exclude<ScalarKind, 'date-time' | 'date'>, string>> = {
  string: 'str',
  uuid: 'str',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
};

const plainType = (types: Types, type: Type, use: Use): string => {
  const inModel = use === 'model';
  if (type.kind === 'named') {
    const named = types.get(type.name);
    return named?.kind === 'enum' && named.isInline ? literal(named.values) : type.name;
  }
  if (type.kind === 'list') {
    // Not `list` for arguments: resources have a method of that name, and any sequence will do.
    return `${inModel ? 'list' : 'Sequence'}[${plainType(types, type.item, use)}]`;
  }
  if (type.kind === 'map') {
    const item = plainType(types, type.item, use) + (type.hasNulls ? ' | None' : '');
    return `${inModel ? 'dict' : 'Mapping'}[str, ${item}]`;
  }
  if (type.kind === 'either') return type.of.map((one) => plainType(types, one, use)).join(' | ');
  if (type.kind === 'date-time') return inModel ? 'datetime' : 'datetime | str';
  if (type.kind === 'date') return inModel ? 'date' : 'date | str';
  if (type.kind === 'string' && type.only !== undefined) return literal([type.only]);
  return scalars[type.kind];
};

/** The annotation of a field's value. */
export const typeOf = (types: Types, { type, nullable }: Field, use: Use): string =>
  plainType(types, type, use) + (nullable ? ' | None' : '');

/** The line of an alias for one of several values. */
export const enumAlias = ({ name, values }: EnumType): string => `${name} = ${literal(values)}`;

const inPython: Readonly<Record<string, string>> = {
  '`null`': '`None`',
  '`true`': '`True`',
  '`false`': '`False`',
};

/**
 * A text of the contract in lines of at most `width` characters, with Python's words for JSON's;
 * paragraphs stay apart.
 */
export const wrap = (text: string, width: number): readonly string[] =>
  text
    .trim()
    .replace(/`(?:null|true|false)`/g, (word) => inPython[word] ?? word)
    .split(/\n\s*\n/)
    .flatMap((paragraph, index) => {
      const lines: string[] = [];
      for (const word of paragraph.trim().split(/\s+/)) {
        const last = lines.at(-1);
        if (last !== undefined && last.length + word.length < width)
          lines[lines.length - 1] = `${last} ${word}`;
        else lines.push(word);
      }
      return index === 0 ? lines : ['', ...lines];
    });

/** The lines of a docstring. A text in the contract can have backslashes. */
export const docstring = (lines: readonly string[], indent: string): readonly string[] => {
  const raw = lines.some((line) => line.includes('\\')) ? 'r' : '';
  const [first = '', ...rest] = lines;
  return rest.length === 0
    ? [`${indent}${raw}"""${first}"""`]
    : [
        `${indent}${raw}"""${first}`,
        ...rest.map((line) => (line === '' ? '' : indent + line)),
        `${indent}"""`,
      ];
};

/** Those of the names that the code uses; its docstrings do not count. */
export const usedIn = (code: string, names: readonly string[]): readonly string[] => {
  const words = new Set(code.replace(/"""[\s\S]*?"""/g, '').match(/\w+/g));
  return names.filter((name) => words.has(name));
};

/** The imports from Python's own library that the code needs. */
export const standardImports = (code: string): readonly string[] =>
  Object.entries({
    'collections.abc': ['Callable', 'Iterable', 'Mapping', 'Sequence'],
    dataclasses: ['dataclass'],
    datetime: ['date', 'datetime'],
    typing: ['Any', 'Literal', 'TypedDict', 'TypeVar', 'Union', 'overload'],
  }).flatMap(([module, names]) => {
    const used = usedIn(code, names);
    return used.length === 0 ? [] : [`from ${module} import ${used.join(', ')}`];
  });
