// The operations of the contract that the SDKs have, as every language's client needs them.
import type { OpenAPIV3 } from 'openapi-types';
import { type ContractOperation, type Document, dereferenceIn, type SchemaOrReference } from '../contract.ts';
import { type Field, fieldOf, type Reading, refuse, type Type, typeOf } from './types.ts';

const headerNames = ['If-Match', 'If-None-Match', 'Idempotency-Key'] as const;

/** A header parameter. Each client knows what to do with these, and only these. */
export type HeaderName = (typeof headerNames)[number];

export interface PathParameter {
  readonly name: string;
  /** A UUID or a text. */
  readonly type: Type;
  readonly description: string;
}

export interface Paging {
  /** What continues it: a list its cursor, changes their token, of which the last page has one, too. */
  readonly by: 'cursor' | 'since';
  /** The type of what the pages contain. */
  readonly item: string;
  /** Whether `has_more` marks the last page, rather than the absence of a next one. */
  readonly hasMore: boolean;
}

export interface ApiOperation {
  readonly id: string;
  readonly summary: string;
  readonly description: string;
  /** The first of its tags. */
  readonly tag: string;
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  readonly secured: boolean;
  /** The first parameter of the path, if it is `user_id`. */
  readonly user: PathParameter | undefined;
  /** The other parameters of the path, in its order. */
  readonly inPath: readonly PathParameter[];
  /** None of them is required. */
  readonly inQuery: readonly Field[];
  /** Query parameters that can have only one value. */
  readonly constants: Readonly<Record<string, string | boolean>>;
  readonly headers: readonly HeaderName[];
  /** Whether it takes an Idempotency-Key. */
  readonly keyed: boolean;
  /** Whether it is a read that returns nothing if the client has the current version. */
  readonly canBeUnchanged: boolean;
  /** The name of the body's type, which is an object. */
  readonly body: string | undefined;
  /** Whether a call must have a body. */
  readonly needsBody: boolean;
  /** The statuses of its success. */
  readonly statuses: readonly number[];
  /** The name of the result's type; for an export, of one of its lines. */
  readonly result: string | undefined;
  readonly isExport: boolean;
  /** Whether it is a read whose response has an entity tag. */
  readonly hasEntityTag: boolean;
  readonly paging: Paging | undefined;
  /** Whether its pages also come as a stream of events. */
  readonly isLive: boolean;
}

const namedOnly = (type: Type, place: string): string =>
  type.kind === 'named' ? type.name : refuse(place, 'a body without fields');

/** The type of a request body, by name. */
export const bodyOf = (reading: Reading, { id, body }: ContractOperation): string | undefined => {
  if (body === undefined) return undefined;
  if (body.mediaType !== 'application/json') return refuse(id, `a request body of ${body.mediaType}`);
  const name = namedOnly(typeOf(reading, body.schema ?? {}, `${id}.body`), id);
  // The Python client takes the fields as arguments.
  return reading.shapes.get(name)?.kind === 'object'
    ? name
    : refuse(name, 'a whole body that is not an object');
};

const successOf = (document: Document, { responses }: OpenAPIV3.OperationObject) => {
  const all = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  return {
    statuses: all.map(([status]) => Number(status)),
    success: dereferenceIn<Partial<OpenAPIV3.ResponseObject>>(document, all[0]?.[1] ?? {}),
  };
};

const resultOf = (
  reading: Reading,
  { id }: ContractOperation,
  { content = {} }: Partial<OpenAPIV3.ResponseObject>,
) => {
  const [entry] = Object.entries<OpenAPIV3.MediaTypeObject & { 'x-item-schema'?: SchemaOrReference }>(
    content,
  );
  if (entry === undefined) return { result: undefined, isExport: false };
  const [mediaType, { schema, 'x-item-schema': line }] = entry;
  const isExport = mediaType === 'application/x-ndjson';
  if (!isExport && mediaType !== 'application/json') return refuse(id, `a response of ${mediaType}`);
  return {
    result: namedOnly(typeOf(reading, (isExport ? line : schema) ?? {}, `${id}.result`), id),
    isExport,
  };
};

