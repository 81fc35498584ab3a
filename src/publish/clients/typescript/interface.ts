// The interface of the TypeScript client, and the table of what its methods send.
import { camel, indent, pascal } from '../../samples/text.ts';
import { type Described, typeOf } from './describe.ts';

const comment = (text: string, by = ''): string =>
  indent(`${by}/**\n * ${text.trim().replaceAll('\n', '\n * ')}\n */`, by).replaceAll(/ +$/gm, '');

const headerOptions: Readonly<Record<string, string>> = {
  'If-Match': 'IfMatch',
  'If-None-Match': 'IfNoneMatch',
  'Idempotency-Key': 'IdempotencyKey',
};

const queryType = ({ id }: Described): string => `${pascal(id)}Query`;

const queryInterface = (operation: Described): string => {
  if (operation.query.length === 0) return '';
  const fields = operation.query.map(
    ({ name, description, schema }) =>
      `${comment(description, '  ')}\n  readonly ${name}?: ${typeOf(schema)} | undefined;`,
  );
  return `/** The parameters of \`${operation.id}\`. */\nexport interface ${queryType(operation)} {\n${fields.join('\n')}\n}\n\n`;
};

/** The options of a method: those that its headers stand for. */
const optionsOf = ({ headers }: Described): string =>
  ['CallOptions', ...headers.flatMap((name) => headerOptions[name] ?? [])].join(' & ');

/** A read with `ifNoneMatch` has no result if nothing has changed. */
const conditional = (operation: Described, before: readonly string[], type: string): string => {
  const { id, doc, query } = operation;
  const given = query.length === 0 ? [] : [`query: ${queryType(operation)} | undefined`];
  const note = `${doc.trim()}\n\nWith \`ifNoneMatch\`, the result is undefined if nothing has changed.`;
  const parameters = [...before, ...given, `options: ${optionsOf(operation)}`].join(', ');
  return `${comment(note, '  ')}\n  ${id}(${parameters}): Call<${type} | undefined>;\n`;
};

const signatures = (operation: Described): string => {
  const { id, doc, params, body, query, result, isExport, canBeUnchanged, paging } = operation;
  const before = [...params.map((name) => `${camel(name)}: string`), ...(body ? [`body: ${body}`] : [])];
  const type = result ?? 'void';
  const call = isExport ? 'AsyncIterable<Task>' : paging ? `Pager<${paging.item}, ${type}>` : `Call<${type}>`;
  const optionalQuery = query.length === 0 ? [] : [`query?: ${queryType(operation)}`];
  const options = canBeUnchanged
    ? optionsOf(operation).replace('IfNoneMatch', '{ readonly ifNoneMatch?: undefined }')
    : optionsOf(operation);
  const parameters = [...before, ...optionalQuery, `options?: ${options}`].join(', ');
  const text = `${comment(doc, '  ')}\n  ${id}(${parameters}): ${call};\n`;
  return canBeUnchanged ? text + conditional(operation, before, type) : text;
};

const entry = ({
  id,
  method,
  path,
  secured,
  params,
  body,
  query,
  fixed,
  headers,
  isExport,
  paging,
}: Described) => {
  const { item: _item, ...fields } = paging ?? { item: '' };
  const row = {
    method,
    path,
    secured,
    params,
    hasBody: body !== undefined,
    hasQuery: query.length > 0,
    fixed,
    isKeyed: headers.includes('Idempotency-Key'),
    isExport,
    ...(paging && { paging: fields }),
  };
  return `  ${id}: ${JSON.stringify(row)},\n`;
};

/** The code; `types` are the types of the schemas, which it imports from beside it. */
export const clientInterface = (operations: readonly Described[], types: string): string => {
  const body = `${operations.map(queryInterface).join('')}/** A client of the Tasks API, with a method for each operation. */
export interface TasksClient {
${operations.map(signatures).join('\n')}}

/** What a call of each operation sends. */
export const operations = {
${operations.map(entry).join('')}} as const satisfies Readonly<Record<keyof TasksClient, Operation>>;
`;
  const code = body.replaceAll(/^ *\*.*$/gm, '');
  const all = [...types.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name = '']) => name);
  const used = all.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  return `import type {
  Call,
  CallOptions,
  IdempotencyKey,
  IfMatch,
  IfNoneMatch,
  Operation,
  Pager,
} from '../../../src/client/call.ts';
import type {
${used.map((name) => `  ${name},\n`).join('')}} from './types.ts';

${body}`;
};
