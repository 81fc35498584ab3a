// The contract as the generators of the Go and Java SDKs see it: the operations of the API and the
// types that they use, without the notation of OpenAPI. Whatever it does not know it refuses, so
// that a new kind of schema cannot silently be missing from an SDK.
import { isInSdks } from './in-sdks.ts';

export type Type =
  | { readonly kind: 'string' | 'uuid' | 'date-time' | 'date' | 'integer' | 'number' | 'boolean' | 'any' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'list'; readonly item: Type }
  /** Values by names of the client's own; in a patch, null removes a name. */
  | { readonly kind: 'map'; readonly item: Type; readonly hasNulls: boolean };

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

export interface ObjectType {
  readonly kind: 'object';
  readonly name: string;
  readonly description: string;
  readonly fields: readonly Field[];
  /** Whether clients send it. */
  readonly isRequest: boolean;
  /** What distinguishes it in a union that it belongs to; no field of its own. */
  readonly tag: { readonly name: string; readonly value: string } | undefined;
}

export interface UnionType {
  readonly kind: 'union';
  readonly name: string;
  readonly description: string;
  readonly tag: string;
  readonly members: readonly { readonly value: string; readonly name: string }[];
  readonly isRequest: boolean;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly name: string;
  readonly description: string;
  readonly values: readonly string[];
}

export type NamedType = ObjectType | UnionType | EnumType;

/** How the pages of an operation are followed: a list by its cursor, changes by their token. */
export type Paging = 'cursor' | 'since' | undefined;

export interface ApiOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly description: string;
  readonly secured: boolean;
  /** The names of the path's parameters, in order. */
  readonly inPath: readonly string[];
  readonly inQuery: readonly Field[];
  /** Query parameters that have only one value. */
  readonly constants: Readonly<Record<string, string>>;
  /** The name of the body's type. */
  readonly body: string | undefined;
  /** The name of the result's type; for an export, of one of its lines. */
  readonly result: string | undefined;
  readonly isExport: boolean;
  /** Whether it takes an Idempotency-Key. */
  readonly keyed: boolean;
  readonly paging: Paging;
}

export interface ApiModel {
  readonly version: string;
  readonly operations: readonly ApiOperation[];
  readonly types: readonly NamedType[];
  /** The names of the errors of the contract, by status. */
  readonly errors: readonly {
    readonly status: number;
    readonly name: string;
    readonly description: string;
  }[];
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly (string | boolean)[];
  readonly minLength?: number;
  readonly minimum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly discriminator?: { readonly propertyName: string; readonly mapping: Record<string, string> };
}

