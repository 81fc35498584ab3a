// The parts of the contract that the Python generator reads, and Python's words for them.
import { readFileSync } from 'node:fs';

export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly description?: string;
  readonly enum?: readonly (string | boolean)[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly oneOf?: readonly Schema[];
  readonly discriminator?: {
    readonly propertyName: string;
    readonly mapping: Readonly<Record<string, string>>;
  };
}

export interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

export interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema; readonly 'x-item-schema'?: Schema }>>;
  readonly headers?: object;
}

export interface Definition {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Required<Content> & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Content>>;
}

export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

interface PathItem extends Partial<Readonly<Record<(typeof methods)[number], Definition>>> {
  readonly parameters?: readonly Parameter[];
}

interface Contract {
  readonly info: { readonly version: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
  };
}

/** The contract as `npm run generate:bundle` wrote it. */
export const contract: Contract = JSON.parse(readFileSync('generated/openapi.json', 'utf8'));

/** The name of the schema that a reference is to. */
export const nameOf = ({ $ref = '' }: { readonly $ref?: string }): string => $ref.split('/').at(-1) ?? '';

/** The schema with this name in the contract. */
export const named = (name: string): Schema => {
  const schema = contract.components.schemas[name];
  if (schema === undefined) throw new Error(`There is no schema ${name}.`);
  return schema;
};

/** The schema itself, or the one that it refers to. */
export const resolve = (schema: Schema): Schema =>
  schema.$ref === undefined ? schema : named(nameOf(schema));

export const isObject = ({ properties }: Schema): boolean => properties !== undefined;
export const isEnum = ({ enum: values }: Schema): boolean => values !== undefined && values.length > 1;

/** The names of the schemas that the given ones refer to, directly or through each other. */
export const reachable = (from: readonly (Schema | undefined)[]): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    for (const [, name = ''] of (JSON.stringify(value) ?? '').matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      visit(named(name));
    }
  };
  for (const schema of from) visit(schema);
  return found;
};

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

const literal = (values: readonly (string | boolean)[]) =>
  `Literal[${values.map((value) => (typeof value === 'string' ? string(value) : value ? 'True' : 'False')).join(', ')}]`;

/** How the two kinds of objects differ: those that the API returns, and those that it receives. */
export type Use = 'model' | 'argument';

const plainType = (schema: Schema, use: Use): string => {
  const inner = resolve(schema);
  const name = nameOf(schema);
  if (schema.$ref !== undefined && (isObject(inner) || isEnum(inner) || inner.discriminator)) return name;
  if (inner.oneOf) return inner.oneOf.map((one) => typeOf(one, use)).join(' | ');
  if (inner.enum) return literal(inner.enum);
  if (inner.type === 'array') {
    // Not `list` for arguments: resources have a method of that name, and any sequence will do.
    return `${use === 'model' ? 'list' : 'Sequence'}[${typeOf(inner.items ?? {}, use)}]`;
  }
  if (inner.type === 'object') {
    const of =
      typeof inner.additionalProperties === 'object' ? typeOf(inner.additionalProperties, use) : 'Any';
    return `${use === 'model' ? 'dict' : 'Mapping'}[str, ${of}]`;
  }
  if (inner.format === 'date-time') return use === 'model' ? 'datetime' : 'datetime | str';
  return { string: 'str', integer: 'int', number: 'float', boolean: 'bool' }[inner.type ?? ''] ?? 'Any';
};

/** The annotation of a value. */
export const typeOf = (schema: Schema, use: Use): string =>
  plainType(schema, use) + (resolve(schema).nullable ? ' | None' : '');

export const descriptionOf = (schema: Schema): string =>
  (schema.description ?? resolve(schema).description ?? '').trim();

/** The line of an alias for one of several values. */
export const enumAlias = (name: string): string => `${name} = ${literal(named(name).enum ?? [])}`;

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
    datetime: ['datetime'],
    typing: ['Any', 'Literal', 'TypedDict', 'TypeVar', 'Union', 'overload'],
  }).flatMap(([module, names]) => {
    const used = usedIn(code, names);
    return used.length === 0 ? [] : [`from ${module} import ${used.join(', ')}`];
  });
