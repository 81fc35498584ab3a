// The types of the contract as lists of fields. An object that has a name is described once, and
// linked from everywhere else.
import { dereference, nameOf, type Schema, type SchemaOrReference } from '../contract.ts';
import { escaped } from './html.ts';
import { inline, markdown } from './markdown.ts';

/** Whether a named schema has a section of its own: it is more than a text or a number. */
export const hasSection = (schema: Schema): boolean =>
  schema.properties !== undefined || schema.oneOf !== undefined;

const range = (least: number | undefined, most: number | undefined, unit: string): string[] => {
  const number = (value: number) => value.toLocaleString('en');
  if (least !== undefined && most !== undefined) return [`${number(least)} to ${number(most)}${unit}`];
  if (least !== undefined) return [`at least ${number(least)}${unit}`];
  return most === undefined ? [] : [`at most ${number(most)}${unit}`];
};

/** A pattern in words if the contract has them; not at all if it only states that a text is text. */
const rulesOf = (schema: Schema & { 'x-pattern-message'?: string; 'x-text'?: string }): string[] => {
  if (schema['x-pattern-message']) return [escaped(schema['x-pattern-message'])];
  if (schema.pattern === undefined || schema['x-text']) return [];
  return [`matches <code>${escaped(schema.pattern)}</code>`];
};

/** In parentheses, if it has several parts. */
const grouped = (type: string) => (/, | or /.test(type) ? `(${type})` : type);

/** What the values of an object with names of the client's own must be. */
const valuesOf = ({ additionalProperties: values }: Schema): string =>
  typeof values === 'object' && Object.keys(values).length > 0 ? typeOf(values) : '';

/** What a value must be, in words. */
export const typeOf = (value: SchemaOrReference): string => {
  const schema = dereference<Schema>(value);
  if (nameOf(value) !== undefined && hasSection(schema)) {
    return `<a href="#schema-${nameOf(value)}">${nameOf(value)}</a>`;
  }
  const { minLength, maxLength, minItems, maxItems, minimum, maximum, format } = schema;
  const kind =
    'items' in schema && schema.type === 'array'
      ? `list of ${grouped(typeOf(schema.items))}`
      : schema.oneOf
        ? schema.oneOf.map(typeOf).join(' or ')
        : valuesOf(schema) !== ''
          ? `object of ${grouped(valuesOf(schema))}`
          : [schema.type ?? 'any value', ...(format ? [`(${format})`] : [])].join(' ');
  return [
    kind + (schema.nullable ? ' or null' : ''),
    ...range(minLength, maxLength, ' characters'),
    ...range(minItems, maxItems, ' items'),
    ...range(minimum, maximum, ''),
    ...(schema.enum
      ? [`one of ${schema.enum.map((one) => `<code>${escaped(String(one))}</code>`).join(', ')}`]
      : []),
    ...(schema.default === undefined ? [] : [`default <code>${escaped(String(schema.default))}</code>`]),
    ...rulesOf(schema),
  ].join(', ');
};

export interface FieldOfList {
  readonly name: string;
  readonly schema: SchemaOrReference;
  readonly required: boolean;
  readonly description?: string | undefined;
  /** Where it is, if it is a parameter. */
  readonly place?: string;
}

const item = ({ name, schema, required, description, place }: FieldOfList): string => {
  const own = dereference<Schema>(schema);
  const text = description ?? ('$ref' in schema && hasSection(own) ? '' : own.description);
  const inner = !('$ref' in schema) && own.properties ? fieldsOf(own) : '';
  return `<li><code>${escaped(name)}</code>${place ? ` <span class="place">${place}</span>` : ''}
${required ? '<b>required</b>' : ''} <span class="type">${typeOf(schema)}</span>
${text ? markdown(text) : ''}${inner}</li>`;
};

/** A list of fields or parameters. */
export const list = (fields: readonly FieldOfList[]): string =>
  `<ul class="fields">\n${fields.map(item).join('\n')}\n</ul>`;

const fieldsOf = ({ properties = {}, required = [] }: Schema): string =>
  list(
    Object.entries(properties).map(([name, schema]) => ({ name, schema, required: required.includes(name) })),
  );

/** The fields of an object, or the kinds that a value can have. */
export const body = (value: SchemaOrReference): string => {
  const schema = dereference<Schema>(value);
  if (nameOf(value) !== undefined && hasSection(schema)) return `<p>${typeOf(value)}</p>`;
  if (schema.properties) return fieldsOf(schema);
  return `<p>${typeOf(value)}. ${inline(schema.description)}</p>`;
};

/** The section of a named schema. */
export const section = (schema: Schema): string =>
  markdown(schema.description) +
  (schema.oneOf ? `<p>One of ${schema.oneOf.map(typeOf).join(', ')}.</p>` : fieldsOf(schema));
