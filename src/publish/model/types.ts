// The schemas of the contract as types, without the notation of OpenAPI. A schema that the SDKs would
// get wrong is refused here, for all languages, so that nothing can silently be missing from one.
import { type Document, dereferenceIn, nameOf, type Schema, type SchemaOrReference } from '../contract.ts';

export type Type =
  | { readonly kind: 'uuid' | 'date-time' | 'date' | 'integer' | 'number' | 'boolean' }
  /** `only` is the one value that it can have. */
  | { readonly kind: 'string'; readonly only?: string }
  /** A value of one of several plain types. */
  | { readonly kind: 'either'; readonly of: readonly Type[] }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'list'; readonly item: Type }
  /** Values by names of the client's own; in a patch, null removes a name. */
  | { readonly kind: 'map'; readonly item: Type; readonly hasNulls: boolean };

/** The kinds that contain no other type. A language without a word for one of them does not compile. */
export type ScalarKind = Exclude<Type['kind'], 'either' | 'named' | 'list' | 'map'>;

export interface Field {
  /** The name in JSON. */
  readonly name: string;
  readonly description: string;
  readonly type: Type;
  readonly required: boolean;
  readonly nullable: boolean;
  /** Whether the type's empty value ("", 0) is a value that the contract accepts. */
  readonly allowsEmpty: boolean;
}

interface ObjectShape {
  readonly kind: 'object';
  readonly name: string;
  readonly description: string;
  /** Without the tag. */
  readonly fields: readonly Field[];
  /** The field that distinguishes it in a union that it belongs to. */
  readonly tag: { readonly name: string; readonly value: string; readonly description: string } | undefined;
}

interface UnionShape {
  readonly kind: 'union';
  readonly name: string;
  readonly description: string;
  /** The name of the field whose value names the member. */
  readonly tag: string;
  readonly members: readonly { readonly value: string; readonly name: string }[];
}

interface EnumShape {
  readonly kind: 'enum';
  readonly name: string;
  readonly description: string;
  readonly values: readonly string[];
  /** Whether it has no name in the contract: `name` is then that of its place. */
  readonly isInline: boolean;
}

type Shape = ObjectShape | UnionShape | EnumShape;

interface Use {
  /** Whether clients send it. */
  readonly isSent: boolean;
  /** Whether clients receive it. */
  readonly isReceived: boolean;
}

export type ObjectType = ObjectShape & Use;
export type UnionType = UnionShape & Use;
export type EnumType = EnumShape & Use;
export type NamedType = Shape & Use;

/** The named types of a contract. */
export type Types = ReadonlyMap<string, NamedType>;

/** A contract while its schemas are read, and the named types that were found so far. */
export interface Reading {
  readonly document: Document;
  readonly shapes: Map<string, Shape>;
  /** Those whose parts are being read. */
  readonly open: Set<string>;
}

/** Starts to read a contract. */
export const readingOf = (document: Document): Reading => ({ document, shapes: new Map(), open: new Set() });

/** Throws an error that names the place: a schema of the contract, or an operation. */
export const refuse = (place: string, what: string): never => {
  throw new Error(`${place}: the SDK generators do not know ${what}`);
};

// What a type consists of, and limits, which the server checks. Extensions are not for clients.
const keywords = new Set(
  `type format description nullable enum default example required properties additionalProperties
  items oneOf discriminator pattern minLength maxLength minimum maximum exclusiveMinimum
  exclusiveMaximum multipleOf minItems maxItems uniqueItems minProperties maxProperties`.split(/\s+/),
);

const refuseUnknown = (schema: Schema, place: string): void => {
  const unknown = Object.keys(schema).find((key) => !keywords.has(key) && !key.startsWith('x-'));
  if (unknown !== undefined) refuse(place, `the keyword ${unknown}`);
};

const formats: Readonly<Record<string, 'string' | 'uuid' | 'date-time' | 'date'>> = {
  uuid: 'uuid',
  'date-time': 'date-time',
  date: 'date',
  uri: 'string',
  'uri-reference': 'string',
};

/** The values of an enum; of one that is nullable, without null. */
const valuesOf = ({ enum: values }: Schema): readonly string[] | undefined =>
  values?.filter((value) => value !== null).map(String);