interface Content {
  readonly [mediaType: string]: { readonly schema: Schema; readonly 'x-item-schema'?: Schema };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

interface Definition {
  readonly operationId: string;
  readonly description?: string;
  readonly security?: readonly object[];
  readonly parameters?: readonly (Parameter & { $ref?: string })[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly content?: Content }>>;
}

interface Document {
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Record<string, unknown>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, { readonly description: string }>>;
  };
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const lastPart = (reference: string) => reference.split('/').at(-1) ?? '';
const capital = (name: string) => name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Reads schemas, and collects the named types that they use. */
const typesOf = (document: Document) => {
  const { schemas } = document.components;
  const found = new Map<string, NamedType>();

  const resolve = (schema: Schema): Schema => {
    const inner = schema.$ref
      ? schemas[lastPart(schema.$ref)]
      : schema.allOf?.length === 1 && schema.allOf[0];
    if (!inner) return schema;
    const { $ref: _ref, allOf: _allOf, ...own } = schema;
    return { ...resolve(inner), ...own };
  };

  const nameOf = (schema: Schema): string | undefined =>
    schema.$ref
      ? lastPart(schema.$ref)
      : schema.allOf?.length === 1 && schema.allOf[0]
        ? nameOf(schema.allOf[0])
        : undefined;

  const scalar = ({ type, format }: Schema, place: string): Type => {
    if (type === 'string') {
      const kind = format === 'uuid' || format === 'date-time' || format === 'date' ? format : 'string';
      return { kind };
    }
    if (type === 'integer' || type === 'number' || type === 'boolean') return { kind: type };
    throw new Error(`${place}: the SDK generators do not know such a schema`);
  };

  const typeOf = (given: Schema, place: string, isRequest: boolean): Type => {
    const schema = resolve(given);
    const name = nameOf(given);
    if (schema.properties || schema.discriminator) return named(name ?? capital(place), schema, isRequest);
    if (schema.enum && schema.type === 'string' && schema.enum.length > 1) {
      return named(name ?? capital(place), schema, isRequest);
    }
    if (schema.items) return { kind: 'list', item: typeOf(schema.items, `${place}_item`, isRequest) };
    if (typeof schema.additionalProperties === 'object') {
      const item = typeOf(schema.additionalProperties, `${place}_value`, isRequest);
      return { kind: 'map', item, hasNulls: resolve(schema.additionalProperties).nullable === true };
    }
    if (schema.oneOf?.every(({ type }) => type === 'string' || type === 'integer')) return { kind: 'any' };
    return scalar(schema, place);
  };

  const fieldOf = (
    name: string,
    schema: Schema,
    required: boolean,
    place: string,
    isRequest: boolean,
  ): Field => {
    const { description = '', nullable = false, minLength = 0, minimum = 0, enum: values } = resolve(schema);
    const type = typeOf(schema, `${place}_${name}`, isRequest);
    const allowsEmpty = type.kind === 'boolean' || (minLength < 1 && minimum < 1 && values === undefined);
    return { name, description, type, required, nullable, allowsEmpty };
  };

  const union = (
    name: string,
    { discriminator, description = '' }: Schema,
    isRequest: boolean,
  ): UnionType => {
    const { propertyName: tag = '', mapping = {} } = discriminator ?? {};
    const members = Object.entries(mapping).map(([value, reference]) => {
      const member = lastPart(reference);
      const schema = schemas[member];
      if (!schema) throw new Error(`${name}: ${member} does not exist`);
      named(member, schema, isRequest, { name: tag, value });
      return { value, name: member };
    });
    return { kind: 'union', name, description, tag, members, isRequest };
  };

  const named = (name: string, schema: Schema, isRequest: boolean, tag?: ObjectType['tag']): Type => {
    const { description = '', required = [], properties = {} } = schema;
    if (!found.has(name)) {
      if (schema.discriminator) found.set(name, union(name, schema, isRequest));
      else if (schema.enum)
        found.set(name, { kind: 'enum', name, description, values: schema.enum.map(String) });
      else {
        const fields = Object.entries(properties)
          .filter(([field]) => field !== tag?.name)
          .map(([field, inner]) => fieldOf(field, inner, required.includes(field), name, isRequest));
        found.set(name, { kind: 'object', name, description, fields, isRequest, tag });
      }
    }
    return { kind: 'named', name };
  };

  return { found, typeOf, fieldOf, resolve };
};

type Types = ReturnType<typeof typesOf>;

const namedOnly = (type: Type, place: string): string => {
  if (type.kind !== 'named') throw new Error(`${place}: the SDK generators expect a named type`);
  return type.name;
};

const resultOf = (types: Types, { operationId, responses }: Definition) => {
  const [, success] = Object.entries(responses).find(([status]) => /^2/.test(status)) ?? [];
  const json = success?.content?.['application/json'];
  const lines = success?.content?.['application/x-ndjson'];
  const schema = lines ? lines['x-item-schema'] : json?.schema;
  return {
    isExport: lines !== undefined,
    result: success?.content && namedOnly(types.typeOf(schema ?? {}, operationId, false), operationId),
  };
};

const pagingOf = (query: readonly Field[]): Paging => {
  if (query.some(({ name }) => name === 'cursor')) return 'cursor';
  return query.some(({ name }) => name === 'since') ? 'since' : undefined;
};

const operationOf = (
  document: Document,
  types: Types,
  path: string,
  method: string,
): ApiOperation | undefined => {
  const item = document.paths[path] as Record<string, Definition> & Pick<Definition, 'parameters'>;
  const definition = item[method] as Definition;
  const { operationId: id, description = '', security, requestBody } = definition;
  if (!isInSdks(id)) return undefined;
  const parameters = [...(item.parameters ?? []), ...(definition.parameters ?? [])].map((parameter) =>
    parameter.$ref
      ? (parameter.$ref
          .slice(2)
          .split('/')
          .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document) as Parameter)
      : parameter,
  );
  const isConstant = ({ schema }: Parameter) => schema.enum?.length === 1;
  const query = parameters.filter((parameter) => parameter.in === 'query');
  const inQuery = query
    .filter((parameter) => !isConstant(parameter))
    .map(({ name, schema, description: words, required = false }) =>
      types.fieldOf(
        name,
        { ...schema, ...(words && !schema.$ref && { description: words }) },
        required,
        id,
        true,
      ),
    );
  const schema = requestBody?.required ? requestBody.content['application/json']?.schema : undefined;
  return {
    id,
    method: method.toUpperCase(),
    path,
    description,
    secured: security?.length !== 0,
    inPath: parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
    inQuery,
    constants: Object.fromEntries(query.filter(isConstant).map((p) => [p.name, String(p.schema.enum?.[0])])),
    body: schema && namedOnly(types.typeOf(schema, id, true), id),
    ...resultOf(types, definition),
    keyed: parameters.some(({ name }) => name === 'Idempotency-Key'),
    paging: pagingOf(inQuery),
  };
};

/** The errors that operations declare, each with the name of its response in `components`. */
const errorsOf = ({ paths, components }: Document): ApiModel['errors'] => {
  const names = new Map<number, string>();
  for (const item of Object.values(paths)) {
    for (const method of methods) {
      const { responses = {} } = (item[method] ?? {}) as Partial<Definition>;
      for (const [status, { $ref }] of Object.entries(responses)) {
        if (Number(status) >= 400 && $ref) names.set(Number(status), lastPart($ref));
      }
    }
  }
  return [...names]
    .toSorted(([a], [b]) => a - b)
    .map(([status, name]) => ({ status, name, description: components.responses[name]?.description ?? '' }));
};

const bodiesOf = ({ paths }: Document): readonly Schema[] =>
  Object.values(paths)
    .flatMap((item) => methods.map((method) => (item[method] ?? {}) as Partial<Definition>))
    .flatMap(
      ({ requestBody }) => (requestBody?.required && requestBody.content['application/json']?.schema) || [],
    );

/** The model of a bundled contract. Throws at a schema that the generators do not know. */
export const modelOf = (document: Document): ApiModel => {
  const types = typesOf(document);
  // Bodies first: a type that goes both ways is a request's, in which fields may be absent.
  for (const schema of bodiesOf(document)) types.typeOf(schema, 'body', true);
  const operations = Object.keys(document.paths).flatMap((path) =>
    methods
      .filter((method) => document.paths[path]?.[method] !== undefined)
      .flatMap((method) => operationOf(document, types, path, method) ?? []),
  );
  types.typeOf({ $ref: '#/components/schemas/Problem' }, 'Problem', false);
  return {
    version: document.info.version,
    operations,
    types: [...types.found.values()],
    errors: errorsOf(document),
  };
};
