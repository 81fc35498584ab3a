// Values of a field, found out from its schema in the contract, so that a field which is added is
// tested without a line of test.
import { randomUUID } from 'node:crypto';
import type { OpenAPIV3 } from 'openapi-types';
import { document, resolve, violations } from './contract.ts';

type Schema = OpenAPIV3.SchemaObject;

/** The properties of a schema of the contract, by name. */
export const propertiesOf = (name: string): ReadonlyMap<string, Schema> => {
  const { properties = {} } = resolve<Schema>(document.components?.schemas?.[name] ?? {});
  return new Map(Object.entries(properties).map(([field, schema]) => [field, resolve<Schema>(schema)]));
};

/** The properties that a schema of the contract requires. */
export const requiredOf = (name: string): readonly string[] =>
  resolve<Schema>(document.components?.schemas?.[name] ?? {}).required ?? [];

// What the contract's examples have under this name.
const inExamples = (name: string, value: unknown = document, isExample = false): unknown[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(isExample && key === name ? [inner] : []),
    ...inExamples(name, inner, isExample || key === 'example' || key === 'examples'),
  ]);
};

const texts: Readonly<Record<string, readonly string[]>> = {
  'date-time': ['2026-03-01T09:30:00.123456Z', '9999-12-31T23:59:59.999999Z'],
  uuid: [randomUUID(), randomUUID()],
};

const guesses = (schema: Schema): readonly unknown[] => {
  if (schema.enum !== undefined) return schema.enum.filter((value) => value !== null);
  const { minimum = 0 } = schema;
  switch (schema.type) {
    case 'boolean':
      return [false, true];
    case 'integer':
    case 'number':
      return [minimum, minimum + 1];
    case 'array': {
      const items = guesses(resolve<Schema>(schema.items));
      return [items.slice(0, 1), items.slice(0, 2).toReversed()];
    }
    case 'object':
      return [{ a: 'one' }, { b: 'two', c: 'three' }];
    default:
      return texts[schema.format ?? ''] ?? ['one', '\u{1F986}'.repeat(schema.maxLength ?? 100)];
  }
};

/**
 * Two values of a property that the contract takes as they are, neither of them null. Throws when
 * it finds fewer.
 */
export const valuesOf = (name: string, schema: Schema): readonly unknown[] => {
  const all = [...guesses(schema), schema.example, ...inExamples(name)].map((value) =>
    JSON.stringify(value ?? null),
  );
  const valid = [...new Set(all)]
    .map((text): unknown => JSON.parse(text))
    .filter((value) => value !== null && violations(schema, value).length === 0);
  if (valid.length < 2) throw new Error(`no two values of ${name}: give the contract examples of it`);
  return valid.slice(0, 2);
};

/** The value of an optional property of a new task that comes without it. */
export const emptyOf = ({ nullable, type, enum: words }: Schema): unknown => {
  if (nullable) return null;
  if (words !== undefined) return words[0];
  if (type === 'array') return [];
  return type === 'object' ? {} : false;
};

/** The values of an enumeration of the contract. */
export const wordsOf = (name: string): readonly string[] =>
  (resolve<Schema>(document.components?.schemas?.[name] ?? {}).enum ?? []).map(String);