const plainOf = (schema: Schema, place: string): Type => {
  const { type, format } = schema;
  const [only, ...others] = valuesOf(schema) ?? [];
  if (type === 'string' && only !== undefined) return { kind: 'string', only };
  // A flag that only says yes: the server refuses the other value.
  if (type === 'boolean' && only === 'true' && others.length === 0) return { kind: 'boolean' };
  if (only !== undefined) return refuse(place, `an enum of the type ${type}`);
  if (type === 'string') {
    return { kind: formats[format ?? 'uri'] ?? refuse(place, `the format ${format}`) };
  }
  if (type === 'integer' || type === 'number' || type === 'boolean') return { kind: type };
  return refuse(place, type === undefined ? 'a schema without a type' : `a schema of the type ${type} alone`);
};

const capital = (place: string) =>
  place.replace(/(?:^|[._])(\w)/g, (_, letter: string) => letter.toUpperCase());

const isNullable = ({ document }: Reading, schema: SchemaOrReference): boolean =>
  dereferenceIn(document, schema).nullable === true;

const listOf = (reading: Reading, items: SchemaOrReference, place: string): Type => {
  const item = typeOf(reading, items, place);
  if (isNullable(reading, items)) refuse(place, 'null in a list');
  return item.kind === 'list' || item.kind === 'map'
    ? refuse(place, `a ${item.kind} in a list`)
    : { kind: 'list', item };
};

/** A type whose values are the same in JSON and in every language. */
const plainTypeOf = (reading: Reading, schema: SchemaOrReference, place: string, where: string): Type => {
  const type = typeOf(reading, schema, place);
  const isPlain = ['string', 'integer', 'number', 'boolean'].includes(type.kind);
  return isPlain ? type : refuse(place, `${where} of anything but plain values`);
};

const mapOf = (reading: Reading, values: SchemaOrReference, place: string): Type => ({
  kind: 'map',
  item: plainTypeOf(reading, values, place, 'a map'),
  hasNulls: isNullable(reading, values),
});

const eitherOf = (reading: Reading, given: readonly SchemaOrReference[], place: string): Type => {
  if (given.some((one) => isNullable(reading, one))) refuse(place, 'null in oneOf');
  const where = 'oneOf without a discriminator';
  return { kind: 'either', of: given.map((one) => plainTypeOf(reading, one, place, where)) };
};

/** The type of a schema. `place` is where it is, for errors and for the name of a type without one. */
export const typeOf = (reading: Reading, given: SchemaOrReference, place: string): Type => {
  const schema = dereferenceIn(reading.document, given);
  const at = nameOf(given) ?? place;
  refuseUnknown(schema, at);
  const isEnum = schema.type === 'string' && (valuesOf(schema)?.length ?? 0) > 1;
  if (schema.properties || schema.discriminator || isEnum) return namedOf(reading, given, schema, place);
  if ('items' in schema) return listOf(reading, schema.items, `${at}.item`);
  if (typeof schema.additionalProperties === 'object') {
    return mapOf(reading, schema.additionalProperties, `${at}.value`);
  }
  return schema.oneOf ? eitherOf(reading, schema.oneOf, at) : plainOf(schema, at);
};

/** A field, or a parameter, which has a description of its own. */
export const fieldOf = (
  reading: Reading,
  { name, schema, required }: { name: string; schema: SchemaOrReference; required: boolean },
  place: string,
): Field => {
  const type = typeOf(reading, schema, `${place}.${name}`);
  const own = dereferenceIn(reading.document, schema);
  const { description = '', nullable = false, minLength = 0, minimum = 0, pattern = '', enum: values } = own;
  const isLimited = minLength >= 1 || minimum >= 1 || values !== undefined || !new RegExp(pattern).test('');
  const allowsEmpty = type.kind === 'boolean' || !isLimited;
  return { name, description, type, required, nullable, allowsEmpty };
};

/** The unions of the contract that have a member, each with the value of its tag. */
const unionsOf = ({ document }: Reading, member: string) =>
  Object.values(document.components?.schemas ?? {}).flatMap((schema) => {
    const { propertyName, mapping = {} } = dereferenceIn(document, schema).discriminator ?? {};
    return Object.entries(mapping)
      .filter(([, $ref]) => nameOf({ $ref }) === member)
      .map(([value]) => ({ name: propertyName ?? '', value }));
  });

