// The `msg` of a fault for each rule: plain sentences of this API in place of the validator's
// own, which name the keywords of JSON Schema.
import type { ErrorObject } from 'ajv';

const types: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  array: 'an array',
  object: 'an object',
  null: 'null',
};

const formats: Readonly<Record<string, string>> = {
  uuid: 'a UUID, such as 3f0c2c9e-8a55-4d0e-9a3c-52f8a2f0a1b7',
  date: 'a day of the calendar, without a time, such as 2026-03-01',
  'date-time':
    'a date and time with seconds (00 to 59), at most six digits after them, and an offset, such as ' +
    '2026-03-01T09:30:00Z; in a URL, write + as %2B',
};

/** A number and what it counts, such as `one item` and `1,000 items`. */
const count = (number: number, name: string): string =>
  number === 1 ? `one ${name}` : `${number.toLocaleString('en')} ${name}s`;

/** What the members of an object are called at a place. */
const memberOf = (place: string | number | undefined): string => (place === 'body' ? 'field' : 'parameter');

const oneOf = (values: readonly unknown[]): string =>
  values.length === 1 ? `must be ${values[0]}` : `must be one of: ${values.join(', ')}`;

/**
 * The fields of a task, some of them also of a list, that the server sets, and the id, which a client
 * sets only once.
 */
export const setByServer: ReadonlySet<string> = new Set([
  'id',
  'owner_id',
  'completed_at',
  'position',
  'series_id',
  'occurrence',
  'next_id',
  'created_at',
  'updated_at',
  'version',
]);

const unknownMessage = (
  { params, parentSchema }: ErrorObject,
  place: string | number | undefined,
): string => {
  // Of the objects in requests, those of a task or a list have a place.
  const isPlaced = parentSchema?.properties?.place !== undefined;
  if (!isPlaced || !setByServer.has(params.additionalProperty)) return `is not a known ${memberOf(place)}`;
  return params.additionalProperty === 'position'
    ? 'cannot be written: send place, such as {"first": true}'
    : 'cannot be written';
};

const typeMessage = (
  { params, parentSchema, data }: ErrorObject,
  place: string | number | undefined,
): string => {
  // The router makes a list of a parameter that came more than once.
  if (place === 'query' && Array.isArray(data)) return 'must not be repeated';
  if (Array.isArray(parentSchema?.enum)) return oneOf(parentSchema.enum);
  if (parentSchema?.['x-object-message'] !== undefined) return parentSchema['x-object-message'];
  if (data === null && params.type === 'array') return 'must be an array: [] for none';
  if (data === null && parentSchema?.['x-property-names'] !== undefined) {
    return parentSchema.additionalProperties?.nullable === true
      ? 'must be an object, in which null removes a name'
      : 'must be an object: {} for none';
  }
  const allowed = new Set<string>([params.type].flat());
  if (parentSchema?.nullable === true) allowed.add('null');
  return `must be ${[...allowed].map((type) => types[type] ?? type).join(' or ')}`;
};

const patternMessage = ({ parentSchema, propertyName }: ErrorObject): string => {
  if (propertyName !== undefined) return 'is not a name of 1 to 40 of the characters a-z, 0-9, _, . and -';
  return parentSchema?.['x-pattern-message'] ?? 'has characters that are not allowed';
};

// What the contract says of an object with too few or too many members.
const membersMessage = (
  { params, parentSchema }: ErrorObject,
  place: string | number | undefined,
  bound: string,
): string =>
  parentSchema?.['x-object-message'] ?? `must have at ${bound} ${count(params.limit, memberOf(place))}`;

type Message = (error: ErrorObject, place: string | number | undefined) => string;

const messages: Readonly<Record<string, Message>> = {
  required: ({ params }) =>
    params.missingProperty === 'rrule' ? 'is required, also with a new anchor or missed' : 'is required',
  additionalProperties: unknownMessage,
  type: typeMessage,
  enum: ({ params }) => oneOf(params.allowedValues),
  format: ({ params }) => `must be ${formats[params.format]}`,
  pattern: patternMessage,
  minLength: ({ params: { limit } }) =>
    limit === 1 ? 'must not be empty' : `must have at least ${count(limit, 'character')}`,
  maxLength: ({ params }) => `must have at most ${count(params.limit, 'character')}`,
  'x-text': () => 'must be Unicode text without NUL and without lone surrogates',
  minimum: ({ params }) => `must be at least ${params.limit}`,
  maximum: ({ params }) => `must be at most ${params.limit}`,
  minItems: ({ params }) => `must have at least ${count(params.limit, 'item')}`,
  maxItems: ({ params }) => `must have at most ${count(params.limit, 'item')}`,
  minProperties: (error, place) => membersMessage(error, place, 'least'),
  maxProperties: (error, place) => membersMessage(error, place, 'most'),
};

/** The rules of JSON Schema, and of the contract's extensions, that have a sentence. */
export const explainedRules: ReadonlySet<string> = new Set(Object.keys(messages));

/** The formats that have a sentence. */
export const explainedFormats: ReadonlySet<string> = new Set(Object.keys(formats));

/** What is wrong, for one of Ajv's errors (verbose) at a place such as `['body', 'title']`. */
export const messageOf = (error: ErrorObject, [place]: readonly (string | number)[]): string =>
  messages[error.keyword]?.(error, place) ?? 'is not valid';
