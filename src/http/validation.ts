// What the contract's JSON Schemas need beyond Ajv's own rules, and the way from Ajv's errors to
// the faults of a validation-error problem.
import type { Ajv, AnySchemaObject, ErrorObject } from 'ajv';
import { compose } from '../contract/compose.ts';
import { formats } from '../contract/formats.ts';
import type { Fault } from '../contract/problem.ts';
import { shortened } from '../contract/shortened.ts';
import { messageOf } from './fault-messages.ts';

type TextMode = 'trim' | 'compose' | 'keep';

const rewritten: Readonly<Record<TextMode, (text: string, most: number) => string>> = {
  keep: (text) => text,
  trim: (text) => text.trim(),
  compose,
};

/**
 * Teaches Ajv the contract's formats and two of its extensions. `x-text` is text that Postgres can
 * store, which means no NUL and no lone surrogate. `x-text: trim` removes white space around it
 * before the other rules are checked, and `compose` also composes its characters (NFC), for which
 * the schema needs a `maxLength`.
 * `x-property-names` is a pattern for the names of an object's members, which OpenAPI 3.0 has no
 * keyword for.
 */
export const customizeAjv = (ajv: Ajv): Ajv => {
  for (const [name, format] of Object.entries(formats)) ajv.addFormat(name, format);
  ajv.addKeyword({
    keyword: 'x-text',
    type: 'string',
    before: 'maxLength',
    modifying: true,
    validate: (
      mode: TextMode,
      text: string,
      { maxLength = 0 }: AnySchemaObject = {},
      at?: { parentData: unknown; parentDataProperty: string | number },
    ) => {
      if (mode !== 'keep' && at) {
        const parent = at.parentData as Record<string | number, unknown>;
        parent[at.parentDataProperty] = rewritten[mode](text, maxLength);
      }
      return text.isWellFormed() && !text.includes('\0');
    },
  });
  ajv.addKeyword({
    keyword: 'x-property-names',
    type: 'object',
    macro: (pattern: string) => ({ propertyNames: { pattern } }),
  });
  return ajv;
};

/**
 * Throws on a `format` that Ajv has not been taught, because Ajv would accept every value.
 * `schemas` may contain examples.
 */
export const assertFormats = (schemas: unknown, place: string, seen = new Set<unknown>()): void => {
  if (typeof schemas !== 'object' || schemas === null || seen.has(schemas)) return;
  seen.add(schemas);
  for (const [name, inner] of Object.entries(schemas)) {
    if (name === 'format' && typeof inner === 'string' && !Object.hasOwn(formats, inner)) {
      throw new Error(`${place}: the format ${inner} cannot be validated`);
    }
    if (name !== 'example' && name !== 'examples') assertFormats(inner, place, seen);
  }
};

interface Discriminated {
  readonly discriminator?: { readonly propertyName: string };
  oneOf?: readonly {
    readonly properties: Readonly<Record<string, { readonly enum?: readonly unknown[] }>>;
  }[];
}

/**
 * Rewrites, in place, each `oneOf` with a discriminator as a choice by that discriminator. For a
 * value that fits no branch, Ajv would otherwise report the faults by every branch, although the
 * client intended one.
 */
export const chooseByDiscriminator = (value: unknown, seen = new Set<unknown>()): void => {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  for (const inner of Object.values(value)) chooseByDiscriminator(inner, seen);
  const schema = value as Discriminated;
  if (schema.oneOf === undefined || schema.discriminator === undefined) return;
  const { propertyName: name } = schema.discriminator;
  const choices = schema.oneOf.map((branch) => ({
    kinds: [...(branch.properties[name]?.enum ?? [])],
    branch,
  }));
  Object.assign(schema, {
    type: 'object',
    required: [name],
    properties: { [name]: { enum: choices.flatMap(({ kinds }) => kinds) } },
    allOf: choices.map(({ kinds, branch }) => ({
      if: { type: 'object', required: [name], properties: { [name]: { enum: kinds } } },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
      then: branch,
    })),
  });
  delete schema.oneOf;
};

interface List {
  readonly maxItems?: number;
  items?: unknown;
  if?: unknown;
}

/**
 * Rewrites, in place, each list with a bound so that its items are checked only if there are not
 * too many. Otherwise Ajv would look for the faults of a thousand items although the list is
 * refused anyway. Throws on a list that has an `if` already.
 */
export const countBeforeItems = (value: unknown, seen = new Set<unknown>()): void => {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  for (const inner of Object.values(value)) countBeforeItems(inner, seen);
  const { maxItems, items, if: condition } = value as List;
  if (typeof maxItems !== 'number' || items === undefined) return;
  if (condition !== undefined) throw new Error('a schema of a list has both maxItems and if');
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
  Object.assign(value, { if: { maxItems }, then: { items } });
  delete (value as List).items;
};

interface Closed {
  readonly additionalProperties?: unknown;
  properties?: Readonly<Record<string, unknown>>;
  required?: unknown;
}

/** More unknown members than this are reported as one fault, not one each. */
const maxUnknown = 20;

/**
 * Rewrites, in place, each object that allows no unknown members so that its members are checked
 * only if there are not too many. Otherwise Ajv would find a fault for each of nine thousand names.
 * Call it last, because it hides the properties.
 */
export const countBeforeMembers = (value: unknown, seen = new Set<unknown>()): void => {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  for (const inner of Object.values(value)) countBeforeMembers(inner, seen);
  const { additionalProperties, properties, ...rest } = value as Closed;
  if (additionalProperties !== false || properties === undefined) return;
  const most = Object.keys(properties).length + maxUnknown;
  // The contract may allow fewer at once than there are.
  const maxProperties = Math.min(most, 'maxProperties' in rest ? Number(rest.maxProperties) : most);
  const members = {
    additionalProperties,
    properties,
    ...('required' in rest && { required: rest.required }),
  };
  const schema = value as Record<string, unknown>;
  for (const name of Object.keys(members)) delete schema[name];
  const condition = { type: 'object', maxProperties: most };
  // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
  const choice = { if: condition, then: members };
  const others = Array.isArray(schema.allOf) ? schema.allOf : [];
  Object.assign(schema, { maxProperties, allOf: [...others, choice] });
};

const places: Readonly<Record<string, string>> = { requestBody: 'body' };

const unescapePointer = (part: string) => part.replaceAll('~1', '/').replaceAll('~0', '~');

/** The place of an error, such as `["body", "title"]`. */
const locate = ({ instancePath, params, propertyName }: ErrorObject): Fault['loc'] => {
  const [place = '', ...parts] = [
    ...instancePath.split('/').slice(1).map(unescapePointer),
    ...[params.missingProperty ?? params.additionalProperty ?? propertyName ?? []].flat(),
  ];
  return [
    places[place] ?? place,
    ...parts.map((part) => (/^(?:0|[1-9]\d{0,8})$/.test(part) ? Number(part) : shortened(part))),
  ];
};

/**
 * More faults than this are not listed, because the response would become longer than the request.
 */
const maxFaults = 100;

/** The faults for Ajv's errors: one for each place, the first that was found there. */
export const faultsFrom = (errors: readonly ErrorObject[]): Fault[] => {
  const faults = new Map<string, Fault>();
  for (const error of errors) {
    // The errors of the branch, or of the name, are in the list already.
    if (['if', 'propertyNames', 'x-property-names'].includes(error.keyword)) continue;
    const loc = locate(error);
    const place = JSON.stringify(loc);
    if (!faults.has(place)) faults.set(place, { loc, msg: messageOf(error, loc), type: error.keyword });
    if (faults.size === maxFaults) break;
  }
  return [...faults.values()];
};