const tagOf = (reading: Reading, name: string, properties: Schema['properties'] = {}): ObjectShape['tag'] => {
  const [tag, ...others] = unionsOf(reading, name);
  if (tag === undefined) return undefined;
  if (others.length > 0) return refuse(name, 'a member of several unions');
  const { description = '', enum: values = [] } = dereferenceIn(reading.document, properties[tag.name] ?? {});
  if (values.join() !== tag.value) refuse(name, `a member whose ${tag.name} can be other than ${tag.value}`);
  return { ...tag, description };
};

const objectOf = (reading: Reading, name: string, schema: Schema): ObjectShape => {
  const { description = '', required = [], properties = {}, additionalProperties } = schema;
  if (typeof additionalProperties === 'object') refuse(name, 'an object with fields and names of its own');
  const tag = tagOf(reading, name, properties);
  const fields = Object.entries(properties)
    .filter(([field]) => field !== tag?.name)
    .map(([field, inner]) =>
      fieldOf(reading, { name: field, schema: inner, required: required.includes(field) }, name),
    );
  return { kind: 'object', name, description, fields, tag };
};

const unionOf = (reading: Reading, name: string, schema: Schema): UnionShape => {
  const { description = '', discriminator, oneOf = [] } = schema;
  const { propertyName: tag = '', mapping = {} } = discriminator ?? {};
  const members = Object.entries(mapping).map(([value, $ref]) => ({ value, name: nameOf({ $ref }) ?? '' }));
  const names = oneOf.map((one) => nameOf(one));
  if (names.length === 0 || names.join() !== members.map((member) => member.name).join()) {
    refuse(name, 'a discriminator whose mapping does not list the schemas of oneOf, in their order');
  }
  for (const member of oneOf) typeOf(reading, member, name);
  return { kind: 'union', name, description, tag, members };
};

const namedOf = (reading: Reading, given: SchemaOrReference, schema: Schema, place: string): Type => {
  const { document, shapes, open } = reading;
  const isInline = nameOf(given) === undefined;
  const name = nameOf(given) ?? capital(place);
  if (isInline && document.components?.schemas?.[name])
    refuse(place, `a schema that would be called ${name}, too`);
  if (open.has(name)) refuse(name, 'a schema that contains itself');
  if (!shapes.has(name)) {
    const { description = '' } = schema;
    const values = valuesOf(schema);
    open.add(name);
    if (schema.discriminator) shapes.set(name, unionOf(reading, name, schema));
    else if (values) shapes.set(name, { kind: 'enum', name, description, values, isInline });
    else shapes.set(name, objectOf(reading, name, schema));
    open.delete(name);
  }
  return { kind: 'named', name };
};

const partsOf = (shape: Shape | undefined): readonly Type[] => {
  if (shape?.kind === 'object') return shape.fields.map(({ type }) => type);
  return shape?.kind === 'union' ? shape.members.map(({ name }) => ({ kind: 'named', name })) : [];
};

/** The names of the types that the given ones are, or contain. */
export const reachable = (shapes: ReadonlyMap<string, Shape>, from: readonly Type[]): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = (type: Type): void => {
    if (type.kind === 'list' || type.kind === 'map') visit(type.item);
    if (type.kind !== 'named' || found.has(type.name)) return;
    found.add(type.name);
    partsOf(shapes.get(type.name)).forEach(visit);
  };
  from.forEach(visit);
  return found;
};

/** The types that were read, each with the direction in which it goes. */
export const typesIn = ({ shapes }: Reading, sent: readonly Type[], received: readonly Type[]): Types => {
  const sentNames = reachable(shapes, sent);
  const receivedNames = reachable(shapes, received);
  return new Map(
    [...shapes].map(([name, shape]) => {
      const isSent = sentNames.has(name);
      const isReceived = receivedNames.has(name);
      // What is sent can leave fields out, and what is received cannot, so languages have two types.
      if (isSent && isReceived && shape.kind !== 'enum') {
        refuse(name, `${shape.kind === 'object' ? 'an object' : 'a union'} that is both sent and received`);
      }
      return [name, { ...shape, isSent, isReceived }];
    }),
  );
};
