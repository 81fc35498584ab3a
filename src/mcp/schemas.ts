// From the contract's schemas to JSON Schema for tools, as short as a model needs it: what a schema
// checks without being read (patterns, lengths) is left to the validator, which explains it.
import { isRecord } from '../contract/record.ts';
import type { Resolve, Schema } from './contract.ts';

/** JSON Schema as tools have it. */
export type ToolSchema = { readonly [name: string]: unknown };

/** The first sentence of a description, or what `x-mcp-text` says in its place; no text if that is empty. */
export const textOf = ({
  description = '',
  'x-mcp-text': text,
}: Pick<Schema, 'description' | 'x-mcp-text'>): { readonly description?: string } => {
  const [sentence = ''] = /^.*?\.(?=\s|$)/s.exec(description.replace(/\s+/g, ' ').trim()) ?? [];
  const said = text ?? sentence.replaceAll('`', '');
  return said === '' ? {} : { description: said };
};

const kept = ['enum', 'maximum', 'maxItems', 'default'] as const;

/** A bound above this is one of storage, which no model comes near. */
const largestBound = 1000;

const keptIn = (schema: Schema): object =>
  Object.fromEntries(
    kept.flatMap((name) => {
      const value = schema[name];
      return value === undefined || Number(value) > largestBound ? [] : [[name, value]];
    }),
  );

/** Formats that a value can be given in. Ids come from other calls. */
const told: ReadonlySet<string | undefined> = new Set(['date', 'date-time']);

const nameOf = ($ref: string): string => $ref.slice($ref.lastIndexOf('/') + 1);

const typeOf = ({ type, nullable }: Schema, withNull: boolean) =>
  type === undefined ? {} : { type: withNull && nullable === true ? [type, 'null'] : type };

interface Converter {
  /** Converts a schema; an object that has a name becomes a reference to `$defs`. */
  convert(schema: Schema): ToolSchema;
  /** Adds the definitions that the schema refers to, those that are used once in their place. */
  finish(schema: ToolSchema): ToolSchema;
}

/** Every `$ref` in the schema, as often as it occurs. */
const referencesIn = (schema: unknown): string[] => {
  if (Array.isArray(schema)) return schema.flatMap(referencesIn);
  if (!isRecord(schema)) return [];
  const own = typeof schema.$ref === 'string' ? [nameOf(schema.$ref)] : [];
  return [...own, ...Object.values(schema).flatMap(referencesIn)];
};

const createDefinitions = () => {
  const definitions = new Map<string, ToolSchema>();
  const counts = new Map<string, number>();
  const count = (schema: unknown): void => {
    for (const name of referencesIn(schema)) {
      const before = counts.get(name) ?? 0;
      counts.set(name, before + 1);
      if (before === 0) count(definitions.get(name));
    }
  };
  // A schema that is used once takes the place of its reference.
  const place = (schema: unknown): unknown => {
    if (Array.isArray(schema)) return schema.map(place);
    if (!isRecord(schema)) return schema;
    const { $ref, ...rest } = schema;
    if (typeof $ref === 'string' && counts.get(nameOf($ref)) === 1) {
      return place({ ...definitions.get(nameOf($ref)), ...rest });
    }
    return Object.fromEntries(Object.entries(schema).map(([name, inner]) => [name, place(inner)]));
  };
  return {
    define: (name: string, make: () => ToolSchema): ToolSchema => {
      if (!definitions.has(name)) {
        // First, in case the schema contains itself.
        definitions.set(name, {});
        definitions.set(name, make());
      }
      return { $ref: `#/$defs/${name}` };
    },
    finish: (schema: ToolSchema): ToolSchema => {
      count(schema);
      const shared = [...definitions].filter(([name]) => (counts.get(name) ?? 0) > 1);
      const $defs = Object.fromEntries(shared.map(([name, inner]) => [name, place(inner)]));
      return { ...(place(schema) as ToolSchema), ...(shared.length > 0 && { $defs }) };
    },
  };
};

/** A converter for one tool's input, with descriptions, or for its output, without. */
export const createConverter = (resolve: Resolve, kind: 'input' | 'output'): Converter => {
  const isInput = kind === 'input';
  const definitions = createDefinitions();
  const bare = (schema: Schema): ToolSchema => {
    const { items, properties, additionalProperties, oneOf, required = [] } = schema;
    // In a result, a part that may be absent, or of several kinds, is recognised when it is there.
    if (!isInput && (oneOf !== undefined || (schema.nullable === true && schema.type === 'object'))) {
      return typeOf({ type: 'object', ...schema }, true);
    }
    // The kinds of a union exclude each other.
    if (oneOf !== undefined) return { anyOf: oneOf.map(convert) };
    return {
      ...typeOf(schema, !isInput),
      ...(isInput && textOf(schema)),
      ...(isInput && told.has(schema.format) && { format: schema.format }),
      ...(isInput && keptIn(schema)),
      ...(items && { items: convert(items) }),
      ...(properties && {
        properties: Object.fromEntries(
          Object.entries(properties).map(([name, inner]) => [name, convert(inner)]),
        ),
      }),
      ...(isInput && required.length > 0 && { required }),
      ...(isInput &&
        isRecord(additionalProperties) && { additionalProperties: mapped(additionalProperties) }),
    };
  };
  // In a map, null has no other spelling: it removes a name.
  const mapped = (values: Schema): ToolSchema => typeOf(resolve(values), true);
  const convert = (schema: Schema): ToolSchema => {
    const found = resolve(schema);
    const { $ref } = schema;
    return $ref !== undefined && found.type === 'object' && found.properties !== undefined
      ? definitions.define(nameOf($ref), () => bare(found))
      : bare(found);
  };
  return { convert, finish: definitions.finish };
};
