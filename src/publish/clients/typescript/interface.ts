// The interface of the TypeScript client, and the table of what its methods send.

import type { ApiOperation, HeaderName } from '../../model/operations.ts';
import type { ScalarKind, Type, Types } from '../../model/types.ts';
import type { ApiModel } from '../../model.ts';
import { camel, indent, pascal } from '../../samples/text.ts';

const comment = (text: string, by = ''): string =>
  indent(`${by}/**\n * ${text.trim().replaceAll('\n', '\n * ')}\n */`, by).replaceAll(/ +$/gm, '');

const headerOptions: Readonly<Record<HeaderName, string>> = {
  'If-Match': 'IfMatch',
  'If-None-Match': 'IfNoneMatch',
  'Idempotency-Key': 'IdempotencyKey',
};

const scalars: Readonly<Record<ScalarKind, string>> = {
  string: 'string',
  uuid: 'string',
  date: 'string',
  'date-time': 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
};

/** The type of a query parameter. Those of the schemas come from Redocly. */
const typeOf = (types: Types, type: Type): string => {
  if (type.kind === 'either' || type.kind === 'list' || type.kind === 'map') return 'unknown';
  if (type.kind !== 'named') return scalars[type.kind];
  const named = types.get(type.name);
  if (named?.kind !== 'enum' || !named.isInline) return type.name;
  return named.values.map((value) => `'${value}'`).join(' | ');
};

const queryType = ({ id }: ApiOperation): string => `${pascal(id)}Query`;

const queryInterface = (types: Types, operation: ApiOperation): string => {
  if (operation.inQuery.length === 0) return '';
  const fields = operation.inQuery.map(
    ({ name, description, type }) =>
      `${comment(description, '  ')}\n  readonly ${name}?: ${typeOf(types, type)} | undefined;`,
  );
  return `/** The parameters of \`${operation.id}\`. */\nexport interface ${queryType(operation)} {\n${fields.join('\n')}\n}\n\n`;
};

const docOf = ({ summary, description }: ApiOperation): string => `${summary}.\n\n${description}`;

/** The options of a method: those that its headers stand for. */
const optionsOf = ({ headers }: ApiOperation): string =>
  ['CallOptions', ...headers.map((name) => headerOptions[name])].join(' & ');

/** A read with `ifNoneMatch` has no result if nothing has changed. */
const conditional = (operation: ApiOperation, before: readonly string[], type: string): string => {
  const { id, inQuery } = operation;
  const given = inQuery.length === 0 ? [] : [`query: ${queryType(operation)} | undefined`];
  const note = `${docOf(operation).trim()}\n\nWith \`ifNoneMatch\`, the result is undefined if nothing has changed.`;
  const parameters = [...before, ...given, `options: ${optionsOf(operation)}`].join(', ');
  return `${comment(note, '  ')}\n  ${id}(${parameters}): Call<${type} | undefined>;\n`;
};

const signatures = (operation: ApiOperation): string => {
  const { id, inPath, body, needsBody, inQuery, result, isExport, canBeUnchanged, paging, isLive } =
    operation;
  const before = [
    ...inPath.map(({ name }) => `${camel(name)}: string`),
    ...(body ? [`body${needsBody ? '' : '?'}: ${body}`] : []),
  ];
  const type = result ?? 'void';
  const call = isExport
    ? 'TaskExport'
    : paging
      ? `${isLive ? 'Feed' : 'Pager'}<${paging.item}, ${type}>`
      : `Call<${type}>`;
  const optionalQuery = inQuery.length === 0 ? [] : [`query?: ${queryType(operation)}`];
  const options = canBeUnchanged
    ? optionsOf(operation).replace('IfNoneMatch', '{ readonly ifNoneMatch?: undefined }')
    : optionsOf(operation);
  const parameters = [...before, ...optionalQuery, `options?: ${options}`].join(', ');
  const text = `${comment(docOf(operation), '  ')}\n  ${id}(${parameters}): ${call};\n`;
  return canBeUnchanged ? text + conditional(operation, before, type) : text;
};

/** How the client follows the pages. */
const pagingOf = (
  types: Types,
  { by, item, hasMore }: NonNullable<ApiOperation['paging']>,
  isLive: boolean,
) => {
  const type = types.get(item);
  return {
    by,
    next: `next_${by}`,
    ...(hasMore && { more: 'has_more' }),
    ...(isLive && { isLive }),
    // A later version may add types of items; this one leaves them out.
    ...(type?.kind === 'union' && {
      known: { field: type.tag, values: type.members.map(({ value }) => value) },
    }),
  };
};

/** What distinguishes a result from other JSON. */
const resultOf = (types: Types, name: string) => {
  const type = types.get(name);
  const required = type?.kind === 'object' ? type.fields.filter((field) => field.required) : [];
  const lists = required.filter((field) => field.type.kind === 'list');
  return { required: required.map((field) => field.name), lists: lists.map((field) => field.name) };
};

const entry = (types: Types, operation: ApiOperation): string => {
  const { id, method, path, secured, inPath, body, inQuery, constants, keyed, isExport, paging } = operation;
  const { statuses, result } = operation;
  const row = {
    method,
    path,
    secured,
    params: inPath.map(({ name }) => name),
    hasBody: body !== undefined,
    hasQuery: inQuery.length > 0,
    fixed: Object.fromEntries(Object.entries(constants).map(([name, value]) => [name, String(value)])),
    isKeyed: keyed,
    statuses,
    ...(result !== undefined && !isExport && { result: resultOf(types, result) }),
    isExport,
    ...(paging && { paging: pagingOf(types, paging, operation.isLive) }),
  };
  return `  ${id}: ${JSON.stringify(row)},\n`;
};

/** The code; `schemaTypes` are the types of the schemas, which it imports from beside it. */
export const clientInterface = ({ operations, types, version }: ApiModel, schemaTypes: string): string => {
  const body = `${operations.map((operation) => queryInterface(types, operation)).join('')}/** A client of the Tasks API, with a method for each operation. */
export interface TasksClient {
${operations.map(signatures).join('\n')}}

/** The version of the contract, which is that of the package. */
export const version = '${version}';

/** What a call of each operation sends. */
export const operations = {
${operations.map((operation) => entry(types, operation)).join('')}} as const satisfies Readonly<Record<keyof TasksClient, Operation>>;
`;
  const code = body.replaceAll(/^ *\*.*$/gm, '');
  const all = [...schemaTypes.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name = '']) => name);
  const used = all.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  return `import type {
  Call,
  CallOptions,
  Feed,
  IdempotencyKey,
  IfMatch,
  IfNoneMatch,
  Operation,
  Pager,
  TaskExport,
} from '../../../src/client/call.ts';
import type {
${used.map((name) => `  ${name},\n`).join('')}} from './types.ts';

${body}`;
};