const pagingOf = ({ shapes }: Reading, query: readonly Field[], result = ''): Paging | undefined => {
  const by = (['cursor', 'since'] as const).find((one) => query.some(({ name }) => name === one));
  if (by === undefined) return undefined;
  const page = shapes.get(result);
  const fields = new Map(page?.kind === 'object' ? page.fields.map(({ name, type }) => [name, type]) : []);
  const items = fields.get('items');
  if (items?.kind !== 'list' || items.item.kind !== 'named' || !fields.has(`next_${by}`)) {
    return refuse(result, `a page without items or next_${by}`);
  }
  return { by, item: items.item.name, hasMore: fields.has('has_more') };
};

const pathOf = (reading: Reading, { id, path, parameters }: ContractOperation): readonly PathParameter[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const found = parameters.find((one) => one.in === 'path' && one.name === name);
    const { description = '', schema = {} } = found ?? {};
    const type = typeOf(reading, schema, `${id}.${name}`);
    // The user is a setting of the client.
    if (name !== 'user_id' && type.kind !== 'uuid' && type.kind !== 'string') {
      refuse(`${id}.${name}`, 'a path parameter that is neither a UUID nor a text');
    }
    return { name, type, description };
  });

// It resumes a stream of events. The TypeScript client has `since` for that, the others read none.
const ofEventStreams = 'Last-Event-ID';

const headersOf = (parameters: readonly OpenAPIV3.ParameterObject[], id: string): readonly HeaderName[] =>
  parameters
    .filter((parameter) => parameter.in === 'header' && parameter.name !== ofEventStreams)
    .map(({ name }) => headerNames.find((one) => one === name) ?? refuse(id, `the header parameter ${name}`));

/** Whether a value can be written as one text in a query. */
const isText = ({ shapes }: Reading, { type, nullable }: Field): boolean => {
  if (nullable) return false;
  return type.kind === 'named'
    ? shapes.get(type.name)?.kind === 'enum'
    : ['string', 'uuid', 'date', 'date-time', 'integer', 'boolean'].includes(type.kind);
};

/** The query parameters: those that a client can choose, and the values of those that it cannot. */
const queryOf = (reading: Reading, { id, parameters }: ContractOperation) => {
  const inQuery: Field[] = [];
  const constants: Record<string, string | boolean> = {};
  for (const { name, in: place, required = false, description, schema: given = {} } of parameters) {
    if (place === 'cookie') refuse(id, `the cookie ${name}`);
    if (place !== 'query') continue;
    const schema = dereferenceIn(reading.document, given);
    if (required && schema.enum?.length === 1) {
      constants[name] = schema.enum[0];
      continue;
    }
    if (required) refuse(`${id}.${name}`, 'a required query parameter that has several values');
    const field = fieldOf(reading, { name, schema: given, required }, id);
    if (!isText(reading, field)) refuse(`${id}.${name}`, 'such a type of a query parameter');
    inQuery.push({ ...field, description: description ?? field.description });
  }
  return { inQuery, constants };
};

/** An operation; types that it uses are added to those that were read. */
export const operationOf = (reading: Reading, operation: ContractOperation): ApiOperation => {
  const { id, method, path, definition, parameters, secured } = operation;
  const { summary = '', description = '', tags = [] } = definition;
  const all = pathOf(reading, operation);
  const user = all[0]?.name === 'user_id' ? all[0] : undefined;
  const headers = headersOf(parameters, id);
  const query = queryOf(reading, operation);
  const { statuses, success } = successOf(reading.document, definition);
  const body = bodyOf(reading, operation);
  const result = resultOf(reading, operation, success);
  return {
    id,
    summary,
    description,
    tag: tags[0] ?? refuse(id, 'an operation without a tag'),
    method: method.toUpperCase(),
    path,
    secured,
    user,
    inPath: user ? all.slice(1) : all,
    ...query,
    // An export of a client is its tasks, with the lists. What can be added to it is for those who
    // read its lines.
    inQuery: result.isExport ? [] : query.inQuery,
    headers,
    keyed: headers.includes('Idempotency-Key'),
    canBeUnchanged: method === 'get' && headers.includes('If-None-Match'),
    body,
    needsBody: operation.body?.required === true,
    statuses,
    ...result,
    hasEntityTag: method === 'get' && 'ETag' in (success.headers ?? {}),
    paging: pagingOf(reading, query.inQuery, result.result),
    isLive: 'x-event-stream' in success,
  };
};
